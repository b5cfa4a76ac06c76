"""Approvals × requirements → Verdict, as one explained tree that everything else shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import reduce
from itertools import combinations
from operator import and_
from typing import Protocol

from routing.policy import Approvals
from routing.rules.conditions import Checked
from routing.rules.qualification import ANYONE, render_qualification
from routing.rules.requirements import Applied, Wish, alternatives

SHOWN = 5
"""How many of the people who could fill a place are named."""


MOST_PLACES = 8
"""Of more places it is not worked out which others could be open instead."""


class VerdictState(StrEnum):
    """Whether the change may pass."""

    PENDING = "pending"
    SATISFIED = "satisfied"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class Place:
    """One place that somebody must fill, in words.

    `by` is who has filled it, `could` the first few who might, best first.
    """

    wants: str
    by: str | None
    could: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Way:
    """One way to meet a rule: every place filled by a different person.

    `possible` says whether there are different people for all the places. Where an approval fits
    several places, others may be open instead of those that are shown: `instead` holds what they
    want, as far as those who are asked can give it.
    """

    places: tuple[Place, ...]
    possible: bool
    instead: tuple[tuple[str, ...], ...] = ()

    @property
    def met(self) -> bool:
        """Whether every place is filled."""
        return all(place.by is not None for place in self.places)

    @property
    def open(self) -> Counter[str]:
        """What the open places want, and how many want the same."""
        return Counter(place.wants for place in self.places if place.by is None)

    @property
    def opens(self) -> tuple[Counter[str], ...]:
        """The same for every choice of places to leave open."""
        return (self.open, *map(Counter, self.instead))


def _in_words(wanted: Counter[str]) -> str:
    return ", and ".join(
        wants if count == 1 else f"{count} x {wants}" for wants, count in wanted.items()
    )


@dataclass(frozen=True, slots=True)
class RuleResult:
    """A rule: does it apply, why (not), and how far it is met in each of its ways.

    `why` holds every condition with what came of it; None for a rule kept before there were any.
    """

    name: str
    applies: bool
    reason: str
    ways: tuple[Way, ...] = ()
    why: Checked | None = None

    @property
    def met(self) -> bool:
        """Whether one way is met, or the rule does not apply."""
        return not self.applies or any(way.met for way in self.ways)

    @property
    def possible(self) -> bool:
        """Whether anybody could still meet it."""
        return not self.applies or any(way.possible for way in self.ways)

    @property
    def missing(self) -> str:
        """What is missing, in words: the open places of each way that can still be met."""
        if self.met:
            return ""
        possible = [way for way in self.ways if way.possible] or self.ways
        ways = [wanted for way in possible for wanted in way.opens]
        if len(ways) == 1:
            return _in_words(ways[0])
        shared = reduce(and_, ways)
        choices = list(dict.fromkeys(_in_words(way - shared) for way in ways))
        if len(choices) == 1 or not all(choices):
            return _in_words(min(ways, key=Counter.total))
        choice = f"1 of: {', or '.join(choices)}"
        return f"{_in_words(shared)}, and {choice}" if shared else choice


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer with its whole reason.

    `blocks` are sentences that keep the gate shut whatever is approved: objections, problems
    of the policy file, requirements that nobody can meet. `stuck` are the last, each with the
    people who come nearest.
    """

    state: VerdictState
    rules: tuple[RuleResult, ...]
    blocks: tuple[str, ...] = ()
    stuck: tuple[str, ...] = ()

    @property
    def missing(self) -> tuple[str, ...]:
        """The open parts, one sentence a rule, each once.

        That anyone's approval is missing goes without saying beside a stricter wish.
        """
        said = dict.fromkeys(rule.missing for rule in self.rules if not rule.met)
        stricter = tuple(missing for missing in said if missing != ANYONE)
        return stricter or tuple(said)


class Qualified(Protocol):
    """Ids of the people who could fill a place, best first."""

    def __contains__(self, person: object) -> bool: ...

    def first(self, most: int) -> Sequence[str]:
        """The first few of them."""
        ...


Eligible = Callable[[Approvals, Applied], Qualified]
"""Who could fill such a place of that rule."""


@dataclass(frozen=True, slots=True)
class Signers:
    """Who has approved exactly this head, and who is asked and may yet, by their ids.

    Whoever fits several places fills one that leaves the others open for those who are asked.
    """

    approved: Collection[str] = ()
    asked: Sequence[str] = ()


