"""Merged changes by the paths they touched: what expertise is measured from."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlite_utils import Database

from routing.model import PastChange
from storage.codec import moment
from storage.places import Place, Places, Ring, in_chunks, marks, places_of

MOST = 1_000
"""How many past changes are looked at for one question, the closest first, then the latest."""

COLUMNS = "id, name, at, authors, reviewers, files"


@dataclass(frozen=True, slots=True)
class Author:
    """A name and address that commits carry, with the first and last moment of doing so."""

    name: str
    email: str
    first: datetime
    last: datetime


class History:
    """Past changes of each project."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def add(self, project: str, changes: Iterable[PastChange]) -> None:
        """Keep changes; one that is known already gains the paths and reviewers it lacked."""
        given: dict[str, PastChange] = {}
        for change in changes:
            given[change.id] = _joined(given.get(change.id), change)
        known = {old.id: (id_, old) for id_, old in self._named(project, given)}
        kept: list[tuple[int, PastChange]] = []
        for name, change in given.items():
            if name in known:
                id_, old = known[name]
                whole = _joined(old, change)
                self._rewrite(id_, whole)
                kept.append((id_, whole))
            else:
                kept.append((self._insert(project, change), change))
        Places(self._db, project).index(map(_indexed, kept))

    def near(
        self, project: str, paths: Iterable[str], since: datetime, most: int = MOST
    ) -> Sequence[PastChange]:
        """Changes since then at these paths and around them, as far as `expertise.CLOSENESS` looks.

        Each comes with all its files, for what one file of it says depends on how many it has;
        the latest come first. Where there are more than `most`, those of the files themselves
        are kept first, then those of their directories, of directories beside them, and of the
        same top two levels.
        """
        rings: dict[Ring, set[str]] = {ring: set() for ring in Ring}
        for path in paths:
            for ring, name in places_of(path):
                rings[ring].add(name)
        places, found = Places(self._db, project), dict[int, int]()
        for ring, names in rings.items():
            if len(found) < most:
                found |= places.touched(ring, names, _seconds(since), most)
        closest = sorted(list(found)[:most], key=lambda id_: (-found[id_], id_))
        changes = dict(self._changes("id", closest))
        return [changes[id_] for id_ in closest]

    def rename(self, project: str, names: Mapping[str, str]) -> None:
        """Let files go by new names (old → new, all at the same time) in every change known."""
        places = Places(self._db, project)
        touched = places.touched(Ring.FILE, names.keys(), 0, -1)
        old = list(self._changes("id", touched))
        new = [(id_, _renamed(change, names)) for id_, change in old]
        places.unindex(map(_indexed, old))
        for id_, change in new:
            self._rewrite(id_, change)
        places.index(map(_indexed, new))

    def drop(self, project: str, names: Collection[str]) -> None:
        """Forget changes that turned out not to have landed; unknown ones do not matter."""
        gone = list(self._named(project, names))
        Places(self._db, project).unindex(map(_indexed, gone))
        self._db.conn.executemany("DELETE FROM changes WHERE id = ?", [(id_,) for id_, _ in gone])

    def count(self, project: str) -> int:
        """How many changes of the project are known."""
        return self._db.table("changes").count_where("project = ?", [project])

    def add_authors(self, project: str, authors: Iterable[Author]) -> None:
        """Remember from when to when each address wrote, and its latest name."""
        self._db.conn.executemany(
            "INSERT INTO authors (project, email, name, first, last) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (project, email) DO UPDATE SET"
            " name = CASE WHEN excluded.last >= last THEN excluded.name ELSE name END,"
            " first = min(first, excluded.first), last = max(last, excluded.last)",
            [
                (project, one.email, one.name, _seconds(one.first), _seconds(one.last))
                for one in authors
            ],
        )

    def authors(self, project: str) -> Sequence[Author]:
        """Everybody who wrote, those longest here first."""
        rows = self._db.conn.execute(
            "SELECT name, email, first, last FROM authors WHERE project = ? ORDER BY first, email",
            (project,),
        ).fetchall()
        return [
            Author(name, email, _moment(first), _moment(last)) for name, email, first, last in rows
        ]

    def last_seen(self, project: str) -> Mapping[str, datetime]:
        """When each identity last wrote or reviewed a change that is known."""
        rows = self._db.conn.execute(
            "SELECT authors, reviewers, MAX(at) FROM changes WHERE project = ?"
            " GROUP BY authors, reviewers",
            (project,),
        )
        seen: dict[str, int] = {}
        for authors, reviewers, at in rows:
            for who in (*json.loads(authors), *json.loads(reviewers)):
                seen[who] = max(at, seen.get(who, at))
        return {who: _moment(at) for who, at in seen.items()}

    def mark(self, project: str, scope: str) -> str | None:
        """How far the history of that scope (a directory, a whole clone) has been read."""
        row = self._db.conn.execute(
            "SELECT mark FROM history_marks WHERE project = ? AND scope = ?", (project, scope)
        ).fetchone()
        return row[0] if row else None

    def set_mark(self, project: str, scope: str, mark: str, now: datetime) -> None:
        """Remember how far it has been read."""
        self._db.table("history_marks").upsert(
            {"project": project, "scope": scope, "mark": mark, "at": moment(now)},
            pk=("project", "scope"),
        )

    def forget(self, project: str) -> None:
        """Drop a project's history, to be read anew (its clone was rewritten)."""
        self._db.conn.execute(
            "DELETE FROM touches WHERE place IN (SELECT id FROM places WHERE project = ?)",
            (project,),
        )
        for table in ("places", "changes", "authors", "history_marks"):
            self._db.conn.execute(f"DELETE FROM {table} WHERE project = ?", (project,))

    def _insert(self, project: str, change: PastChange) -> int:
        (id_,) = self._db.conn.execute(
            "INSERT INTO changes (project, name, at, authors, reviewers, files)"
            " VALUES (?, ?, ?, ?, ?, ?) RETURNING id",
            (project, change.id, _seconds(change.at), *_texts(change)),
        ).fetchone()
        return int(id_)

    def _rewrite(self, id_: int, change: PastChange) -> None:
        self._db.conn.execute(
            "UPDATE changes SET authors = ?, reviewers = ?, files = ? WHERE id = ?",
            (*_texts(change), id_),
        )

    def _named(self, project: str, names: Iterable[str]) -> Iterator[tuple[int, PastChange]]:
        return self._changes("name", names, "project = ? AND ", project)

    def _changes(
        self, column: str, values: Iterable[object], only: str = "", *given: object
    ) -> Iterator[tuple[int, PastChange]]:
        for some in in_chunks(values):
            rows = self._db.conn.execute(
                f"SELECT {COLUMNS} FROM changes WHERE {only}{column} IN ({marks(some)})",
                (*given, *some),
            )
            for id_, name, at, authors, reviewers, files in rows.fetchall():
                yield id_, PastChange(
                    name,
                    _moment(at),
                    tuple(json.loads(authors)),
                    tuple(json.loads(reviewers)),
                    tuple(map(tuple, json.loads(files))),
                )


def _joined(old: PastChange | None, new: PastChange) -> PastChange:
    """What two reports of one change say together."""
    if old is None:
        return new
    known = {path for path, _, _ in old.files}
    more = tuple(file for file in new.files if file[0] not in known)
    return replace(old, reviewers=new.reviewers or old.reviewers, files=(*old.files, *more))


def _renamed(change: PastChange, names: Mapping[str, str]) -> PastChange:
    files = {
        names.get(path, path): (added, deleted) for path, added, deleted in reversed(change.files)
    }
    return replace(change, files=tuple((path, *lines) for path, lines in reversed(files.items())))


def _indexed(kept: tuple[int, PastChange]) -> tuple[int, int, Collection[str]]:
    id_, change = kept
    return id_, _seconds(change.at), [path for path, _, _ in change.files]


def _texts(change: PastChange) -> tuple[str, str, str]:
    return json.dumps(change.authors), json.dumps(change.reviewers), json.dumps(change.files)


def _seconds(at: datetime) -> int:
    return int(at.timestamp())


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
