"""What people asked of us for themselves: the paths they are not to be asked about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlite_utils import Database

from storage.codec import moment


class Preferences:
    """Each person's own wishes, besides what the people file says of them."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def opt_out(self, person: str, globs: Iterable[str], now: datetime) -> None:
        """Ask the person no more about paths that match these globs (as in `routing.patterns`)."""
        self._db.conn.executemany(
            "INSERT INTO opt_outs (person, glob, at) VALUES (?, ?, ?)"
            " ON CONFLICT (person, glob) DO NOTHING",
            [(person, glob, moment(now)) for glob in globs],
        )

    def opt_in(self, person: str, globs: Iterable[str]) -> None:
        """Take globs back; those that were never given do not matter."""
        self._db.conn.executemany(
            "DELETE FROM opt_outs WHERE person = ? AND glob = ?",
            [(person, glob) for glob in globs],
        )

    def opted_out(self) -> Mapping[str, tuple[str, ...]]:
        """Everybody who opted out of anything, with their globs in the order they were given."""
        rows = self._db.conn.execute(
            "SELECT person, glob FROM opt_outs ORDER BY person, at, glob"
        ).fetchall()
        found: dict[str, tuple[str, ...]] = {}
        for person, glob in rows:
            found[person] = (*found.get(person, ()), glob)
        return found
