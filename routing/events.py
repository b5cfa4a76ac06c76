"""What happened: the closed union of events. All of them enter by the inbox.

An event of the forge is a hint to look again; the facts say what is true.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from typing import Literal

from routing.effects import PostDigest, Told
from routing.model import Ref


@dataclass(frozen=True, slots=True)
class MergeRequestTouched:
    """The forge says that something about the merge request changed.

    `head_sha` and `base_branch` are what the delivery claims. They are used only to close the
    gate early when they differ from what was approved, never to open it. `trace` is what the
    forge's list showed of it, where it was the list that told.
    """

    ref: Ref
    head_sha: str | None = None
    base_branch: str | None = None
    trace: str | None = None
    kind: Literal["merge_request_touched"] = "merge_request_touched"


@dataclass(frozen=True, slots=True)
class Click:
    """Who clicked on what, and when: the card's own record of the head and base it showed.

    `slack` is the user id; `home` is False for people of other workspaces; `channel` is where
    an answer to them alone goes. `at` is when the click reached us, however late it is decided
    on; None where that was not written down.
    """

    slack: str
    home: bool
    channel: str
    head_sha: str
    base_branch: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ApprovalGiven:
    """Somebody clicked Approve in Slack."""

    ref: Ref
    click: Click
    kind: Literal["approval_given"] = "approval_given"


@dataclass(frozen=True, slots=True)
class ChangesRequested:
    """Somebody asked for changes in Slack, and said which."""

    ref: Ref
    click: Click
    comment: str
    kind: Literal["changes_requested"] = "changes_requested"


class DeclineReason(StrEnum):
    """Why somebody will not review."""

    BUSY = "busy"
    NOT_MY_AREA = "not_my_area"
    CONFLICT = "conflict_of_interest"
    AWAY = "away"


@dataclass(frozen=True, slots=True)
class ReviewDeclined:
    """Somebody who was asked said no; `substitute` is the Slack user id of whom they propose."""

    ref: Ref
    click: Click
    reason: DeclineReason
    note: str = ""
    until: date | None = None
    substitute: str | None = None
    kind: Literal["review_declined"] = "review_declined"


@dataclass(frozen=True, slots=True)
class ReviewSnoozed:
    """Somebody who was asked wants to hear of it again later.

    `until` is in their words: "2h", "tomorrow", "2026-12-01" (see `snoozing.snooze_end`).
    """

    ref: Ref
    click: Click
    until: str
    kind: Literal["review_snoozed"] = "review_snoozed"


@dataclass(frozen=True, slots=True)
class ReviewClaimed:
    """Somebody takes a review on of their own accord."""

    ref: Ref
    click: Click
    kind: Literal["review_claimed"] = "review_claimed"


@dataclass(frozen=True, slots=True)
class ReviewAssigned:
    """Somebody gives a review to the person with the Slack user id `to`.

    `instead_of` is the id of the person who need not review it then, if anybody.
    """

    ref: Ref
    click: Click
    to: str
    instead_of: str | None = None
    kind: Literal["review_assigned"] = "review_assigned"


@dataclass(frozen=True, slots=True)
class OverrideGiven:
    """Somebody wants to let a change pass without its review, or agrees with who wants it.

    The first of the two gives the reason.
    """

    ref: Ref
    click: Click
    reason: str = ""
    kind: Literal["override_given"] = "override_given"


@dataclass(frozen=True, slots=True)
class MergeQueued:
    """A merge queue made a commit of the merge request and of those before it in the queue.

    `sha` is that commit, which the forge wants a gate on; `onto` is the commit that it builds
    on: the base branch's, or that of the merge request before it.
    """

    ref: Ref
    sha: str
    onto: str
    base_branch: str
    kind: Literal["merge_queued"] = "merge_queued"


@dataclass(frozen=True, slots=True)
class MarkCleared:
    """Somebody takes the mark of AI away, and says why."""

    ref: Ref
    click: Click
    reason: str
    kind: Literal["mark_cleared"] = "mark_cleared"


@dataclass(frozen=True, slots=True)
class AuthorDeclared:
    """The author said in Slack whether AI helped, and perhaps which tools."""

    ref: Ref
    click: Click
    ai: bool
    tools: tuple[str, ...] = ()
    kind: Literal["author_declared"] = "author_declared"


@dataclass(frozen=True, slots=True)
class AwaySaid:
    """Somebody is away until that day, itself included; None says that they are back.

    `by_status` says that it was read off their Slack status.
    """

    slack: str
    until: date | None
    by_status: bool = False
    kind: Literal["away_said"] = "away_said"


@dataclass(frozen=True, slots=True)
class HoursSaid:
    """Somebody said when they work, and when their digest comes (None: never)."""

    slack: str
    timezone: str
    hours: tuple[time, time]
    days: tuple[int, ...]
    digest_at: time | None
    kind: Literal["hours_said"] = "hours_said"


@dataclass(frozen=True, slots=True)
class PathsSaid:
    """Somebody is not to be asked about these globs any more, and about those again."""

    slack: str
    out: tuple[str, ...]
    back: tuple[str, ...] = ()
    kind: Literal["paths_said"] = "paths_said"


PersonalEvent = AwaySaid | HoursSaid | PathsSaid
"""What people say of themselves. Whoever puts it into the inbox has seen that they are at home."""


@dataclass(frozen=True, slots=True)
class EscalationDue:
    """A deadline of the review's ladder has passed."""

    ref: Ref
    due: datetime
    kind: Literal["escalation_due"] = "escalation_due"


