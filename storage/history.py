"""Merged changes by the paths they touched: what expertise is measured from."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlite_utils import Database

from routing.knowledge.closeness import around, directory_of
from routing.model import PastChange
from storage.codec import moment
from storage.places import Indexed, Moment, Places, Ring, in_chunks, marks

MOST = {Ring.DIRECTORY: 1_000, Ring.PARENT: 300, Ring.TOP: 300}
"""How many past changes are looked at for one question: each ring, the closest first, adds its
latest until there are so many. What lies around says little, so it only fills up."""

MOST_FILES = 8_000
"""About how many files those changes have together: so many are read in a few milliseconds."""

MOST_WITHIN = 20_000
"""How many changes are read where files are asked about for themselves."""

COLUMNS = "id, name, at, authors, reviewers, files, lines, fix"

BEGINNING, EVERY = -(1 << 62), 1 << 62
"""A second before any change, and more changes than there are."""

ONE_LINE = (1, 0)
"""Lines added and deleted where nobody counted them: a clone's history counts files alone."""


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
        known = list[tuple[int, PastChange]]()
        for id_, old in list(self._named(project, given)):
            joined = _joined(old, given.pop(old.id))
            if joined != old:
                known.append((id_, joined))
        for id_, change in known:
            self._rewrite(id_, change)
        if known:
            self._revised(project)
        Places(self._db, project).index(map(_indexed, [*known, *self._insert(project, given)]))

    def near(self, project: str, paths: Iterable[str], since: datetime) -> Sequence[PastChange]:
        """Changes since then at these paths and around them, as far as `closeness.CLOSENESS` looks.

        Each comes with all its files, for what one of them says depends on how many they are.
        The latest come first; where there are more than `MOST`, the closest are kept.
        """
        names = {around(directory_of(path)) for path in paths}
        places, found = Places(self._db, project), dict[int, int]()
        for step, ring in enumerate(Ring):
            wanted = {of[step] for of in names}
            for at, id_ in places.touched(ring, wanted, _seconds(since), MOST[ring]):
                if len(found) >= MOST[ring]:
                    break
                found.setdefault(id_, at)
        changes = self._read(found, MOST_FILES)
        return [changes[id_] for id_ in sorted(changes, key=lambda id_: (-found[id_], id_))]

    def of_files(self, project: str, paths: Collection[str]) -> Sequence[PastChange]:
        """The changes that touched any of these very files, the latest first.

        They are looked for among the latest `MOST_WITHIN` of the files' directories.
        """
        found = [change for _, change in self._touching(project, frozenset(paths), MOST_WITHIN)]
        return sorted(found, key=lambda change: (change.at, change.id), reverse=True)

    def rename(self, project: str, names: Mapping[str, str]) -> None:
        """Let files go by new names (old → new, all at the same time) in every change known."""
        old = list(self._touching(project, names.keys(), EVERY))
        new = [(id_, _renamed(change, names)) for id_, change in old]
        places = Places(self._db, project)
        places.unindex(map(_indexed, old))
        for id_, change in new:
            self._rewrite(id_, change)
        places.index(map(_indexed, new))
        if new:
            self._revised(project)

    def drop(self, project: str, names: Collection[str]) -> None:
        """Forget changes that turned out not to have landed; unknown ones do not matter."""
        gone = list(self._named(project, names))
        Places(self._db, project).unindex(map(_indexed, gone))
        self._db.conn.executemany("DELETE FROM changes WHERE id = ?", [(id_,) for id_, _ in gone])
        if gone:
            self._revised(project)

    def projects(self) -> Sequence[str]:
        """The projects of which anything is known."""
        rows = self._db.conn.execute("SELECT DISTINCT project FROM changes ORDER BY project")
        return [project for (project,) in rows]

    def known(self, project: str, names: Collection[str]) -> frozenset[str]:
        """Those of these changes that are known."""
        return frozenset(change.id for _, change in self._named(project, names))

    def count(self, project: str) -> int:
        """How many changes of the project are known."""
        return self._db.table("changes").count_where("project = ?", [project])

    def revision(self, project: str) -> int:
        """A number that changes whenever a change that was known becomes another, or is gone."""
        row = self._db.conn.execute(
            "SELECT revision FROM history_revisions WHERE project = ?", (project,)
        ).fetchone()
        return row[0] if row else 0

    def count_since(self, project: str, since: datetime) -> int:
        """How many changes have been done since then."""
        return self._db.table("changes").count_where(
            "project = ? AND at >= ?", [project, _seconds(since)]
        )

    def start(self, project: str, since: datetime, most: int) -> datetime:
        """The moment since when there are at most so many changes; `since` at the earliest."""
        row = self._db.conn.execute(
            "SELECT at FROM changes WHERE project = ? AND at >= ? ORDER BY at DESC, id DESC"
            " LIMIT 1 OFFSET ?",
            (project, _seconds(since), most),
        ).fetchone()
        return _moment(row[0] + 1) if row else since

    def onwards(
        self, project: str, place: Moment, most: int
    ) -> Sequence[tuple[Moment, PastChange]]:
        """The next changes after a place in time, (second, id), each with its own, in order."""
        rows = self._db.conn.execute(
            f"SELECT {COLUMNS} FROM changes WHERE project = ? AND (at, id) > (?, ?)"
            " ORDER BY at, id LIMIT ?",
            (project, *place, most),
        ).fetchall()
        return [((row[2], row[0]), _change(row[1:])) for row in rows]

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
        self._revised(project)
        for table in ("places", "changes", "authors", "history_marks"):
            self._db.conn.execute(f"DELETE FROM {table} WHERE project = ?", (project,))

    def _revised(self, project: str) -> None:
        self._db.conn.execute(
            "INSERT INTO history_revisions (project, revision) VALUES (?, 1)"
            " ON CONFLICT (project) DO UPDATE SET revision = revision + 1",
            (project,),
        )

    def _touching(
        self, project: str, paths: AbstractSet[str], most: int
    ) -> Iterator[tuple[int, PastChange]]:
        folders = {directory_of(path) for path in paths}
        touched = Places(self._db, project).touched(Ring.DIRECTORY, folders, BEGINNING, most)
        for id_, change in self._changes("id", (id_ for _, id_ in touched)):
            if any(path in paths for path, _, _ in change.files):
                yield id_, change

    def _read(self, ids: Iterable[int], files: int) -> Mapping[int, PastChange]:
        """These changes in turn, until so many files were read."""
        found: dict[int, PastChange] = {}
        for some in in_chunks(ids):
            found.update(self._changes("id", some))
            files -= sum(len(found[id_].files) for id_ in some)
            if files <= 0:
                break
        return found

    def _insert(
        self, project: str, changes: Mapping[str, PastChange]
    ) -> Iterator[tuple[int, PastChange]]:
        self._db.conn.executemany(
            "INSERT INTO changes (project, name, at, authors, reviewers, files, lines, fix)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (project, one.id, _seconds(one.at), *_texts(one), one.fix)
                for one in changes.values()
            ],
        )
        for some in in_chunks(changes):
            rows = self._db.conn.execute(
                f"SELECT name, id FROM changes WHERE project = ? AND name IN ({marks(some)})",
                (project, *some),
            )
            yield from ((id_, changes[name]) for name, id_ in rows.fetchall())

    def _rewrite(self, id_: int, change: PastChange) -> None:
        self._db.conn.execute(
            "UPDATE changes SET authors = ?, reviewers = ?, files = ?, lines = ?, fix = ?"
            " WHERE id = ?",
            (*_texts(change), change.fix, id_),
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
            for id_, *row in rows.fetchall():
                yield id_, _change(row)


def _joined(old: PastChange | None, new: PastChange) -> PastChange:
    """What two reports of one change say together."""
    if old is None:
        return new
    known = {path for path, _, _ in old.files}
    more = tuple(file for file in new.files if file[0] not in known)
    return replace(
        old,
        reviewers=new.reviewers or old.reviewers,
        files=(*old.files, *more),
        fix=old.fix or new.fix,
    )


def _renamed(change: PastChange, names: Mapping[str, str]) -> PastChange:
    files = {
        names.get(path, path): (added, deleted) for path, added, deleted in reversed(change.files)
    }
    return replace(change, files=tuple((path, *lines) for path, lines in reversed(files.items())))


def _indexed(kept: tuple[int, PastChange]) -> Indexed:
    id_, change = kept
    return id_, _seconds(change.at), [path for path, _, _ in change.files]


def _texts(change: PastChange) -> tuple[str, str, str, str]:
    """Authors, reviewers, paths and lines; the last stay empty where nobody counted them."""
    lines = [(added, gone) for _, added, gone in change.files]
    counted = any(one != ONE_LINE for one in lines)
    return (
        _people_text(change.authors),
        _people_text(change.reviewers),
        json.dumps([path for path, _, _ in change.files]),
        json.dumps(lines) if counted else "",
    )


@lru_cache(maxsize=4096)
def _people_text(people: tuple[str, ...]) -> str:
    return json.dumps(people)


def _change(row: Sequence[Any]) -> PastChange:
    """A row of `COLUMNS`, its id left off."""
    name, at, authors, reviewers, files, lines, fix = row
    paths = json.loads(files)
    counts = json.loads(lines) if lines else [ONE_LINE] * len(paths)
    return PastChange(
        name,
        _moment(at),
        tuple(json.loads(authors)),
        tuple(json.loads(reviewers)),
        tuple((path, added, gone) for path, (added, gone) in zip(paths, counts, strict=True)),
        bool(fix),
    )


def _seconds(at: datetime) -> int:
    return int(at.timestamp())


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
