"""The one snapshot that a decision sees."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from routing.knowledge.expertise import Expertise
from routing.model import Change, ForgeReview, SaidByOthers
from routing.owners.ownership import Ownership
from routing.people import People
from routing.ranking.ranker import Weighed


@dataclass(frozen=True, slots=True)
class History:
    """What the people have done on this change's paths: for all of them, and domain by domain.

    The inner mappings go from a person's id to the measured expertise. `writers` are those who
    changed these very files before, `lately` counts the changes of these files in the last 90
    days, `repairs` those among them that repaired a defect; `changes_known` says how many past
    changes were looked at. `weighed` is the change held against everything the ranking has learnt,
    None where it has learnt nothing.
    """

    whole: Mapping[str, Expertise] = field(default_factory=dict)
    domains: Mapping[str, Mapping[str, Expertise]] = field(default_factory=dict)
    writers: frozenset[str] = frozenset()
    lately: int = 0
    repairs: int = 0
    changes_known: int = 0
    weighed: Weighed | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything a decision may know.

    `owners` maps each changed path to the lines of CODEOWNERS that count for it; a path
    nobody owns is absent. `open_asks` counts what each person holds now; `loads`
    adds what they were asked lately, less and less as it fades. `opted_out`
    maps a person's id to globs of paths they said they are not to be asked about, besides those of
    the people file. `silent` are those who let several asks in a row pass. `no_access` holds
    ids of people whose account may not enter the project on its forge. `left_slack`
    holds Slack user ids that may not decide (deactivated, guests). `problems` are reasons, in
    sentences, why this change cannot be judged at all (its policy file is invalid, say).
    `said_by_others` is who said the gate of the head last, where that was not us.
    """

    change: Change
    people: People
    history: History = History()
    owners: Mapping[str, Ownership] = field(default_factory=dict)
    open_asks: Mapping[str, int] = field(default_factory=dict)
    forge_reviews: tuple[ForgeReview, ...] = ()
    loads: Mapping[str, float] = field(default_factory=dict)
    opted_out: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    silent: frozenset[str] = frozenset()
    no_access: frozenset[str] = frozenset()
    left_slack: frozenset[str] = frozenset()
    problems: tuple[str, ...] = ()
    said_by_others: SaidByOthers | None = None
