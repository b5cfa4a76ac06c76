"""How close past changes are to some paths: the same files, their directories, or what lies beside.

The past is laid out once by where it was, so that asking about one domain after the other costs
what lies near each of them, and not the whole past every time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from math import sqrt
from typing import NamedTuple

from routing.model import PastChange

CLOSENESS = (1.0, 0.6, 0.3, 0.1)
"""What a past change of the same file says, of the same directory, of a sibling directory (one
with the same parent), and of the same top two levels."""

DIRECT = 2
"""The first so many places of CLOSENESS are the paths themselves, the rest is neighbourhood."""

FILES_SEEN = 50
"""The files of a change that count, largest first: a sweep through a thousand files teaches
nobody a thousand files."""

Around = tuple[str, str, str]
"""What names the rings around a file: its directory, that one's parent, its top two levels."""

Files = Sequence[tuple[str, Around]]
"""Paths, each with what lies around it."""


class Near(NamedTuple):
    """A past change, what it says of some paths, 0 to 1, and whether it touched them directly."""

    change: PastChange
    relevance: float
    direct: bool


class Past:
    """Past changes, laid out by what lies around their files."""

    def __init__(self, changes: Iterable[PastChange]) -> None:
        self._changes = [(change, _files_of(change)) for change in changes]
        self._rings: Sequence[dict[str, list[int]]] = tuple({} for _ in CLOSENESS[1:])
        for number, (_, files) in enumerate(self._changes):
            for names in {names for _, names in files}:
                for ring, name in zip(self._rings, names, strict=True):
                    ring.setdefault(name, []).append(number)

    def near(self, paths: Iterable[str]) -> Iterator[Near]:
        """The changes that say anything of these paths, in the order given."""
        wanted = frozenset(paths)
        rings = _rings_around(wanted)
        numbers = {
            number
            for ring, names in zip(self._rings, rings, strict=True)
            for name in names
            for number in ring.get(name, ())
        }
        for number in sorted(numbers):
            change, files = self._changes[number]
            yield _closeness(change, files, wanted, rings)


def _files_of(change: PastChange) -> Files:
    files = change.files
    if len(files) > FILES_SEEN:
        files = tuple(sorted(files, key=lambda file: -(file[1] + file[2]))[:FILES_SEEN])
    return [(path, around(directory_of(path))) for path, _, _ in files]


def _rings_around(paths: Iterable[str]) -> Sequence[AbstractSet[str]]:
    names = {around(directory_of(path)) for path in paths}
    return [{of[step] for of in names} for step in range(len(CLOSENESS) - 1)]


def _closeness(
    change: PastChange, files: Files, wanted: AbstractSet[str], rings: Sequence[AbstractSet[str]]
) -> Near:
    """A change counts by its closest files and the square root of their share of it.

    So one file among fifty says less than the one file a change was about.
    """
    counts = [0] * (len(CLOSENESS) + 1)
    for path, names in files:
        counts[0 if path in wanted else _ring_of(names, rings)] += 1
    relevance, within = 0.0, 0
    for closeness, count in zip(CLOSENESS, counts, strict=False):
        within += count
        relevance = max(relevance, closeness * sqrt(within / len(files))) if within else 0.0
    return Near(change, relevance, any(counts[:DIRECT]))


def _ring_of(names: Around, rings: Sequence[AbstractSet[str]]) -> int:
    """The first ring that both share; one beyond the last where they share none."""
    for place, (name, ring) in enumerate(zip(names, rings, strict=True), start=1):
        if name in ring:
            return place
    return len(CLOSENESS)


def around(directory: str) -> Around:
    """The names of the rings around the files of one directory, the closest first."""
    return directory, parent_of(directory), top_of(directory)


def directory_of(path: str) -> str:
    """The directory a file lies in; empty at the top of the repository."""
    return path.rpartition("/")[0]


def parent_of(directory: str) -> str:
    """The directory one up; one at the top stands for itself, or all of them were siblings."""
    return directory.rpartition("/")[0] or directory


def top_of(directory: str) -> str:
    """The first two levels of a directory."""
    return "/".join(directory.split("/", 2)[:2])
