"""Who to ask: as few qualified people as fill every place that is still open."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from routing.approvals import fill
from routing.candidates import Candidate, Field
from routing.people import Person
from routing.qualification import Exclusion, Reason, shortfall
from routing.requirements import Applied, alternatives

Ways = Sequence[Sequence[Sequence[str]]]
"""A rule's ways; each a list of places; each the ids of the people who can fill it, best first."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Who is to be asked, best first, the ranking they come from, and who was left out."""

    asked: tuple[Candidate, ...]
    candidates: tuple[Candidate, ...]
    exclusions: tuple[Exclusion, ...]


def select(
    field: Field, applied: Iterable[Applied], approvers: Collection[str], waiting: Collection[str]
) -> Choice:
    """Choose whom to ask besides `approvers` and those already `waiting`.

    Every open place of every rule gets somebody if anybody can be asked for it, with as few
    people as possible; then the best of the rest are added until `review.ask` people are asked.
    """
    rules = [one for one in applied if one.applies]
    can, out = _who_can_be_asked(field, {*approvers, *waiting})
    ways = {one.rule.name: _ways(field, one, can) for one in rules}
    unmet = [name for name, its in ways.items() if not _met(its, approvers)]
    serves = {
        who: sum(any(who in place for way in ways[name] for place in way) for name in unmet)
        for who in can
    }
    domains = tuple(dict.fromkeys(domain for one in rules for domain in one.domains))
    people = field.facts.people.by_id
    ranked = sorted(
        (people[who] for who, count in serves.items() if count and who not in approvers),
        key=lambda one: (-serves[one.id], field.order(one, domains)),
    )
    chosen = {*approvers, *waiting}
    for name in unmet:
        chosen |= _cover(ways[name], chosen, [one.id for one in ranked])
    asked = [one for one in ranked if one.id in chosen and one.id not in waiting]
    spare = [one for one in ranked if one.id not in chosen]
    still = sum(one.id in waiting for one in ranked)
    asked += spare[: max(0, field.policy.review.ask - still - len(asked))]
    for person in field.facts.people.everyone:
        if person.id in can and not serves[person.id] and person.id not in approvers:
            out[person.id] = _unqualified(person, rules, field)
    return Choice(
        tuple(field.candidate(one, domains) for one in asked),
        tuple(field.candidate(one, domains) for one in ranked),
        tuple(out[who] for who in sorted(out)),
    )


def _who_can_be_asked(
    field: Field, already: Collection[str]
) -> tuple[frozenset[str], dict[str, Exclusion]]:
    out: dict[str, Exclusion] = {}
    for person in field.facts.people.everyone:
        exclusion = field.unavailable(person)
        if exclusion is not None and (person.id not in already or person.id in field.never):
            out[person.id] = exclusion
    can = frozenset(one.id for one in field.facts.people.everyone if one.id not in out)
    return can, out


def _ways(field: Field, applied: Applied, can: Collection[str]) -> Ways:
    return [
        [
            [who for who in field.qualified(place, applied) if who in can]
            for place in way
            for _ in range(place.count)
        ]
        for way in alternatives(applied.rule.require)
    ]


def _met(ways: Ways, approvers: Collection[str]) -> bool:
    return any(
        len(fill([[who for who in place if who in approvers] for place in way])) == len(way)
        for way in ways
    )


def _cover(ways: Ways, chosen: Collection[str], ranked: Sequence[str]) -> set[str]:
    """The people who fill the way that needs the fewest new ones; the best ranked among equals.

    Where no way can be filled whole, the one that gets furthest is begun all the same.
    """
    rank = {who: index for index, who in enumerate(ranked)}
    fillings: list[tuple[tuple[int, int, int], set[str]]] = []
    for way in ways:
        places = [sorted(place, key=lambda who: rank.get(who, -1)) for place in way]
        held = fill([[who for who in place if who in chosen] for place in places])
        filled = fill(places, held)
        new = {who for who in filled.values() if who not in chosen}
        cost = (len(way) - len(filled), len(new), sum(rank[who] for who in new))
        fillings.append((cost, new))
    return min(fillings, key=lambda pair: pair[0])[1]


def _unqualified(person: Person, rules: Iterable[Applied], field: Field) -> Exclusion:
    """The nearest miss, said: what the person lacks for each open requirement."""
    lacks: Mapping[str, None] = dict.fromkeys(
        lack
        for one in rules
        for way in alternatives(one.rule.require)
        for place in way
        if (lack := shortfall(person, place.qualification, one.domains, field.where)) is not None
    )
    sentence = f"{person.name}: {'; '.join(lacks) or 'not needed for what is open'}"
    return Exclusion(person.id, Reason.NOT_QUALIFIED, sentence)
