"""The Review: everything that is remembered about one merge request between two events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from routing.ai.declaration import Declaration
from routing.ai.remembered import Cleared, Remembered
from routing.assessment import Assessment
from routing.choosing.candidates import Candidate
from routing.effects import SetGate
from routing.events import CardPosted
from routing.model import Ref, State
from routing.policy import Step
from routing.rules.approvals import Verdict, VerdictState
from routing.rules.override import Override
from routing.rules.qualification import Exclusion


@dataclass(frozen=True, slots=True)
class Binding:
    """What an approval is given for; when one part changes, it no longer counts."""

    project_id: str
    number: int
    head_sha: str
    base_branch: str
    policy_hash: str


class Stance(StrEnum):
    """What a person said."""

    APPROVES = "approves"
    OBJECTS = "objects"


class Via(StrEnum):
    """Where they said it."""

    SLACK = "slack"
    FORGE = "forge"


@dataclass(frozen=True, slots=True)
class Opinion:
    """A person's latest word on the change.

    An approval counts for its `binding` only; an objection stands until the person approves or
    the forge's review is dismissed.
    """

    person: str
    stance: Stance
    binding: Binding
    at: datetime
    via: Via
    comment: str = ""


class AskState(StrEnum):
    """How far somebody who was asked has come."""

    WAITING = "waiting"
    APPROVED = "approved"
    OBJECTED = "objected"
    DECLINED = "declined"
    REPLACED = "replaced"
    HANDED_ON = "handed_on"


class Doing(StrEnum):
    """What somebody who has not answered yet is doing, as far as can be seen."""

    ASKED = "asked"
    ON_IT = "on_it"
    COMMENTED = "commented"


@dataclass(frozen=True, slots=True)
class Ask:
    """Somebody was asked: since when, why them, and how many rungs of the ladder are done.

    `active_at` is when they last showed that they are at it: the ladder counts from there.
    Until `snoozed_until` they hear nothing, then once more. `overdue_since` is when the ladder's
    first rung was due.
    """

    person: str
    why: str
    asked_at: datetime
    state: AskState = AskState.WAITING
    rung: int = 0
    doing: Doing = Doing.ASKED
    active_at: datetime | None = None
    snoozed_until: datetime | None = None
    overdue_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Coming:
    """A step of the ladder that lies ahead, for the ask of one person."""

    at: datetime
    step: Step
    person: str


@dataclass(frozen=True, slots=True)
class Queued:
    """A commit that the forge made of the head and of what it is to be merged onto.

    A merge queue puts it `onto` that of the merge request before it. GitLab does not say what
    lies below: there each member of a merge train has a `pipeline` of its own to pass.
    """

    sha: str
    onto: str
    head_sha: str
    base_branch: str
    pipeline: str | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """One merge request as Countersign sees it.

    `void` are approvals that do not count, whoever gives them and wherever. `passed` are people
    not to be asked again (declined, did not answer). `shadow` reads along to learn, `remarks` are
    sentences about how people were chosen. `seen` maps ids of the
    forge's reviews to what they were first seen to approve; a retarget later does not rebind
    them. `gate` is the last one decided, `opened` are
    heads that were let pass; the card belongs to `channel` and stands at `card`.
    `problems` are those of the repository's own rules.
    `approve_on_forge` says why approving in Slack is not enough, where it is not;
    `kept_trailer` are lines that the merge commit should end with. `small_diff` is the whole
    diff where it is small; `coming` are the steps of the ladder that lie ahead, in their order.
    `declaration` is what the author said in Slack about AI, `cleared` who took its mark away;
    `override` is the latest one, `queued` are commits of a merge queue or train,
    the newest last.
    `places` are globs of the directories it touches most, `next_up` is who is asked instead of
    each who is asked now. `requested` is the login on the forge of each who is asked, which is
    still known when they have left.
    """

    ref: Ref
    binding: Binding
    title: str
    url: str
    author: str
    author_person: str | None
    state: State
    draft: bool
    head_branch: str
    additions: int
    deletions: int
    file_count: int
    opened_at: datetime
    assessment: Assessment
    verdict: Verdict
    asks: tuple[Ask, ...] = ()
    opinions: tuple[Opinion, ...] = ()
    void: tuple[Exclusion, ...] = ()
    passed: tuple[Exclusion, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    shadow: str | None = None
    remarks: tuple[str, ...] = ()
    seen: Mapping[str, Binding] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    requested: Mapping[str, str] = field(default_factory=dict)
    gate: SetGate | None = None
    opened: tuple[str, ...] = ()
    approve_on_forge: str | None = None
    kept_trailer: tuple[str, ...] = ()
    declaration: Declaration | None = None
    cleared: Cleared | None = None
    override: Override | None = None
    queued: tuple[Queued, ...] = ()
    channel: str | None = None
    card: CardPosted | None = None
    next_due: datetime | None = None
    problems: tuple[str, ...] = ()
    coming: tuple[Coming, ...] = ()
    small_diff: str = ""
    places: tuple[str, ...] = ()
    next_up: Mapping[str, Candidate] = field(default_factory=dict)

    @property
    def remembered(self) -> Remembered:
        """What the next look has to know."""
        given = self.override
        parted = (given.by, given.second) if given is not None and given.wants_follow_up else ()
        took_part = frozenset(who for who in parted if who is not None)
        return Remembered(self.assessment.provenance, self.declaration, self.cleared, took_part)

    @property
    def is_open(self) -> bool:
        """Whether signatures are wanted now: before a merge, or after one under an override."""
        return (self.state is State.OPEN and not self.draft) or self.wants_follow_up

    @property
    def wants_follow_up(self) -> bool:
        """Whether it was merged under an override and has not its signatures yet."""
        given = self.override
        return self.state is State.MERGED and given is not None and given.wants_follow_up

    @property
    def waiting(self) -> tuple[Ask, ...]:
        """Those asked who have not answered."""
        return tuple(ask for ask in self.asks if ask.state is AskState.WAITING)

    @property
    def approvals(self) -> tuple[Opinion, ...]:
        """Approvals of exactly what stands there now."""
        return tuple(
            opinion
            for opinion in self.opinions
            if opinion.stance is Stance.APPROVES
            and opinion.binding == self.binding
            and all(opinion.person != exclusion.person for exclusion in self.void)
        )

    @property
    def objections(self) -> tuple[Opinion, ...]:
        """Objections that still stand."""
        return tuple(one for one in self.opinions if one.stance is Stance.OBJECTS)

    @property
    def satisfied(self) -> bool:
        """Whether the change may pass."""
        return self.verdict.state is VerdictState.SATISFIED

    def name(self, person: str) -> str:
        """How to call somebody."""
        return self.names.get(person, person)
