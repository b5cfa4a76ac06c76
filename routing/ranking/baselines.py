"""The usual ways to choose reviewers, as yardsticks: each learns and scores, nothing more.

They share the ranking's candidates and its tie-break, so that only the scores differ.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from math import exp
from types import MappingProxyType

from routing.knowledge.closeness import directory_of
from routing.model import PastChange
from routing.ranking.lots import Lots
from routing.ranking.ranker import TOP
from routing.ranking.terms import OpenChange

Scores = Mapping[str, float]
DAY = timedelta(days=1)


class Baseline(ABC):
    """Learns from past changes in the order they were done, and scores people."""

    @abstractmethod
    def observe(self, change: PastChange) -> None:
        """Learn from a change that was merged."""

    @abstractmethod
    def scores(self, change: OpenChange, now: datetime) -> Scores:
        """The higher, the better; people not named score 0."""

    def asked(self, people: Sequence[str], now: datetime) -> None:  # noqa: B027 - most don't mind
        """Hear who of the answer would have been asked."""


def best(scores: Scores, candidates: Sequence[str], change: str, top: int = TOP) -> tuple[str, ...]:
    """The first `top` candidates by score, ties by lot."""
    lots = Lots(change)
    order = sorted(candidates, key=lambda person: (-scores.get(person, 0.0), lots.of(person)))
    return tuple(order[:top])


class _Recent:
    """How often each person was named in the last days."""

    def __init__(self, days: int) -> None:
        self._window = timedelta(days=days)
        self._named: deque[tuple[datetime, str]] = deque()

    def add(self, people: Iterable[str], at: datetime) -> None:
        self._named.extend((at, person) for person in people)

    def counts(self, now: datetime) -> Mapping[str, float]:
        while self._named and self._named[0][0] < now - self._window:
            self._named.popleft()
        counts: defaultdict[str, float] = defaultdict(float)
        for _, person in self._named:
            counts[person] += 1
        return counts


class MostActive(Baseline):
    """Whoever reviewed most in ninety days."""

    def __init__(self) -> None:
        self._reviews = _Recent(days=90)

    def observe(self, change: PastChange) -> None:
        """Count reviews."""
        self._reviews.add(change.reviewers, change.at)

    def scores(self, _change: OpenChange, now: datetime) -> Scores:
        """More reviews are better."""
        return self._reviews.counts(now)


class Random(MostActive):
    """Anybody who reviewed in ninety days; the lot decides."""

    def scores(self, change: OpenChange, now: datetime) -> Scores:
        """The same for everybody in the team."""
        return dict.fromkeys(super().scores(change, now), 1.0)


class RoundRobin(Random):
    """Of those, whoever was asked least in thirty days, as load balancing on GitHub does."""

    def __init__(self) -> None:
        super().__init__()
        self._asked = _Recent(days=30)

    def asked(self, people: Sequence[str], now: datetime) -> None:
        """Remember who had a turn."""
        self._asked.add(people, now)

    def scores(self, change: OpenChange, now: datetime) -> Scores:
        """Fewer turns are better, being in the team comes first."""
        turns = self._asked.counts(now)
        return {person: 1 / (1 + turns[person]) for person in super().scores(change, now)}


class Affinity(Baseline):
    """Whoever reviewed this author most in a year, then whoever reviewed most."""

    def __init__(self) -> None:
        self._everybody = _Recent(days=365)
        self._of_author: dict[str, _Recent] = {}

    def observe(self, change: PastChange) -> None:
        """Remember who reviewed, and whom."""
        self._everybody.add(change.reviewers, change.at)
        for author in change.authors:
            recent = self._of_author.setdefault(author, _Recent(days=365))
            recent.add(change.reviewers, change.at)

    def scores(self, change: OpenChange, now: datetime) -> Scores:
        """The author's own reviewers first."""
        everybody = self._everybody.counts(now)
        own = self._of_author.setdefault(change.author, _Recent(days=365)).counts(now)
        total = sum(everybody.values()) + 1
        return {person: own.get(person, 0.0) + everybody[person] / total for person in everybody}


class Blame(Baseline):
    """Whoever added most of the files' lines: what `git blame` shows, as far as history tells."""

    def __init__(self) -> None:
        self._lines: dict[str, defaultdict[str, float]] = {}

    def observe(self, change: PastChange) -> None:
        """Credit added lines to the authors."""
        for path, added, _ in change.files:
            lines = self._lines.setdefault(path, defaultdict(float))
            for person in change.authors:
                lines[person] += added

    def scores(self, change: OpenChange, _now: datetime) -> Scores:
        """The sum of the shares of each file's lines."""
        scores: defaultdict[str, float] = defaultdict(float)
        for path, _, _ in change.files:
            lines: Mapping[str, float] = self._lines.get(path, {})
            total = sum(lines.values()) or 1.0
            for person, count in lines.items():
                scores[person] += count / total
        return scores


