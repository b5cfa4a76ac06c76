"""Assignment: who is asked when what people carry already counts.

The first to be asked is whoever knows best, unless buried in reviews; the others are those who
know enough and have room. So the load spreads at nearly no cost: the best judge is still there.

A load is never a count to catch up with: an ask that was closed a month ago weighs nothing, so
somebody who comes back from leave is not buried in what others did meanwhile.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import fsum, log1p

from routing.ranking.ranker import TOP, Ranked, Weighed
from routing.ranking.weights import RANKED, Weights

HALF_LIFE = timedelta(days=7)
"""A closed ask weighs half after so long. The database keeps weights that fade by it: whoever
changes it has a migration make them anew."""

DECIMALS = 9
"""Loads are rounded to so many, so that adding up in another order makes nobody carry more."""

LOAD_DIAL = 1.5
"""The load dial's usual place: the points that each multiplication of somebody's load by e takes
off. 0 leaves the ranking as it is. On two public histories 1.5 costs .01 and .03 of top-3 and
lowers the Gini of the load by .13 and .10."""

FIRST_FEELS = 0.3
"""How much of the dial the first to be asked feels."""


@dataclass(frozen=True, slots=True)
class Ask:
    """Somebody was asked to review; `closed` is when that was over, None while it is open."""

    person: str
    asked: datetime
    closed: datetime | None = None


def loads(asks: Iterable[Ask], now: datetime) -> Mapping[str, float]:
    """What each person carries, where it is anything: see `load_of`.

    Asks made after `now` do not count, those closed after it are open.
    """
    opened, weights = Counter[str](), defaultdict[str, list[float]](list)
    for ask in asks:
        if ask.asked > now:
            continue
        if ask.closed is None or ask.closed > now:
            opened[ask.person] += 1
        else:
            weights[ask.person].append(fading(ask.closed, now))
    carried = {
        person: load_of(opened[person], fsum(weights.get(person, ())))
        for person in opened.keys() | weights.keys()
    }
    return {person: load for person, load in carried.items() if load}


def load_of(opened: int, weight: float) -> float:
    """What somebody carries: 1 for each open ask, and what is left of those that are over."""
    return round(opened + weight, DECIMALS)


def fading(start: datetime, end: datetime) -> float:
    """What a weight of 1 at `start` has come to by `end`; more than 1 if that is before it.

    All weights fade alike, so a sum of them does: `fading(a, c) == fading(a, b) * fading(b, c)`,
    but for the last digit.

    Raises:
        OverflowError: `end` is more than a thousand half-lives before `start`.
    """
    return float(2.0 ** ((start - end) / HALF_LIFE))


@dataclass(frozen=True, slots=True)
class Assignment:
    """How a ranking is turned into asks: so many at once, and how much load counts."""

    ask: int = 2
    dial: float = LOAD_DIAL

    def order(
        self, weighed: Weighed, carried: Mapping[str, float], weights: Weights = RANKED
    ) -> tuple[Ranked, ...]:
        """The first `ask` are to be asked; the rest stand by, best first. TOP people at most."""
        best = weighed.rank(weights, TOP, _burdens(carried, self.dial * FIRST_FEELS))
        roomy = weighed.rank(weights, self.ask, _burdens(carried, self.dial))
        asked = {ranked.person: ranked for ranked in (*best[:1], *roomy)}
        chosen = tuple(asked.values())[: self.ask]
        named = {ranked.person for ranked in chosen}
        return (*chosen, *(ranked for ranked in best if ranked.person not in named))[:TOP]


def _burdens(carried: Mapping[str, float], dial: float) -> Mapping[str, float]:
    return {person: dial * log1p(load) for person, load in carried.items()}
