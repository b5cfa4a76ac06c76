"""The typed policy: what an organisation asks for, once its file has been read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta
from enum import StrEnum

from routing.ai.catalogue import Catalogue
from routing.hazards.weights import WEIGHTS, RiskWeights
from routing.hindsight.calibration import Rate
from routing.levels import Level, RiskLevel

CRITICAL = "critical"
"""In `when: {domains: critical}`: any domain marked critical."""


@dataclass(frozen=True, slots=True)
class Domain:
    """A named part of the code; `added` by a repository's own file, not the organisation's."""

    name: str
    paths: tuple[str, ...]
    critical: bool = False
    lead: str | None = None
    channel: str | None = None
    added: bool = False


@dataclass(frozen=True, slots=True)
class TenureSpan:
    """How long an author has been in the company, in whole months; None is no limit."""

    at_least: int | None = None
    less_than: int | None = None


@dataclass(frozen=True, slots=True)
class When:
    """The conditions of a rule: all must hold. What is None or empty does not matter to it.

    `branch` holds names of branch groups or globs; `domains` holds names, or `critical`;
    `authors` are ids of people, `author_teams` names of teams. `not_` must not hold as a whole,
    one of `any_of` must, and all of `all_of`.
    """

    ai: bool | None = None
    branch: tuple[str, ...] = ()
    min_risk: RiskLevel | None = None
    domains: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    author_teams: tuple[str, ...] = ()
    author_tenure: TenureSpan | None = None
    min_lines: int | None = None
    draft: bool | None = None
    dependencies_changed: bool | None = None
    not_: When | None = None
    any_of: tuple[When, ...] = ()
    all_of: tuple[When, ...] = ()

    @property
    def parts(self) -> tuple[When, ...]:
        """The conditions inside this one."""
        return (*((self.not_,) if self.not_ else ()), *self.any_of, *self.all_of)


@dataclass(frozen=True, slots=True)
class Qualification:
    """Who may fill a place; every condition named must hold. Tenure, experience in months.

    `teams` means a member of one of them, `owners` a code owner of a touched path; with nothing
    named, anyone may.
    """

    min_tenure: int | None = None
    min_experience: int | None = None
    min_expertise: Level | None = None
    people: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    owners: bool = False


@dataclass(frozen=True, slots=True)
class Approvals:
    """So many different people with this qualification."""

    count: int
    qualification: Qualification


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One of the parts is enough."""

    parts: tuple[Requirement, ...]


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part, each by different people."""

    parts: tuple[Requirement, ...]


Requirement = Approvals | AnyOf | AllOf


@dataclass(frozen=True, slots=True)
class Rule:
    """When its conditions hold, its requirement must be met; `added` as for a domain."""

    name: str
    when: When
    require: Requirement
    added: bool = False


class Codeowners(StrEnum):
    """What the CODEOWNERS file is for."""

    IGNORE = "ignore"
    ADVISE = "advise"
    REQUIRE = "require"


class Always(StrEnum):
    """Where a single AI-assisted line counts."""

    CRITICAL = "critical"
    INFRASTRUCTURE = "infrastructure"


@dataclass(frozen=True, slots=True)
class Ai:
    """How AI assistance is found, and how it counts.

    Smaller changes than `min_lines` count as unassisted, save where `always` says otherwise.
    `signals` are the organisation's own, `denials` the texts of boxes in which an author denies
    AI help. `keep_trailer` is offered for the merge commit, where a squash would erase the mark.
    `declaration_required` says that authors must say whether AI helped with what goes into
    `declaration_branches` (groups or globs), or into any branch where none is named. `may_clear`
    are ids of people who may take a wrong mark of AI away.
    """

    min_lines: int = 10
    always: frozenset[Always] = frozenset(Always)
    signals: Catalogue = field(default_factory=Catalogue)
    denials: tuple[str, ...] = ()
    keep_trailer: str | None = None
    declaration_required: bool = False
    declaration_branches: tuple[str, ...] = ()
    may_clear: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asking:
    """Whom to ask, where, and how many at once.

    `same_pair` are the points that somebody loses from high risk on who gave all the reviews of
    the author's latest changes, in proportion if only some. On a share `spread` of the changes the
    second place goes to somebody who knows the code less, or with `shadow` they read along.
    """

    channel: str | None = None
    ask: int = 2
    max_open: int = 5
    approve_in_slack_up_to: RiskLevel = RiskLevel.HIGH
    same_pair: float = 1.0
    spread: float = 0.0
    shadow: bool = False


class Step(StrEnum):
    """What the escalation ladder may do."""

    REMIND = "remind"
    REASSIGN = "reassign"
    TELL_LEAD = "tell_lead"
    TELL_CHANNEL = "tell_channel"


@dataclass(frozen=True, slots=True)
class Rung:
    """One rung of the ladder: after so much of the person's working time, do that."""

    after: timedelta
    do: Step


@dataclass(frozen=True, slots=True)
class Overriding:
    """Who may override a review, where it is announced, and how long it holds."""

    qualification: Qualification
    channel: str | None = None
    lasts: timedelta = timedelta(hours=1)


class Shows(StrEnum):
    """What a digest is about: what waits for somebody, or the figures of the week that ended."""

    REVIEWS = "reviews"
    INSIGHTS = "insights"


@dataclass(frozen=True, slots=True)
class Digest:
    """A channel's summary at a local time; days as in `Person.days`."""

    channel: str
    at: time
    days: frozenset[int]
    timezone: str
    shows: Shows = Shows.REVIEWS


@dataclass(frozen=True, slots=True)
class Policy:
    """A whole policy. `hash` names its text: approvals are bound to it.

    `calibration` holds, by project, how many past changes of each level went wrong.
    """

    hash: str
    branches: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    domains: tuple[Domain, ...] = ()
    codeowners: Codeowners = Codeowners.ADVISE
    ai: Ai = field(default_factory=Ai)
    weights: RiskWeights = WEIGHTS
    calibration: Mapping[str, Mapping[RiskLevel, Rate]] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    review: Asking = Asking()
    escalation: tuple[Rung, ...] = ()
    digests: tuple[Digest, ...] = ()
    override: Overriding | None = None
