"""Merged changes by the paths they touched: what expertise is measured from."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlite_utils import Database

from routing.model import PastChange
from storage.codec import moment

MOST = 5_000
"""How many past changes are looked at for one question, the latest first."""


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
        for change in changes:
            row = self._db.conn.execute(
                "INSERT INTO changes (project, name, at, authors, reviewers)"
                " VALUES (?, ?, ?, ?, ?) ON CONFLICT (project, name) DO UPDATE SET"
                " reviewers = CASE excluded.reviewers WHEN '[]' THEN reviewers"
                " ELSE excluded.reviewers END RETURNING id",
                (
                    project,
                    change.id,
                    _seconds(change.at),
                    json.dumps(change.authors),
                    json.dumps(change.reviewers),
                ),
            ).fetchone()
            self._db.conn.executemany(
                "INSERT INTO touches (project, path, change, added, deleted)"
                " VALUES (?, ?, ?, ?, ?) ON CONFLICT (project, path, change) DO NOTHING",
                [(project, path, row[0], added, gone) for path, added, gone in change.files],
            )

    def add_authors(self, project: str, authors: Iterable[Author]) -> None:
        """Remember from when to when each address wrote, and its latest name."""
        self._db.conn.executemany(
            "INSERT INTO authors (project, email, name, first, last) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (project, email) DO UPDATE SET"
            " name = CASE WHEN excluded.last >= last THEN excluded.name ELSE name END,"
            " first = min(first, excluded.first), last = max(last, excluded.last)",
            [
                (
                    project,
                    one.email,
                    one.name,
                    int(one.first.timestamp()),
                    int(one.last.timestamp()),
                )
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
            Author(
                name, email, datetime.fromtimestamp(first, UTC), datetime.fromtimestamp(last, UTC)
            )
            for name, email, first, last in rows
        ]

    def near(self, project: str, paths: Iterable[str], since: datetime) -> Sequence[PastChange]:
        """Changes since then in the directories of these paths and the directories beside them.

        Each comes with those of its files that lie there; the latest come first.
        """
        found: dict[int, dict[str, tuple[int, int]]] = {}
        heads: dict[int, tuple[str, int, str, str]] = {}
        for low, high in _ranges(paths):
            rows = self._db.conn.execute(
                "SELECT c.id, c.name, c.at, c.authors, c.reviewers, t.path, t.added, t.deleted"
                " FROM touches t JOIN changes c ON c.id = t.change"
                " WHERE t.project = ? AND t.path >= ? AND t.path < ? AND c.at >= ?"
                " ORDER BY c.at DESC LIMIT ?",
                (project, low, high, _seconds(since), MOST * 4),
            )
            for id_, name, at, authors, reviewers, path, added, deleted in rows:
                heads[id_] = (name, at, authors, reviewers)
                found.setdefault(id_, {})[path] = (added, deleted)
        latest = sorted(heads, key=lambda id_: (-heads[id_][1], id_))[:MOST]
        return [_change(*heads[id_], found[id_]) for id_ in latest]

    def count(self, project: str) -> int:
        """How many changes of the project are known."""
        return self._db.table("changes").count_where("project = ?", [project])

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
        for table in ("touches", "changes", "authors", "history_marks"):
            self._db.conn.execute(f"DELETE FROM {table} WHERE project = ?", (project,))


def _ranges(paths: Iterable[str]) -> Sequence[tuple[str, str]]:
    """The stretches of sorted paths to look through: each path's parent's parent directory."""
    tops = {"/".join(path.split("/")[:-2]) for path in paths}
    if "" in tops:
        return [("", "\U0010ffff")]
    outer = [top for top in tops if not any(top.startswith(f"{one}/") for one in tops)]
    return [(f"{top}/", f"{top}0") for top in sorted(outer)]


def _change(
    name: str, at: int, authors: str, reviewers: str, files: dict[str, tuple[int, int]]
) -> PastChange:
    return PastChange(
        name,
        _moment(at),
        tuple(json.loads(authors)),
        tuple(json.loads(reviewers)),
        tuple((path, *lines) for path, lines in files.items()),
    )


def _seconds(at: datetime) -> int:
    return int(at.timestamp())


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
