"""The evidence of past changes: which ones touched what, who took part in them, and when.

Everything the ranking says of a person is a share of decayed work: a change counts half after
each half-life, and a person's part of it is divided by everybody's.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import log1p

import numpy as np
import numpy.typing as npt

from routing.marks import MARK_WEIGHTS, FileChange, Mark, MarkKind
from routing.model import PastChange

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]

REACH = 300
"""The latest changes looked at for one mark: a directory's last 300 say who works there."""

DAY = 86_400.0
_KIND_WEIGHTS = np.array(MARK_WEIGHTS)


class Roster:
    """Who took part in each change in one role, people and changes being numbers."""

    def __init__(self) -> None:
        self._people = array("q")
        self._ends = array("q", [0])

    def append(self, people: Iterable[int]) -> None:
        """Write down who took part in the next change."""
        self._people.extend(people)
        self._ends.append(len(self._people))

    def mass(self, changes: Indices, weights: Floats, people: int) -> Floats:
        """The work of each of so many people in these changes, a change weighing its weight."""
        # Views of the columns die with the statement: an array that is looked at cannot grow.
        first = np.asarray(self._ends)[changes]
        counts = np.asarray(self._ends)[changes + 1] - first
        ends = np.cumsum(counts)
        within = np.arange(counts.sum()) - np.repeat(ends - counts, counts)
        took_part = np.asarray(self._people)[np.repeat(first, counts) + within]
        return np.bincount(took_part, np.repeat(weights, counts), people).astype(np.float64)


@dataclass(frozen=True, slots=True)
class Hits:
    """Past changes that carry a change's marks, one entry for each change and mark.

    `fit` is how much the mark weighs in both changes (0 to 1), `kind` what it is, `rarity` the
    logarithm of how few changes carry it.
    """

    change: Indices
    kind: Indices
    fit: Floats
    rarity: Floats

    def of_kind(self, kind: MarkKind) -> tuple[Indices, Floats]:
        """The changes that share marks of one kind, with how much they do."""
        chosen = self.kind == kind
        return self.change[chosen], self.fit[chosen]

    def similar(self) -> tuple[Indices, Floats]:
        """Past changes by how similar they are, the most similar being 1; in order of time.

        Rare marks tell more: a mark weighs by the square of its rarity.
        """
        if not len(self.change):
            return self.change, self.fit
        changes, place = np.unique(self.change, return_inverse=True)
        weight = self.fit * _KIND_WEIGHTS[self.kind] * (self.rarity + 0.1) ** 2
        similarity = np.bincount(place, weight)
        return changes, similarity / similarity.max()


class Index:
    """Finds past changes by their marks. Changes are numbered in the order they are added."""

    def __init__(self) -> None:
        self._changes = 0
        self._numbers: dict[Mark, int] = {}
        self._postings: list[tuple[array[int], array[float]]] = []

    def add(self, marks: Mapping[Mark, float]) -> None:
        """Index the next change."""
        for mark, weight in marks.items():
            number = self._numbers.setdefault(mark, len(self._postings))
            if number == len(self._postings):
                self._postings.append((array("i"), array("f")))
            changes, weights = self._postings[number]
            changes.append(self._changes)
            weights.append(weight)
        self._changes += 1

    def find(self, marks: Mapping[Mark, float]) -> Hits:
        """The latest changes that carry any of the marks, at most REACH for each."""
        changes, weights = array("i"), array("f")
        found: list[tuple[int, int, float, int]] = []
        for mark, weight in marks.items():
            number = self._numbers.get(mark)
            if number is None:
                continue
            posted, posted_weights = self._postings[number]
            changes.extend(posted[-REACH:])
            weights.extend(posted_weights[-REACH:])
            found.append((min(len(posted), REACH), mark[0], weight, len(posted)))
        table = np.array(found, dtype=np.float64).reshape(-1, 4)
        times, kind, weight_here, carried = table.T
        repeated = np.repeat(np.arange(len(table)), times.astype(np.int64))
        rarity = np.log((self._changes + 1) / (carried + 1))
        return Hits(
            change=np.array(changes, dtype=np.int64),
            kind=kind.astype(np.int64)[repeated],
            fit=np.array(weights, dtype=np.float64) * weight_here[repeated],
            rarity=rarity[repeated],
        )


def decay(ages: Floats, half_life_days: float) -> Floats:
    """What work of these ages (seconds) still counts."""
    return np.exp2(ages / (-half_life_days * DAY))


def share(mass: Floats, doubt: float = 0.0) -> Floats:
    """Everybody's share of the mass; `doubt` is work of nobody's, for when there is little."""
    total = float(mass.sum()) + doubt
    return mass / total if total > 0 else mass


class Record:
    """Everything known of the past: changes in the order of time, and people seen in them.

    People are numbered as they appear; `names` turns numbers back into identities.
    """

    def __init__(self) -> None:
        self.names: list[str] = []
        self.index = Index()
        self.authors = Roster()
        self.reviewers = Roster()
        self._numbers: dict[str, int] = {}
        self._done = array("d")
        self._sizes = array("d")
        self._last_seen = array("d")
        self._reviews = array("q")
        self._by_author: dict[str, array[int]] = {}

    def add(self, change: PastChange, marks: Mapping[Mark, float]) -> None:
        """Add the next change; `change.at` never runs backwards."""
        at = change.at.timestamp()
        if self._done and at < self._done[-1]:
            raise ValueError(f"{change.id} at {change.at} comes after a later change")
        authors = [self._number(person, at) for person in change.authors]
        reviewers = [self._number(person, at) for person in change.reviewers]
        for number in reviewers:
            self._reviews[number] += 1
        for person in change.authors:
            self._by_author.setdefault(person, array("q")).append(len(self._done))
        self._done.append(at)
        self._sizes.append(size_of(change.files))
        self.index.add(marks)
        self.authors.append(authors)
        self.reviewers.append(reviewers)

    def _number(self, person: str, at: float) -> int:
        number = self._numbers.setdefault(person, len(self.names))
        if number == len(self.names):
            self.names.append(person)
            self._last_seen.append(at)
            self._reviews.append(0)
        self._last_seen[number] = at
        return number

    @property
    def changes(self) -> int:
        """How many changes are known."""
        return len(self._done)

    @property
    def last_seen(self) -> Floats:
        """When each person last wrote or reviewed, in seconds since 1970."""
        return np.array(self._last_seen)

    @property
    def reviews(self) -> Floats:
        """How many reviews each person ever gave."""
        return np.array(self._reviews, dtype=np.float64)

    def number_of(self, person: str) -> int | None:
        """The number of somebody who has been seen."""
        return self._numbers.get(person)

    def ages(self, changes: Indices, now: float) -> Floats:
        """How many seconds ago these changes were done."""
        return now - np.asarray(self._done)[changes]

    def sizes(self, changes: Indices) -> Floats:
        """The sizes of these changes."""
        return np.asarray(self._sizes)[changes]

    def latest(self, since: float, limit: int) -> Indices:
        """The changes done since then, at most the last `limit`."""
        first = int(np.searchsorted(np.asarray(self._done), since))
        return np.arange(max(first, self.changes - limit), self.changes)

    def written_by(self, author: str) -> Indices:
        """The latest changes somebody wrote, at most REACH, in order of time."""
        written = self._by_author.get(author, array("q"))
        return np.array(written[-REACH:], dtype=np.int64)


def size_of(files: Iterable[FileChange]) -> float:
    """A change's size: the logarithm of its lines, so that 10 and 20 differ as 100 and 200 do."""
    return log1p(sum(added + deleted for _, added, deleted in files))
