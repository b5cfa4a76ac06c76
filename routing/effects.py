"""What must be done: the closed union of effects. The outbox keeps them, the dispatcher acts.

Texts are plain sentences; whoever shows them to people escapes them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

from routing.hindsight.insights import Figures
from routing.model import Ref


class GateState(StrEnum):
    """What the gate says. Only `success` lets a change pass."""

    PENDING = "pending"
    SUCCESS = "success"
    FAILURE = "failure"


@dataclass(frozen=True, slots=True)
class SetGate:
    """Set the commit status `countersign` on one head SHA.

    `description` fits 140 characters. `base_branch` is the base that was decided for: a success
    may only be set while the forge still shows this head and this base. `head` is the merge
    request's own, where `sha` is the commit that a merge queue made of it and those before it.
    `pipeline` is the one that was there to hang it on: a new one wants the gate anew.
    """

    ref: Ref
    sha: str
    base_branch: str
    state: GateState
    description: str
    url: str | None = None
    head: str | None = None
    pipeline: str | None = None
    kind: Literal["set_gate"] = "set_gate"


@dataclass(frozen=True, slots=True)
class ShowCard:
    """Bring the merge request's card in its channel to what the stored review says now.

    Unless `at_once`, nobody's next step depends on it: what else changes within a minute is shown
    by the same edit.
    """

    ref: Ref
    at_once: bool = True
    kind: Literal["show_card"] = "show_card"


@dataclass(frozen=True, slots=True)
class TellThread:
    """Add a line of history under the card."""

    ref: Ref
    text: str
    kind: Literal["tell_thread"] = "tell_thread"


class Topic(StrEnum):
    """What a direct message is about."""

    YOUR_TURN = "your_turn"
    REMINDER = "reminder"
    TAKEN_BACK = "taken_back"
    APPROVAL_LAPSED = "approval_lapsed"
    AUTHOR_NEWS = "author_news"
    DECLARATION = "declaration"
    LEAD_NEWS = "lead_news"
    READ_ALONG = "read_along"
    NOT_ASKED = "not_asked"


@dataclass(frozen=True, slots=True)
class TellPerson:
    """Send one person a direct message about a merge request."""

    ref: Ref
    person: str
    topic: Topic
    text: str
    kind: Literal["tell_person"] = "tell_person"


@dataclass(frozen=True, slots=True)
class Told:
    """A thing that somebody was told, as a message in Slack shows it.

    `asked_at` says of which ask it was, where it was of one; `head_sha` is the head it stood for.
    """

    thing: TellPerson
    asked_at: datetime | None
    head_sha: str


@dataclass(frozen=True, slots=True)
class ShowDirect:
    """Bring a direct message to what the stored reviews say now of what it told.

    `channel` is the conversation's id. Unless `at_once`, what else changes within a minute is
    shown by the same edit.
    """

    channel: str
    ts: str
    at_once: bool = False
    kind: Literal["show_direct"] = "show_direct"


@dataclass(frozen=True, slots=True)
class ReplyPrivately:
    """Answer the person who clicked, visible to them alone; `slack` is their user id."""

    ref: Ref
    slack: str
    channel: str
    text: str
    kind: Literal["reply_privately"] = "reply_privately"


@dataclass(frozen=True, slots=True)
class TellChannel:
    """Say one thing in a channel, about a merge request."""

    ref: Ref
    channel: str
    text: str
    kind: Literal["tell_channel"] = "tell_channel"


@dataclass(frozen=True, slots=True)
class RequestReviewers:
    """Ask for these people's review on the forge; `logins` are theirs there."""

    ref: Ref
    logins: tuple[str, ...]
    kind: Literal["request_reviewers"] = "request_reviewers"


@dataclass(frozen=True, slots=True)
class WithdrawReviewers:
    """Take requests for review on the forge back."""

    ref: Ref
    logins: tuple[str, ...]
    kind: Literal["withdraw_reviewers"] = "withdraw_reviewers"


@dataclass(frozen=True, slots=True)
class PostComment:
    """Post a comment on the merge request, once for each `key`.

    `said` are a person's own words, shown quoted under `lead`, ours. With `thread` somebody has
    to resolve it, where the forge knows such.
    """

    ref: Ref
    key: str
    lead: str
    said: str
    thread: bool = False
    kind: Literal["post_comment"] = "post_comment"


@dataclass(frozen=True, slots=True)
class DigestEntry:
    """One review in a digest; `group` says what is needed, in words.

    Where nothing is needed any more it is `done`, and `waiting_for` says what became of it.
    """

    ref: Ref
    title: str
    url: str
    waiting_for: str
    group: str = ""
    done: bool = False


@dataclass(frozen=True, slots=True)
class PostDigest:
    """Post a channel's digest, or that of one person (by id); never an empty one."""

    channel: str
    entries: tuple[DigestEntry, ...]
    person: str | None = None
    kind: Literal["post_digest"] = "post_digest"


@dataclass(frozen=True, slots=True)
class ShowDigest:
    """Bring the digest last posted in a channel to what the stored reviews say now."""

    channel: str
    kind: Literal["show_digest"] = "show_digest"


@dataclass(frozen=True, slots=True)
class PostInsights:
    """Post the figures of some weeks, the last one above all, with a picture of them."""

    channel: str
    weeks: tuple[Figures, ...]
    kind: Literal["post_insights"] = "post_insights"


Effect = (
    SetGate
    | ShowCard
    | TellThread
    | TellPerson
    | ShowDirect
    | ReplyPrivately
    | TellChannel
    | RequestReviewers
    | WithdrawReviewers
    | PostComment
    | PostDigest
    | ShowDigest
    | PostInsights
)