@dataclass(frozen=True, slots=True)
class CardPosted:
    """The card now stands in Slack."""

    ref: Ref
    channel: str
    ts: str
    kind: Literal["card_posted"] = "card_posted"


@dataclass(frozen=True, slots=True)
class GateWritten:
    """The forge has the gate; what it said before on that SHA is history."""

    ref: Ref
    sha: str
    state: str
    kind: Literal["gate_written"] = "gate_written"


@dataclass(frozen=True, slots=True)
class EffectAbandoned:
    """An effect was refused for good or failed too often; `problem` says why."""

    ref: Ref
    effect: str
    problem: str
    kind: Literal["effect_abandoned"] = "effect_abandoned"


@dataclass(frozen=True, slots=True)
class DigestDue:
    """A channel's digest is due for that local day."""

    channel: str
    day: date
    kind: Literal["digest_due"] = "digest_due"


@dataclass(frozen=True, slots=True)
class DigestPosted:
    """A digest now stands in Slack: in the channel with the id `place`."""

    digest: PostDigest
    place: str
    ts: str
    kind: Literal["digest_posted"] = "digest_posted"


@dataclass(frozen=True, slots=True)
class DirectPosted:
    """A direct message now stands in Slack: what it told a person, in the conversation `place`."""

    person: str
    told: tuple[Told, ...]
    place: str
    ts: str
    kind: Literal["direct_posted"] = "direct_posted"


@dataclass(frozen=True, slots=True)
class InsightsDue:
    """The figures of the weeks before the Monday `week` are due in a channel."""

    channel: str
    week: date
    kind: Literal["insights_due"] = "insights_due"


@dataclass(frozen=True, slots=True)
class ReconcileDue:
    """It is time to see what has changed on a forge; `whole`: to look at all that is open there."""

    forge: str
    whole: bool = False
    kind: Literal["reconcile_due"] = "reconcile_due"


@dataclass(frozen=True, slots=True)
class PipelineBegan:
    """The forge began a pipeline for a branch's commit: whose head that is has to be looked at."""

    forge: str
    project: str
    head_sha: str
    kind: Literal["pipeline_began"] = "pipeline_began"


ReviewEvent = (
    MergeRequestTouched
    | ApprovalGiven
    | ChangesRequested
    | ReviewDeclined
    | ReviewSnoozed
    | ReviewClaimed
    | ReviewAssigned
    | AuthorDeclared
    | MarkCleared
    | MergeQueued
    | OverrideGiven
    | EscalationDue
    | CardPosted
    | GateWritten
    | EffectAbandoned
)
"""Events about one merge request: `review.advance` decides on them."""

Event = (
    ReviewEvent
    | PersonalEvent
    | DigestDue
    | DigestPosted
    | DirectPosted
    | InsightsDue
    | ReconcileDue
    | PipelineBegan
)
