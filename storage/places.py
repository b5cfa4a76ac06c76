"""The index of the history: which changes touched a file, its directory, or what lies beside it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from enum import IntEnum
from itertools import islice
from typing import TypeVar

from sqlite_utils import Database

from routing.expertise import directory_of, parent_of, top_of

T = TypeVar("T")

AT_ONCE = 200
"""How many values one question names: every database takes so many."""


class Ring(IntEnum):
    """How far around a file one looks; the numbers are the places of `expertise.CLOSENESS`."""

    FILE = 0
    DIRECTORY = 1
    PARENT = 2
    TOP = 3


Place = tuple[Ring, str]
"""A ring and the path that names it: a file, a directory, the parent of directories, two levels."""

Touch = tuple[int, int, int]
"""A row of the index: place, second, change."""

Moment = tuple[int, int]
"""When a change landed: its second, and its id."""


def places_of(path: str) -> tuple[Place, ...]:
    """The places that a change of this file belongs to, the closest first."""
    return ((Ring.FILE, path), *places_around(directory_of(path)))


def places_around(directory: str) -> tuple[Place, ...]:
    """Those of them that all files of one directory share."""
    return (
        (Ring.DIRECTORY, directory),
        (Ring.PARENT, parent_of(directory)),
        (Ring.TOP, top_of(directory)),
    )


class Places:
    """The places of one project, each a number, and the changes that touched them."""

    def __init__(self, db: Database, project: str) -> None:
        self._db = db
        self._project = project

    def index(self, changes: Iterable[tuple[int, int, Collection[str]]]) -> None:
        """Find changes (each an id, its second and its files) by their places from now on."""
        changes = list(changes)
        numbers = self._numbers_of_all({path for _, _, paths in changes for path in paths})
        # In the order of the table, so that each of its pages is written once.
        touches = sorted(self._touches(changes, numbers))
        self._db.conn.executemany(
            "INSERT INTO touches (place, at, change) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            touches,
        )

    def unindex(self, changes: Iterable[tuple[int, int, Collection[str]]]) -> None:
        """Take changes out of the index."""
        changes = list(changes)
        numbers = self._numbers_of_all({path for _, _, paths in changes for path in paths})
        self._db.conn.executemany(
            "DELETE FROM touches WHERE place = ? AND at = ? AND change = ?",
            self._touches(changes, numbers),
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

    @staticmethod
    def _touches(
        changes: Iterable[tuple[int, int, Collection[str]]], numbers: Mapping[str, Sequence[int]]
    ) -> Iterator[Touch]:
        for id_, at, paths in changes:
            for number in {number for path in paths for number in numbers[path]}:
                yield number, at, id_

    def _numbers_of_all(self, paths: Collection[str]) -> Mapping[str, Sequence[int]]:
        """Each path's places as numbers; places not met before get theirs."""
        files = self._numbers_given(Ring.FILE, paths)
        folders = self._numbers_of_folders({directory_of(path) for path in paths})
        return {path: (files[path], *folders[directory_of(path)]) for path in paths}

    def _numbers_of_folders(self, folders: Collection[str]) -> Mapping[str, Sequence[int]]:
        around = {folder: places_around(folder) for folder in folders}
        numbers: dict[Place, int] = {}
        for ring in (Ring.DIRECTORY, Ring.PARENT, Ring.TOP):
            names = {name for places in around.values() for one, name in places if one is ring}
            found = self._numbers_given(ring, names)
            numbers.update(((ring, name), number) for name, number in found.items())
        return {folder: [numbers[place] for place in places] for folder, places in around.items()}

    def _numbers_given(self, ring: Ring, names: Collection[str]) -> Mapping[str, int]:
        found = self._numbers(ring, names)
        fresh = sorted(set(names) - found.keys())
        self._db.conn.executemany(
            "INSERT INTO places (project, ring, path) VALUES (?, ?, ?)",
            [(self._project, ring, name) for name in fresh],
        )
        return found | self._numbers(ring, fresh)

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