class RevFinder(Baseline):
    """Whoever reviewed files with like paths (Thongtanunam et al., SANER 2015).

    Of the paper's four comparisons it makes two, common beginning and common end of the path,
    since those add up part by part and need not compare every pair of files.
    """

    def __init__(self) -> None:
        self._parts: dict[tuple[bool, str, int], defaultdict[str, float]] = {}

    def observe(self, change: PastChange) -> None:
        """Credit each reviewer with every beginning and end of the paths."""
        for path, _, _ in change.files:
            for key in _beginnings_and_ends(path):
                credit = self._parts.setdefault(key, defaultdict(float))
                for person in change.reviewers:
                    credit[person] += 1 / len(change.files)

    def scores(self, change: OpenChange, _now: datetime) -> Scores:
        """How many parts the paths have in common, of the longer one's."""
        wanted: defaultdict[tuple[bool, str, int], float] = defaultdict(float)
        for path, _, _ in change.files:
            length = path.count("/") + 1
            for at_start, part, _ in _beginnings_and_ends(path):
                for other in range(1, MAX_PARTS + 1):
                    wanted[at_start, part, other] += 1 / max(length, other)
        scores: defaultdict[str, float] = defaultdict(float)
        for key, weight in wanted.items():
            for person, credit in self._parts.get(key, {}).items():
                scores[person] += weight * credit
        return scores


MAX_PARTS = 12
"""Paths deeper than this count as this deep."""


def _beginnings_and_ends(path: str) -> list[tuple[bool, str, int]]:
    parts = path.split("/")[:MAX_PARTS]
    length = len(parts)
    return [
        *((True, "/".join(parts[: end + 1]), length) for end in range(length)),
        *((False, "/".join(parts[start:]), length) for start in range(length)),
    ]


class CHRev(Baseline):
    """Whoever reviewed the files often, on many days and lately (Zanjani et al., TSE 2016)."""

    def __init__(self) -> None:
        self._days: dict[str, dict[str, list[date]]] = {}

    def observe(self, change: PastChange) -> None:
        """Write down the day of each review of each file."""
        for path, _, _ in change.files:
            days = self._days.setdefault(path, {})
            for person in change.reviewers:
                days.setdefault(person, []).append(change.at.date())

    def scores(self, change: OpenChange, _now: datetime) -> Scores:
        """Shares of reviews and of days at work, and nearness to the file's last review."""
        scores: defaultdict[str, float] = defaultdict(float)
        for path, _, _ in change.files:
            days = self._days.get(path)
            if not days:
                continue
            reviews = sum(map(len, days.values()))
            workdays = sum(len(set(theirs)) for theirs in days.values())
            last = max(theirs[-1] for theirs in days.values())
            for person, theirs in days.items():
                lately = 1 / max(1, (last - theirs[-1]).days)
                scores[person] += len(theirs) / reviews + len(set(theirs)) / workdays + lately
        return scores


class WhoDo(Baseline):
    """Whoever changed or reviewed the files and directories lately (Asthana et al., FSE 2019).

    With `spread` above 0, people with many reviews in the last week are passed over: the score
    shrinks by e to the power of `-spread` for each.
    """

    def __init__(self, spread: float = 0.5) -> None:
        self._spread = spread
        self._recent = _Recent(days=7)
        self._work: dict[tuple[str, str], dict[str, tuple[int, datetime]]] = {}

    def observe(self, change: PastChange) -> None:
        """Count what each person wrote and reviewed where, and when last."""
        self._recent.add(change.reviewers, change.at)
        for role, people in (("wrote", change.authors), ("reviewed", change.reviewers)):
            for place in _places(change.files):
                work = self._work.setdefault((role, place), {})
                for person in people:
                    work[person] = (work.get(person, (0, change.at))[0] + 1, change.at)

    def scores(self, change: OpenChange, now: datetime) -> Scores:
        """Counts over days passed since, added up over places and roles."""
        scores: defaultdict[str, float] = defaultdict(float)
        for role in ("wrote", "reviewed"):
            for place in _places(change.files):
                for person, (count, last) in self._work.get((role, place), {}).items():
                    scores[person] += count / max(1.0, (now - last) / DAY)
        busy = self._recent.counts(now)
        return {
            person: score * exp(-self._spread * busy.get(person, 0.0))
            for person, score in scores.items()
        }


def _places(files: Sequence[tuple[str, int, int]]) -> Sequence[str]:
    """The files and their directories, each once."""
    return tuple(
        dict.fromkeys(place for path, _, _ in files for place in (path, directory_of(path) + "/"))
    )


BASELINES: Mapping[str, Callable[[], Baseline]] = MappingProxyType(
    {
        "random": Random,
        "round-robin": RoundRobin,
        "most-active": MostActive,
        "affinity": Affinity,
        "blame": Blame,
        "revfinder": RevFinder,
        "chrev": CHRev,
        "whodo": WhoDo,
        "whodo-without-load": lambda: WhoDo(spread=0.0),
    }
)
"""Every yardstick by the name it is asked for."""
