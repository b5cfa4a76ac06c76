"""Who to ask: as few qualified people as fill every place that is still open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice

from routing.choosing.askable import LOOKED_AT, Askable
from routing.choosing.candidates import Candidate, Field
from routing.choosing.remarks import remarks
from routing.choosing.spreading import LEARNING, has_turn, learner
from routing.people import Person
from routing.rules.approvals import fill
from routing.rules.qualification import Exclusion
from routing.rules.requirements import Applied, Wish, alternatives

KEPT, EXPLAINED = 40, 10
"""So many candidates are described, and so many of these keep the terms of their sum."""

Ways = Sequence[Sequence[Collection[str]]]
"""A rule's ways; each a list of places; each the ids of the people who can fill it."""


@dataclass(frozen=True)
class Choice:
    """Who is to be asked, and on request why: most who choose want no more than the names.

    `people` are to be asked, best first; `ranked` is everybody who could be. `field` is what they
    were chosen from, `ways` what is asked for, `taught` whoever is asked in order to learn.
    """

    field: Field
    people: Sequence[Person]
    ranked: Sequence[Person]
    taught: Person | None
    already: Collection[str]
    approvers: Collection[str]
    wishes: Mapping[Wish, Sequence[Applied]]
    ways: Mapping[Wish, Ways]
    unmet: Sequence[Wish]
    can: Askable

    @cached_property
    def asked(self) -> tuple[Candidate, ...]:
        """Those to be asked, each with why."""
        return tuple(self._candidate(one) for one in self.people)

    @cached_property
    def candidates(self) -> tuple[Candidate, ...]:
        """The first of the ranking they come from."""
        return tuple(
            self.field.candidate(one, explained=place < EXPLAINED)
            for place, one in enumerate(self.ranked[:KEPT])
        )

    @cached_property
    def in_reach(self) -> frozenset[str]:
        """Ids of the first who could be asked, and of those `already` there who still could."""
        return frozenset(
            one.id
            for place, one in enumerate(self.ranked)
            if place < LOOKED_AT or one.id in self.already
        )

    @cached_property
    def exclusions(self) -> tuple[Exclusion, ...]:
        """Who was looked at and left out, those who know most first."""
        needed = {*(one.id for one in self.ranked), *self.approvers}
        left_out = self.can.left_out(self.wishes, needed)
        people = self.field.roll.facts.people.by_id
        return tuple(
            left_out[one.id] for one in self.field.roll.in_order(people[who] for who in left_out)
        )

    @cached_property
    def shadow(self) -> Candidate | None:
        """Who may read along to learn, where the policy wants that and it is this change's turn."""
        field = self.field
        if not (self.unmet and field.policy.review.shadow and has_turn(field)):
            return None
        looked_at = islice(field.roll, LOOKED_AT)
        free = (
            one for one in looked_at if one.id not in self._held and field.unavailable(one) is None
        )
        person = learner(field, free)
        return field.candidate(person, explained=False) if person is not None else None

    @cached_property
    def remarks(self) -> tuple[str, ...]:
        """Sentences about the choice as a whole."""
        unfilled = (
            one.rule.name
            for wish in self.unmet
            if not _met(self.ways[wish], self._held)
            for one in self.wishes[wish]
        )
        return remarks(self.field, unfilled, self.exclusions)

    @cached_property
    def _held(self) -> Collection[str]:
        return {*self.already, *(one.id for one in self.people)}

    def _candidate(self, person: Person) -> Candidate:
        found = self.field.candidate(person)
        return replace(found, why=f"{found.why} · {LEARNING}") if person is self.taught else found


def select(
    field: Field, applied: Iterable[Applied], approvers: Collection[str], waiting: Collection[str]
) -> Choice:
    """Choose whom to ask besides `approvers` and those already `waiting`.

    Every open place of every rule gets somebody if anybody can be asked for it, with as few
    people as possible; then the best of the rest are added until `review.ask` people are asked.
    """
    already = {*approvers, *waiting}
    can = Askable(field, already)
    wishes = _wishes(one for one in applied if one.applies)
    ways = {wish: _ways(its[0], can) for wish, its in wishes.items()}
    unmet = [wish for wish, its in ways.items() if not _met(its, approvers)]
    serves = Counter[str]()
    for wish in unmet:
        rules = len(wishes[wish])
        for who in {who for way in ways[wish] for place in way for who in place}:
            serves[who] += rules
    people = field.roll.facts.people.by_id
    pool = [people[who] for who in serves if who not in approvers]
    ranked = sorted(pool, key=lambda one: (-serves[one.id], field.first(one)))
    chosen = set(already)
    rank = {one.id: place for place, one in enumerate(ranked)}
    for wish in unmet:
        chosen |= _cover(ways[wish], chosen, rank)
    asked = [one for one in ranked if one.id in chosen and one.id not in waiting]
    still = sum(one.id in waiting for one in ranked)
    room = max(0, field.policy.review.ask - still - len(asked))
    spare = [one for one in ranked if one.id not in chosen] if room else []
    if still + len(asked):  # somebody who knows is asked: the others may be those with room
        spare.sort(key=lambda one: (-serves[one.id], field.next(one)))
    taught = _taught(field, spare, room, alone=not (still or asked))
    asked += [*spare[: room - 1], taught] if taught else spare[:room]
    return Choice(field, asked, ranked, taught, already, approvers, wishes, ways, unmet, can)


def _wishes(rules: Iterable[Applied]) -> Mapping[Wish, Sequence[Applied]]:
    """The rules by what they ask for: many may ask for the same."""
    wishes: dict[Wish, list[Applied]] = {}
    for one in rules:
        wishes.setdefault(one.wish, []).append(one)
    return wishes


def _taught(field: Field, spare: Sequence[Person], room: int, *, alone: bool) -> Person | None:
    """Who has the last free place to learn the code; never whoever would be the only one asked."""
    others = room - 1 if alone else room
    if field.policy.review.shadow or others < 1 or not has_turn(field):
        return None
    return learner(field, spare[room - 1 :])


def _ways(applied: Applied, can: Askable) -> Ways:
    return [
        [can.pool(place, applied) for place in way for _ in range(place.count)]
        for way in alternatives(applied.rule.require)
    ]


def _met(ways: Ways, approvers: Collection[str]) -> bool:
    return any(
        len(fill([[who for who in place if who in approvers] for place in way])) == len(way)
        for way in ways
    )


def _cover(ways: Ways, chosen: Collection[str], rank: Mapping[str, int]) -> set[str]:
    """The people who fill the way that needs the fewest new ones; the best ranked among equals.

    Where no way can be filled whole, the one that gets furthest is begun all the same. Whoever
    can be given a place is taken in turn, those chosen already first, then the best: so nobody
    further down comes in where somebody better could (those who can be seated together are a
    transversal matroid, in which the greedy choice is the best one).
    """
    if _met(ways, chosen):
        return set()
    fillings: list[tuple[tuple[int, int, int], set[str]]] = []
    for way in ways:
        everybody = dict.fromkeys(who for place in way for who in place)
        turns = sorted(everybody, key=lambda who: (who not in chosen, rank.get(who, -1), who))
        numbers = [
            [str(number) for number, place in enumerate(way) if who in place] for who in turns
        ]
        seated = [turns[turn] for turn in fill(numbers)]
        new = {who for who in seated if who not in chosen}
        cost = (len(way) - len(seated), len(new), sum(rank[who] for who in new))
        fillings.append((cost, new))
    return min(fillings, key=lambda pair: pair[0])[1]
