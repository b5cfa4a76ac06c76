"""What the ledger tells of many merge requests together, without telling on anybody.

Figures about people's work are given for groups of five or more only, and nobody is named.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from statistics import median, median_high
from typing import Any

from routing.provenance import AI_VERDICTS, ProvenanceVerdict

GROUP = 5
"""The fewest people that a figure about people's work may speak of."""

ANSWERS = frozenset({"approval", "approves", "changes_requested", "objects"})
"""Kinds of ledger entries in which somebody judges the change."""
OVERRIDE = "override"
"""The kind of entry by which a gate was opened without the signatures."""

OUTSIDE = "(no domain)"


@dataclass(frozen=True, slots=True)
class Case:
    """A merge request as the ledger tells it; `asked` and `author` are ids of people."""

    opened: datetime
    author: str = ""
    ai: bool = False
    domains: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    answered: datetime | None = None
    merged: datetime | None = None
    escalations: int = 0
    overridden: bool = False

    @property
    def overdue(self) -> bool:
        """Whether a deadline passed in which nobody answered: the ladder went its first step."""
        return self.escalations > 0


def follow(case: Case | None, kind: str, data: Mapping[str, Any], at: datetime) -> Case:
    """The case after one more entry of its own, in order; None before the first."""
    known = case or Case(at)
    if kind == "opened":
        known = replace(known, author=str(data.get("author") or known.author))
    elif kind == "decision":
        verdict = ProvenanceVerdict(data["provenance"]["verdict"])
        asked = dict.fromkeys((*known.asked, *(one["person"] for one in data["asked"])))
        known = replace(
            known,
            ai=verdict in AI_VERDICTS,
            domains=tuple(data["domains"]),
            asked=tuple(asked),
        )
    elif kind in ANSWERS:
        known = replace(known, answered=known.answered or at)
    elif kind == "merged":
        known = replace(known, merged=known.merged or at)
    elif kind == "escalated":
        known = replace(known, escalations=known.escalations + 1)
    elif kind == OVERRIDE:
        known = replace(known, overridden=True)
    return known


@dataclass(frozen=True, slots=True)
class Spread:
    """How many changes each of these people was asked about: the fewest, the middle, the most."""

    people: int
    least: int
    middle: float
    most: int


@dataclass(frozen=True, slots=True)
class Figures:
    """Some merge requests together; None where too few people stand behind a figure.

    `ai` counts those AI helped with, `hours` is the median time to the first answer of those that
    had one, `merge_hours` to the merge of those that were merged; `overdue` counts those whose
    deadline passed without an answer, `escalations` every step of the ladder.
    """

    label: str
    opened: int
    ai: int | None
    hours: float | None
    merge_hours: float | None
    load: Spread | None
    overdue: int
    escalations: int
    overridden: int

    @property
    def ai_share(self) -> float | None:
        """The part AI helped with, 0 to 1."""
        return self.ai / self.opened if self.ai is not None and self.opened else None


@dataclass(frozen=True, slots=True)
class Insights:
    """The whole span, each week (labelled by its Monday) and each domain, busiest first."""

    whole: Figures
    weeks: tuple[Figures, ...]
    domains: tuple[Figures, ...]


def gain_insights(cases: Iterable[Case], first: date, weeks: int) -> Insights:
    """Add up the cases opened in the `weeks` weeks from the Monday `first` on."""
    by_week: list[list[Case]] = [[] for _ in range(weeks)]
    by_domain: dict[str, list[Case]] = {}
    begin = first.toordinal()
    for case in cases:
        week = (case.opened.toordinal() - begin) // 7
        if not 0 <= week < weeks:
            continue
        by_week[week].append(case)
        for domain in case.domains or (OUTSIDE,):
            by_domain.setdefault(domain, []).append(case)
    busiest = sorted(by_domain.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    return Insights(
        _figures("all", [case for some in by_week for case in some]),
        tuple(
            _figures((first + timedelta(weeks=number)).isoformat(), some)
            for number, some in enumerate(by_week)
        ),
        tuple(_figures(domain, some) for domain, some in busiest),
    )


def monday_of(day: date) -> date:
    """The Monday of the day's week."""
    return day - timedelta(days=day.weekday())


def _figures(label: str, cases: Sequence[Case]) -> Figures:
    asks = Counter(person for case in cases for person in case.asked)
    authors = {case.author for case in cases if case.author}
    waits = [case.answered - case.opened for case in cases if case.answered is not None]
    ways = [case.merged - case.opened for case in cases if case.merged is not None]
    enough = len(asks) >= GROUP
    return Figures(
        label=label,
        opened=len(cases),
        ai=sum(case.ai for case in cases) if len(authors) >= GROUP else None,
        hours=_hours(waits) if waits and enough else None,
        merge_hours=_hours(ways) if ways and enough else None,
        load=_spread(asks) if enough else None,
        overdue=sum(case.overdue for case in cases),
        escalations=sum(case.escalations for case in cases),
        overridden=sum(case.overridden for case in cases),
    )


def _hours(waits: Sequence[timedelta]) -> float:
    # The middle one, or the later of two: no need to add up thousands of spans.
    return round(median_high(waits) / timedelta(hours=1), 1)


def _spread(asks: Counter[str]) -> Spread:
    counts = sorted(asks.values())
    return Spread(len(counts), counts[0], median(counts), counts[-1])
