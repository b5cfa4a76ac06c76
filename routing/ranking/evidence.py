"""The evidence of past changes: which ones touched what, who took part in them, and when.

Everything the ranking says of a person is a share of decayed work: a change counts half after
each half-life, and a person's part of it is divided by everybody's.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from math import log, log1p

import numpy as np
import numpy.typing as npt

from routing.model import PastChange
from routing.ranking.marks import MARK_WEIGHTS, FileChange, MarkKind, Marks

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]

REACH = 300
"""The latest changes looked at for one mark: a directory's last 300 say who works there."""

DAY = 86_400.0
WEIGHT_BITS = 8
WEIGHT_FULL = 255


class Roster:
    """Who took part in each change in one role, people and changes being numbers."""

    def __init__(self) -> None:
        self._people = array("q")
        self._ends = array("q", [0])

    def append(self, people: Iterable[int]) -> None:
        """Write down who took part in the next change."""
        self._people.extend(people)
        self._ends.append(len(self._people))

    def masses(self, people: int, changes: Indices, *weights: Floats) -> tuple[Floats, ...]:
        """The work of each of so many people in these changes, once for each way to weigh them."""
        # Views of the columns die with the statement: an array that is looked at cannot grow.
        first = np.asarray(self._ends)[changes]
        counts = np.asarray(self._ends)[changes + 1] - first
        place = np.repeat(np.arange(len(changes)), counts)
        within = np.arange(len(place)) - (np.cumsum(counts) - counts)[place]
        took_part = np.asarray(self._people)[first[place] + within]
        return tuple(
            np.bincount(took_part, weight[place], people).astype(np.float64) for weight in weights
        )


@dataclass(frozen=True, slots=True)
class Hits:
    """Past changes that carry a change's marks, one entry for each change and mark.

    `fit` is how much the mark weighs in both changes (0 to 1), `likeness` how much that makes
    them alike. The entries of one kind of mark stand together, from `starts[kind]` on.
    """

    change: Indices
    fit: Floats
    likeness: Floats
    starts: tuple[int, ...]

    def of_kind(self, kind: MarkKind) -> tuple[Indices, Floats]:
        """The changes that share marks of one kind, with how much they do."""
        part = slice(self.starts[kind], self.starts[kind + 1])
        return self.change[part], self.fit[part]

    def similar(self) -> tuple[Indices, Floats]:
        """Past changes by how similar they are, the most similar being 1; in order of time."""
        if not len(self.change):
            return self.change, self.fit
        oldest = self.change.min()
        similarity = np.bincount(self.change - oldest, self.likeness)
        changes = np.flatnonzero(similarity)
        return changes + oldest, similarity[changes] / similarity.max()


class Index:
    """Finds past changes by their marks. Changes are numbered in the order they are added.

    A mark's postings are numbers that hold a change and the mark's weight in it, in 255ths: one
    array for each mark, since there are hundreds of thousands of them.
    """

    def __init__(self) -> None:
        self._changes = 0
        self._postings: tuple[dict[str, array[int]], ...] = tuple({} for _ in MarkKind)

    def add(self, marks: Marks) -> None:
        """Index the next change."""
        for kind, postings in zip(marks, self._postings, strict=True):
            for mark, weight in kind.items():
                posting = (self._changes << WEIGHT_BITS) | round(weight * WEIGHT_FULL)
                if mark in postings:
                    postings[mark].append(posting)
                else:
                    postings[mark] = array("q", (posting,))
        self._changes += 1

    def find(self, marks: Marks) -> Hits:
        """The latest changes that carry any of the marks, at most REACH for each.

        A mark makes changes more alike the rarer it is, by the square of its rarity: the
        logarithm of how few changes carry it.
        """
        found = array("q")
        lengths: list[int] = []
        factors: list[tuple[float, float]] = []
        starts = [0]
        for kind, kind_weight, postings in zip(marks, MARK_WEIGHTS, self._postings, strict=True):
            for mark, weight in kind.items():
                posted = postings.get(mark)
                if posted is None:
                    continue
                found.extend(posted[-REACH:])
                lengths.append(min(len(posted), REACH))
                rarity = log((self._changes + 1) / (len(posted) + 1))
                factors.append((weight, weight * kind_weight * (rarity + 0.1) ** 2))
            starts.append(len(found))
        here, alike = np.array(factors, dtype=np.float64).reshape(-1, 2).repeat(lengths, axis=0).T
        postings_found = np.array(found, dtype=np.int64)
        there = (postings_found & WEIGHT_FULL) / WEIGHT_FULL
        return Hits(
            change=postings_found >> WEIGHT_BITS,
            fit=here * there,
            likeness=alike * there,
            starts=tuple(starts),
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

    def add(self, change: PastChange, marks: Marks) -> None:
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