def judge(
    applied: Iterable[Applied],
    signers: Signers,
    eligible: Eligible,
    blocks: Iterable[str] = (),
    besides: Iterable[RuleResult] = (),
    nearest: Callable[[Applied], str] = lambda _: "",
) -> Verdict:
    """Hold the approvals against every rule.

    Whether the `signers` fill a place is asked of `eligible`. A change to which no rule applies is
    blocked: what the policy does not know is not approved. `besides` is what is wanted that is no
    approval. `nearest` says who comes nearest to a rule that nobody can meet.
    """
    held, known = tuple(applied), dict[Wish, tuple[Way, ...]]()
    found = tuple(_result(one, signers, eligible, known) for one in held)
    rules = (*found, *besides)
    reasons = list(blocks)
    if not any(rule.applies for rule in found):
        reasons.append("no rule of the policy covers this change; add one without conditions")
    impossible = {
        f"nobody can give what “{rule.name}” asks for: {rule.missing}": nearest(one)
        for one, rule in zip(held, found, strict=True)
        if not rule.possible
    }
    reasons += impossible
    stuck = tuple(f"{said}; {near}" if near else said for said, near in impossible.items())
    if reasons:
        state = VerdictState.BLOCKED
    elif all(rule.met for rule in rules):
        state = VerdictState.SATISFIED
    else:
        state = VerdictState.PENDING
    return Verdict(state, rules, tuple(reasons), stuck)


def _result(
    applied: Applied,
    signers: Signers,
    eligible: Eligible,
    known: dict[Wish, tuple[Way, ...]],
) -> RuleResult:
    """The rule's result; `known` keeps the ways of what many rules may ask for."""
    name = applied.rule.name
    if not applied.applies:
        return RuleResult(name, False, applied.reason, why=applied.why)
    if applied.wish not in known:
        known[applied.wish] = _ways(applied, signers, eligible)
    return RuleResult(name, True, applied.reason, known[applied.wish], applied.why)


def _ways(applied: Applied, signers: Signers, eligible: Eligible) -> tuple[Way, ...]:
    ways: list[Way] = []
    for way in alternatives(applied.rule.require):
        wanted = [place for place in way for _ in range(place.count)]
        could = [eligible(place, applied) for place in wanted]
        seats = _Seats(signers, could)
        filled = seats.filled
        places = tuple(
            Place(
                render_qualification(place.qualification, applied.domains),
                filled.get(index),
                tuple(those.first(SHOWN)),
            )
            for index, (place, those) in enumerate(zip(wanted, could, strict=True))
        )
        ways.append(
            Way(
                places,
                # As many people as there are places are enough to see whether all can be filled.
                possible=len(fill([those.first(len(wanted)) for those in could])) == len(wanted),
                instead=tuple(
                    tuple(places[index].wants for index in left) for left in seats.instead()
                ),
            )
        )
    return tuple(ways)


class _Seats:
    """Who of the signers sits where: the approvals first, and beside them those who are asked."""

    def __init__(self, signers: Signers, could: Sequence[Qualified]) -> None:
        said = sorted(signers.approved)
        self._approved = [[who for who in said if who in those] for those in could]
        self._asked = [[who for who in signers.asked if who in those] for those in could]
        everybody = fill(self._approved, self._asked)
        self.filled = {at: who for at, who in everybody.items() if who in signers.approved}
        self._hoped = len(everybody) - len(self.filled)

    def instead(self) -> Iterator[tuple[int, ...]]:
        """Places that the same approvals could leave open too, with as many of the asked there."""
        places = range(len(self._approved))
        shown = tuple(place for place in places if place not in self.filled)
        if not (shown and self.filled and self._hoped) or len(places) > MOST_PLACES:
            return
        for left in combinations(places, len(shown)):
            taken = [self._approved[place] for place in places if place not in left]
            hoped = [self._asked[place] for place in left]
            fits = len(fill(taken)) == len(taken) and len(fill(hoped)) == self._hoped
            if fits and left != shown:
                yield left


def fill(
    places: Sequence[Sequence[str]], after: Sequence[Sequence[str]] | None = None
) -> Mapping[int, str]:
    """Give as many places as possible to different people (maximum bipartite matching).

    `places[i]` are the people who may have place i, preferred ones first. Returns place →
    person. Places are filled in turn, and one that was filled stays so, though perhaps by
    somebody else. `after[i]` are people who may have place i besides, once the others have theirs:
    nobody gives up a place for them but for another. Kuhn's augmenting paths: there are few places.
    """
    holder: dict[str, int] = {}
    wanted = places

    def settle(place: int, tried: set[str]) -> bool:
        for person in wanted[place]:
            if person in tried:
                continue
            tried.add(person)
            if person not in holder or settle(holder[person], tried):
                holder[person] = place
                return True
        return False

    for place in range(len(places)):
        settle(place, set())
    if after is not None:
        wanted = [[*first, *more] for first, more in zip(places, after, strict=True)]
        for place in set(range(len(places))).difference(holder.values()):
            settle(place, set())
    return {place: person for person, place in holder.items()}
