"""Merge requests added up, so that weeks can be added to each other without reading them again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import chain

from routing.hindsight.cases import Case

OUTSIDE = "(no domain)"


@dataclass(frozen=True, slots=True)
class Tally:
    """Some merge requests together. `asks` counts changes by id of who was asked about them.

    `waits` are the hours to the first answer of each that had one, `ways` those to the merge.
    """

    opened: int = 0
    ai: int = 0
    authors: frozenset[str] = frozenset()
    asks: Mapping[str, int] = field(default_factory=dict)
    waits: tuple[float, ...] = ()
    ways: tuple[float, ...] = ()
    overdue: int = 0
    escalations: int = 0
    overridden: int = 0
    past_gate: int = 0


@dataclass(frozen=True, slots=True)
class Week:
    """A week's merge requests, all together and by domain; one of two domains is in both."""

    whole: Tally = field(default_factory=Tally)
    domains: Mapping[str, Tally] = field(default_factory=dict)


def tally_week(cases: Sequence[Case]) -> Week:
    """The cases of one week, added up."""
    by_domain: dict[str, list[Case]] = {}
    for case in cases:
        for domain in case.domains or (OUTSIDE,):
            by_domain.setdefault(domain, []).append(case)
    return Week(_tally(cases), {domain: _tally(some) for domain, some in by_domain.items()})


def together(weeks: Iterable[Week]) -> Week:
    """Several weeks as one."""
    known = list(weeks)
    domains = dict.fromkeys(domain for week in known for domain in week.domains)
    return Week(
        _sum([week.whole for week in known]),
        {
            domain: _sum([week.domains[domain] for week in known if domain in week.domains])
            for domain in domains
        },
    )


def _tally(cases: Sequence[Case]) -> Tally:
    return Tally(
        opened=len(cases),
        ai=sum(case.ai for case in cases),
        authors=frozenset(case.author for case in cases if case.author),
        asks=Counter(person for case in cases for person in case.asked),
        waits=tuple(_hours(c.answered - c.opened) for c in cases if c.answered is not None),
        ways=tuple(_hours(case.merged - case.opened) for case in cases if case.merged is not None),
        overdue=sum(case.overdue for case in cases),
        escalations=sum(case.escalations for case in cases),
        overridden=sum(case.overridden for case in cases),
        past_gate=sum(case.past_gate for case in cases),
    )


def _sum(tallies: Sequence[Tally]) -> Tally:
    asks: Counter[str] = Counter()
    for one in tallies:
        asks.update(one.asks)
    return Tally(
        opened=sum(one.opened for one in tallies),
        ai=sum(one.ai for one in tallies),
        authors=frozenset().union(*(one.authors for one in tallies)),
        asks=asks,
        waits=tuple(chain.from_iterable(one.waits for one in tallies)),
        ways=tuple(chain.from_iterable(one.ways for one in tallies)),
        overdue=sum(one.overdue for one in tallies),
        escalations=sum(one.escalations for one in tallies),
        overridden=sum(one.overridden for one in tallies),
        past_gate=sum(one.past_gate for one in tallies),
    )


def _hours(span: timedelta) -> float:
    return span / timedelta(hours=1)
