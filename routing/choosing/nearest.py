"""Where nobody can meet a requirement: who comes nearest, and what each of them lacks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from heapq import nsmallest
from itertools import islice
from typing import NamedTuple

from routing.choosing.roll import Roll
from routing.people import MONTHS_A_YEAR, Person
from routing.policy import Approvals, Qualification
from routing.rules.qualification import shortfalls
from routing.rules.requirements import Applied, alternatives

NAMED = 3
"""How many people are named."""

LOOKED_AT = 100
"""How many of those who know most, and of those here longest, are looked at."""

BARRED, NOT_WRITTEN, NOT_AMONG, A_LEVEL = 3.0, 3.0, 2.0, 1.5
"""What keeps somebody away, measured against a year of tenure that is missing."""


class _Near(NamedTuple):
    distance: float
    lot: int
    said: str


def nearest(roll: Roll, applied: Applied) -> str:
    """The three nearest people with what each lacks, in words; empty where there is nobody."""
    places = _scarce(roll, applied)
    near = (_near(roll, one, places, applied.domains) for one in _likely(roll, places))
    found = nsmallest(NAMED, (one for one in near if one is not None))
    return f"nearest: {', '.join(near.said for near in found)}" if found else ""


def _likely(roll: Roll, places: Iterable[Approvals]) -> Iterable[Person]:
    """Those who may be near: who knows most, who is here longest, and whoever is named."""
    people = roll.facts.people.by_id
    named = {who for place in places for who in place.qualification.people}
    found = [
        *islice(roll, LOOKED_AT),
        *roll.facts.people.longest_here(LOOKED_AT),
        *(people[who] for who in (*sorted(named), *roll.where.barred) if who in people),
    ]
    return {person.id: person for person in found}.values()


def _near(
    roll: Roll, person: Person, places: Iterable[Approvals], domains: tuple[str, ...]
) -> _Near | None:
    """How far somebody is from the place that suits them best; None who will never be nearer."""
    never = roll.never(person)
    if never is not None and person.id not in roll.where.barred:
        return None
    lot = roll.lot(person.id)
    ways: list[_Near] = []
    for place in places:
        found = shortfalls(person, place.qualification, domains, roll.where)
        lacks = [lack.sentence for lack in found]
        distance = sum(_distances(roll, person, place.qualification, domains))
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
