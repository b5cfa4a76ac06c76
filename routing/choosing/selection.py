"""Who to ask: as few qualified people as fill every place that is still open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from routing.choosing.candidates import Candidate, Field
from routing.choosing.remarks import remarks
from routing.choosing.spreading import LEARNING, has_turn, learner
from routing.people import Person
from routing.policy import Approvals, Qualification
from routing.rules.approvals import fill
from routing.rules.qualification import Exclusion, Lack, Reason, shortfall
from routing.rules.requirements import Applied, Wish, alternatives

POOL = 40
"""So many people who can be asked are looked at for each kind of place, those who know most
first: load and working hours decide among them, and never let in whoever knows nothing."""

LOOKED_AT = 200
"""Of so many people, those who know most first, it is said why they are not asked."""

EXPLAINED = 10
"""So many candidates keep the terms of their sum."""

LACKS = 3
"""Of somebody who qualifies for nothing, so many lacks are said."""

Ways = Sequence[Sequence[Collection[str]]]
"""A rule's ways; each a list of places; each the ids of the people who can fill it."""

Wanted = tuple[Qualification, tuple[str, ...]]
"""What a place wants, and the domains in which it wants expertise."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Who is to be asked, best first, the ranking they come from, and who was left out.

    `shadow` may read along to learn; `remarks` are sentences about the choice as a whole.
    """

    asked: tuple[Candidate, ...]
    candidates: tuple[Candidate, ...]
    exclusions: tuple[Exclusion, ...]
    shadow: Candidate | None = None
    remarks: tuple[str, ...] = ()


def select(
    field: Field, applied: Iterable[Applied], approvers: Collection[str], waiting: Collection[str]
) -> Choice:
    """Choose whom to ask besides `approvers` and those already `waiting`.

    Every open place of every rule gets somebody if anybody can be asked for it, with as few
    people as possible; then the best of the rest are added until `review.ask` people are asked.
    """
    rules = [one for one in applied if one.applies]
    already = {*approvers, *waiting}
    can = _Askable(field, already)
    wishes = _wishes(rules)
    pools: dict[Wanted, Collection[str]] = {}
    ways = {wish: _ways(its[0], pools, can, already) for wish, its in wishes.items()}
    unmet = [wish for wish, its in ways.items() if not _met(its, approvers)]
    serves: Counter[str] = Counter()
    for wish in unmet:
        for who in {who for way in ways[wish] for place in way for who in place}:
            serves[who] += len(wishes[wish])
    people = field.roll.facts.people.by_id
    pool = [people[who] for who in serves if who not in approvers]
    ranked = sorted(pool, key=lambda one: (-serves[one.id], field.first(one)))
    chosen = set(already)
    rank = {one.id: place for place, one in enumerate(ranked)}
    for wish in unmet:
        chosen |= _cover(ways[wish], chosen, rank)
    asked = [one for one in ranked if one.id in chosen and one.id not in waiting]
    still = sum(one.id in waiting for one in ranked)
    spare = [one for one in ranked if one.id not in chosen]
    if still + len(asked):  # somebody who knows is asked: the others may be those with room
        spare.sort(key=lambda one: (-serves[one.id], field.next(one)))
    room = max(0, field.policy.review.ask - still - len(asked))
    taught = _taught(field, spare, room, alone=not (still or asked))
    asked += [*spare[: room - 1], taught] if taught else spare[:room]
    left_out = _left_out(field, wishes, can, {*serves, *approvers})
    held = {*chosen, *(one.id for one in asked)}
    unfilled = [
        one.rule.name for wish in unmet if not _met(ways[wish], held) for one in wishes[wish]
    ]
    return Choice(
        tuple(_candidate(field, one, taught) for one in asked),
        tuple(
            field.candidate(one, explained=place < EXPLAINED)
            for place, one in enumerate(ranked)
            if place < LOOKED_AT or one.id in waiting
        ),
        tuple(left_out[who] for who in sorted(left_out)),
        _shadow(field, held) if unmet else None,
        remarks(field, unfilled, left_out),
    )


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


def _shadow(field: Field, held: Collection[str]) -> Candidate | None:
    """Who may read along, where the policy wants that and it is this change's turn."""
    if not (field.policy.review.shadow and has_turn(field)):
        return None
    looked_at = islice(field.roll, LOOKED_AT)
    free = (one for one in looked_at if one.id not in held and field.unavailable(one) is None)
    person = learner(field, free)
    return field.candidate(person, explained=False) if person is not None else None


def _candidate(field: Field, person: Person, taught: Person | None) -> Candidate:
    found = field.candidate(person)
    return replace(found, why=f"{found.why} · {LEARNING}") if person is taught else found


class _Askable:
    """Whether people can be asked, and why those who were looked at cannot."""

    def __init__(self, field: Field, already: Collection[str]) -> None:
        self._field = field
        self._already = already
        self.out: dict[str, Exclusion] = {}

    def pool(self, place: Approvals, applied: Applied, already: Collection[str]) -> Collection[str]:
        """The first who qualify for a place and can be asked, and those `already` there."""
        people = self._field.roll.facts.people.by_id
        qualified = self._field.roll.qualified(place, applied)
        best = islice((who for who in qualified if people[who] in self), POOL)
        asked = (who for who in already if who in qualified and people[who] in self)
        return dict.fromkeys((*best, *sorted(asked)))

    def __contains__(self, person: Person) -> bool:
        exclusion = self._field.unavailable(person)
        if exclusion is None:
            return True
        if person.id in self._already and self._field.roll.never(person) is None:
            return True
        self.out[person.id] = exclusion
        return False


def _ways(
    applied: Applied,
    pools: dict[Wanted, Collection[str]],
    can: _Askable,
    already: Collection[str],
) -> Ways:
    """A rule's ways; `pools` keep who was found for a kind of place, which many rules share."""

    def those(place: Approvals) -> Collection[str]:
        wanted = (place.qualification, applied.domains)
        if wanted not in pools:
            pools[wanted] = can.pool(place, applied, already)
        return pools[wanted]

    return [
        [those(place) for place in way for _ in range(place.count)]
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


def _left_out(
    field: Field, wishes: Iterable[Wish], can: _Askable, needed: Collection[str]
) -> Mapping[str, Exclusion]:
    """Why each of those who were looked at is not among the candidates."""
    wanted = dict.fromkeys(
        (place.qualification, domains)
        for require, domains in wishes
        for way in alternatives(require)
        for place in way
    )
    for person in islice(field.roll, LOOKED_AT):
        if person in can and person.id not in needed:
            can.out[person.id] = _unqualified(person, wanted, field)
    return can.out


def _unqualified(person: Person, wanted: Iterable[Wanted], field: Field) -> Exclusion:
    """The nearest miss, said: what the person lacks for the first few open requirements."""
    lacks: dict[Lack, None] = {}
    for qualification, domains in wanted:
        lack = shortfall(person, qualification, domains, field.roll.where)
        if lack is not None:
            lacks[lack] = None
            if len(lacks) > LACKS:
                break
    if not lacks:
        sentence = f"{person.name}: not needed for what is open"
        return Exclusion(person.id, Reason.NOT_NEEDED, sentence)
    kinds = {lack.reason for lack in lacks}
    reason = kinds.pop() if len(kinds) == 1 else Reason.NOT_QUALIFIED
    said = "; ".join(lack.sentence for lack in islice(lacks, LACKS))
    more = "; and more" if len(lacks) > LACKS else ""
    return Exclusion(person.id, reason, f"{person.name}: {said}{more}")
