"""Where nobody can meet a requirement: who comes nearest, and what each of them lacks."""

from __future__ import annotations

from collections.abc import Iterator
from heapq import nsmallest
from typing import NamedTuple

from routing.people import MONTHS_A_YEAR, Person
from routing.policy import Approvals, Qualification
from routing.qualification import shortfalls
from routing.requirements import Applied, alternatives
from routing.roll import Roll

NAMED = 3
"""How many people are named."""

BARRED, NOT_WRITTEN, NOT_AMONG, A_LEVEL = 3.0, 3.0, 2.0, 1.5
"""What keeps somebody away, measured against a year of tenure that is missing."""


class _Near(NamedTuple):
    distance: float
    lot: int
    said: str


def nearest(roll: Roll, applied: Applied) -> str:
    """The three nearest people with what each lacks, in words; empty where there is nobody."""
    found = nsmallest(NAMED, (near for one in roll if (near := _near(roll, one, applied))))
    return f"nearest: {', '.join(near.said for near in found)}" if found else ""


def _near(roll: Roll, person: Person, applied: Applied) -> _Near | None:
    """How far somebody is from the place that suits them best; None who will never be nearer."""
    never = roll.never(person)
    if never is not None and person.id not in roll.where.barred:
        return None
    lot = roll.lot(person.id)
    ways: list[_Near] = []
    for place in _scarce(roll, applied):
        found = shortfalls(person, place.qualification, applied.domains, roll.where)
        lacks = [lack.sentence for lack in found]
        distance = sum(_distances(roll, person, place.qualification, applied.domains))
        if never is not None:
            lacks.insert(0, roll.where.barred[person.id].told)
            distance += BARRED
        if lacks:
            ways.append(_Near(distance, lot, f"{person.name} ({'; '.join(lacks)})"))
    return min(ways, default=None)


def _scarce(roll: Roll, applied: Applied) -> list[Approvals]:
    """The places for which there are too few people; all, where they are too few together."""
    places = list(
        dict.fromkeys(place for way in alternatives(applied.rule.require) for place in way)
    )
    short = [
        place
        for place in places
        if len(roll.qualified(place, applied).first(place.count)) < place.count
    ]
    return short or places


def _distances(
    roll: Roll, person: Person, wanted: Qualification, domains: tuple[str, ...]
) -> Iterator[float]:
    today = roll.where.today
    times = (
        (wanted.min_tenure, person.tenure_months(today)),
        (wanted.min_experience, person.experience_months(today)),
    )
    for least, months in times:
        if least is not None:
            missing = NOT_WRITTEN if months is None else (least - months) / MONTHS_A_YEAR
            yield max(0.0, missing)
    if wanted.min_expertise is not None:
        level, _ = roll.where.level(person, domains)
        yield A_LEVEL * max(0, wanted.min_expertise.rank - level.rank)
    if wanted.people and person.id not in wanted.people:
        yield NOT_AMONG * 2
    if wanted.teams and not any(person.is_in(team) for team in wanted.teams):
        yield NOT_AMONG
    if wanted.owners and person.id not in roll.where.owners:
        yield NOT_AMONG
