"""The index of the history: which changes touched a directory, or what lies beside it, and when."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from enum import IntEnum
from itertools import islice
from typing import TypeVar

from sqlite_utils import Database

from routing.knowledge.closeness import around, directory_of

T = TypeVar("T")

AT_ONCE = 200
"""How many values one question names."""


class Ring(IntEnum):
    """How far around a file one looks: its directory, those beside it, the same top two levels.

    They are the steps of `closeness.CLOSENESS` beyond the file itself.
    """

    DIRECTORY = 1
    PARENT = 2
    TOP = 3


Indexed = tuple[int, int, Collection[str]]
"""A change: its id, its second, and its files."""

Moment = tuple[int, int]
"""When a change landed: its second, and its id."""


class Places:
    """The places of one project (a ring and its name), each a number, and what touched them."""

    def __init__(self, db: Database, project: str) -> None:
        self._db = db
        self._project = project

    def index(self, changes: Iterable[Indexed]) -> None:
        """Find these changes by their places from now on."""
        # In the order of the table, so that each of its pages is written once.
        self._db.conn.executemany(
            "INSERT INTO touches (place, at, change) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            sorted(self._touches(changes)),
        )

    def unindex(self, changes: Iterable[Indexed]) -> None:
        """Take these changes out of the index."""
        self._db.conn.executemany(
            "DELETE FROM touches WHERE place = ? AND at = ? AND change = ?",
            list(self._touches(changes)),
        )

    def touched(
        self, ring: Ring, names: Collection[str], since: int, most: int
    ) -> Sequence[Moment]:
        """The latest changes at places of one ring since that second, the latest first."""
        found: list[Moment] = []
        for place in self._numbers(ring, names).values():
            found += self._db.conn.execute(
                "SELECT at, change FROM touches WHERE place = ? AND at >= ?"
                " ORDER BY at DESC, change DESC LIMIT ?",
                (place, since, most),
            )
            if len(found) > 2 * most:
                # From here on, only what is later than the last of these can matter.
                found = _latest(found, most)
                since = found[-1][0]
        return _latest(found, most)

    def _touches(self, changes: Iterable[Indexed]) -> Iterator[tuple[int, int, int]]:
        """The rows of the index: place, second, change."""
        folders = [(id_, at, {directory_of(path) for path in paths}) for id_, at, paths in changes]
        numbers = self._numbers_of({folder for _, _, some in folders for folder in some})
        for id_, at, some in folders:
            for place in {place for folder in some for place in numbers[folder]}:
                yield place, at, id_

    def _numbers_of(self, folders: Iterable[str]) -> Mapping[str, Sequence[int]]:
        """The places around each directory as numbers; those not met before get theirs."""
        names = {folder: around(folder) for folder in folders}
        numbers = [
            self._numbers_given(ring, {of[step] for of in names.values()})
            for step, ring in enumerate(Ring)
        ]
        return {
            folder: [known[name] for known, name in zip(numbers, of, strict=True)]
            for folder, of in names.items()
        }

    def _numbers_given(self, ring: Ring, names: Collection[str]) -> Mapping[str, int]:
        known = self._numbers(ring, names)
        fresh = sorted(set(names) - known.keys())
        self._db.conn.executemany(
            "INSERT INTO places (project, ring, path) VALUES (?, ?, ?)",
            [(self._project, ring, name) for name in fresh],
        )
        return known | self._numbers(ring, fresh)

    def _numbers(self, ring: Ring, names: Iterable[str]) -> dict[str, int]:
        found: dict[str, int] = {}
        for some in in_chunks(sorted(names)):
            found.update(
                self._db.conn.execute(
                    "SELECT path, id FROM places WHERE project = ? AND ring = ?"
                    f" AND path IN ({marks(some)})",
                    (self._project, ring, *some),
                )
            )
        return found


def _latest(found: Iterable[Moment], most: int) -> list[Moment]:
    return sorted(dict.fromkeys(found), reverse=True)[:most]


def in_chunks(values: Iterable[T]) -> Iterator[Sequence[T]]:
    """The values, so many at a time as one question may name."""
    left = iter(values)
    while some := list(islice(left, AT_ONCE)):
        yield some


def marks(values: Sequence[object]) -> str:
    """A question mark for each value."""
    return ", ".join("?" * len(values))
