"""The replay of a history: rank reviewers as of the past, then see who it was.

Nothing is known early: a change is learnt from once the clock has passed the moment it was done,
and ranked at the moment it was opened, before its reviewers are looked at.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import heappop, heappush
from types import MappingProxyType

from routing.model import PastChange
from routing.ranking.assignment import Ask, Assignment, loads
from routing.ranking.baselines import Baseline, best
from routing.ranking.ranker import Ranked, Ranker, Weighed
from routing.ranking.terms import OpenChange
from routing.ranking.weights import EXPERTISE, RANKED
from routing.repairs import names_repair

ASKED = 2
"""So many people are asked about each change when a load is played through."""

BUSIEST = 5
"""Reviewers beyond the so many busiest are the tail."""

REMEMBERED = timedelta(days=60)
"""Asks older than this weigh next to nothing and are forgotten, unless they are still open."""

OURS = MappingProxyType({"ranked": RANKED, "ranked_expertise": EXPERTISE})
ASSIGNED = "assigned"


@dataclass(frozen=True, slots=True)
class HistoryChange:
    """One line of a history file: a change with both its moments and its reviewers."""

    id: str
    opened: datetime
    done: datetime
    author: str
    co_authors: tuple[str, ...]
    bot: bool
    subject: str
    files: tuple[tuple[str, int, int], ...]
    reviewers: tuple[str, ...]

    @property
    def as_opened(self) -> OpenChange:
        """What was known of it when reviewers were asked."""
        return OpenChange(self.id, self.author, self.co_authors, self.files, self.subject)

    @property
    def as_done(self) -> PastChange:
        """What can be learnt from it. A bot's work is nobody's expertise, its review is."""
        authors = () if self.bot else tuple(dict.fromkeys((self.author, *self.co_authors)))
        fix = names_repair(self.subject)
        return PastChange(self.id, self.done, authors, self.reviewers, self.files, fix)

    @property
    def counts(self) -> bool:
        """Whether it can show how good a ranking is: reviewed, and not by a bot."""
        return bool(self.reviewers) and not self.bot


@dataclass(frozen=True, slots=True)
class Outcome:
    """One change replayed: who reviewed it, ten names from each ranking, and why `ranked` did."""

    id: str
    reviewers: frozenset[str]
    rankings: Mapping[str, tuple[str, ...]]
    why: tuple[Ranked, ...]


def replay(
    history: Sequence[HistoryChange],
    score_last: int,
    baselines: Mapping[str, Baseline] = MappingProxyType({}),
    assignment: Assignment | None = None,
) -> Iterator[Outcome]:
    """Replay a history and yield the outcome of each of the last `score_last` changes that count.

    With an `assignment` there is a third ranking of ours, `assigned`: it asks its first people
    about every change, and knows what they carry.
    """
    counting = sum(change.counts for change in history)
    learners = _Learners(baselines)
    asks: deque[Ask] = deque()
    for change in in_time(history, learners.observe):
        if not change.counts:
            continue
        counting -= 1
        if counting >= score_last:
            continue
        weighed = learners.ranker.weigh(change.as_opened, change.opened)
        ours = {name: weighed.rank(weights) for name, weights in OURS.items()}
        rankings = {name: _names(ranked) for name, ranked in ours.items()}
        if assignment is not None:
            rankings[ASSIGNED] = _assign(weighed, change, asks, assignment)
        for name, baseline in baselines.items():
            scores = baseline.scores(change.as_opened, change.opened)
            rankings[name] = best(scores, weighed.candidates, change.id)
            baseline.asked(rankings[name][:ASKED], change.opened)
        yield Outcome(change.id, frozenset(change.reviewers), rankings, ours["ranked"])


def in_time(
    history: Sequence[HistoryChange], observe: Callable[[HistoryChange], None]
) -> Iterator[HistoryChange]:
    """Yield each change as it is opened, once `observe` has seen all that were done before."""
    waiting: list[tuple[datetime, int]] = []
    ordered = sorted(history, key=lambda change: change.opened)
    for place, change in enumerate(ordered):
        while waiting and waiting[0][0] < change.opened:
            observe(ordered[heappop(waiting)[1]])
        heappush(waiting, (change.done, place))
        yield change


def _names(ranking: Sequence[Ranked]) -> tuple[str, ...]:
    return tuple(ranked.person for ranked in ranking)


class _Learners:
    def __init__(self, baselines: Mapping[str, Baseline]) -> None:
        self.ranker = Ranker()
        self._baselines = tuple(baselines.values())

    def observe(self, change: HistoryChange) -> None:
        past = change.as_done
        self.ranker.observe(past, change.subject)
        for baseline in self._baselines:
            baseline.observe(past)


def _assign(
    weighed: Weighed, change: HistoryChange, asks: deque[Ask], assignment: Assignment
) -> tuple[str, ...]:
    now = change.opened
    while asks and asks[0].closed is not None and asks[0].closed < now - REMEMBERED:
        asks.popleft()
    names = _names(assignment.order(weighed, loads(asks, now)))
    asks.extend(Ask(person, now, change.done) for person in names[: assignment.ask])
    return names


@dataclass(frozen=True, slots=True)
class Figures:
    """How good one ranking was, all of 0 to 1.

    `top_1`, `top_3`, `top_5`: a reviewer is among the first so many. `mrr`: the mean of one over
    the first reviewer's place, 0 beyond ten. `tail_mrr` and `tail_top_3` count only reviewers
    beyond the five busiest, over the changes that had one. `gini`: how unequally the load falls
    among those who reviewed or would have been asked, if the first two are asked each time.
    """

    top_1: float
    top_3: float
    top_5: float
    mrr: float
    tail_mrr: float
    tail_top_3: float
    gini: float


def figures(outcomes: Sequence[Outcome], name: str) -> Figures:
    """The figures of the ranking called `name`; zeros where nothing was scored."""
    ranks = [_first_place(outcome.rankings[name], outcome.reviewers) for outcome in outcomes]
    busiest = _busiest(outcomes)
    tail = [
        _first_place(outcome.rankings[name], outcome.reviewers - busiest)
        for outcome in outcomes
        if outcome.reviewers - busiest
    ]
    return Figures(
        top_1=_share_within(ranks, 1),
        top_3=_share_within(ranks, 3),
        top_5=_share_within(ranks, 5),
        mrr=_mean_reciprocal(ranks),
        tail_mrr=_mean_reciprocal(tail),
        tail_top_3=_share_within(tail, 3),
        gini=_gini(_load(outcomes, name)),
    )


def _first_place(ranking: Sequence[str], reviewers: frozenset[str]) -> int | None:
    return next((place for place, name in enumerate(ranking, 1) if name in reviewers), None)


def _share_within(ranks: Sequence[int | None], first: int) -> float:
    hits = sum(rank is not None and rank <= first for rank in ranks)
    return hits / len(ranks) if ranks else 0.0


def _mean_reciprocal(ranks: Sequence[int | None]) -> float:
    return sum(1 / rank for rank in ranks if rank) / len(ranks) if ranks else 0.0


def _busiest(outcomes: Sequence[Outcome]) -> frozenset[str]:
    reviews = Counter(person for outcome in outcomes for person in outcome.reviewers)
    # Ties by name: the figures of a replay may not depend on the order of a set.
    order = sorted(reviews, key=lambda person: (-reviews[person], person))
    return frozenset(order[:BUSIEST])


def _load(outcomes: Sequence[Outcome], name: str) -> Sequence[int]:
    load = {person: 0 for outcome in outcomes for person in outcome.reviewers}
    for outcome in outcomes:
        for person in outcome.rankings[name][:ASKED]:
            load[person] = load.get(person, 0) + 1
    return sorted(load.values())


def _gini(ascending: Sequence[int]) -> float:
    total = sum(ascending)
    if not total:
        return 0.0
    people = len(ascending)
    weighted = sum(place * load for place, load in enumerate(ascending, 1))
    return (2 * weighted - (people + 1) * total) / (people * total)
