"""Assignment: who is asked when what people carry already counts.

The first to be asked is whoever knows best, unless buried in reviews; the others are those who
know enough and have room. So the load spreads at nearly no cost: the best judge is still there.

A load is never a count to catch up with: an ask that was closed a month ago weighs nothing, so
somebody who comes back from leave is not buried in what others did meanwhile.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import fsum, log1p

from routing.ranking.ranker import TOP, Ranked, Weighed
from routing.ranking.weights import RANKED, Weights

HALF_LIFE = timedelta(days=7)
"""A closed ask weighs half after so long."""

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
    """What each person carries: 1 for an open ask, less and less for a closed one.

    Asks made after `now` do not count, those closed after it are open.
    """
    return carried_by(((ask.person, ask.closed) for ask in asks if ask.asked <= now), now)


def carried_by(asks: Iterable[tuple[str, datetime | None]], now: datetime) -> Mapping[str, float]:
    """The same of asks made before `now`, each by whom it went to and when it was over.

    Two months of a large organisation are a hundred thousand, and they count in every decision.
    In whatever order they come, the sums are the same.
    """
    weights = defaultdict[str, list[float]](list)
    for person, closed in asks:
        is_over = closed is not None and closed < now
        weights[person].append(2.0 ** ((closed - now) / HALF_LIFE) if closed and is_over else 1.0)
    return {person: fsum(its) for person, its in weights.items()}


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
