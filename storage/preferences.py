"""What people said of themselves: when they work, are away, and what not to ask them about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlite_utils import Database

from routing.chasing.preferences import NOTHING_SAID
from routing.chasing.preferences import Preferences as Said
from routing.chasing.silence import TOO_MANY
from storage.codec import PREFERENCES, moment
from storage.revisions import revision_of


class Preferences:
    """Each person's own wishes, besides what the people file says of them."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def opt_out(self, person: str, globs: Iterable[str], now: datetime) -> None:
        """Ask the person no more about paths that match these globs (`routing.globs.patterns`)."""
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

    def said(self) -> Mapping[str, Said]:
        """Everybody who said anything of themselves."""
        rows = self._db.conn.execute("SELECT person, body FROM preferences").fetchall()
        return {person: PREFERENCES.validate_json(body) for person, body in rows}

    def revision(self) -> int:
        """A number that changes whenever what is `said` does: see `revision_of`."""
        return revision_of(self._db, "preferences")

    def said_by(self, person: str) -> Said:
        """What one person said of themselves."""
        row = self._db.conn.execute(
            "SELECT body FROM preferences WHERE person = ?", (person,)
        ).fetchone()
        return PREFERENCES.validate_json(row[0]) if row else NOTHING_SAID

    def keep(self, person: str, said: Said, now: datetime) -> None:
        """Remember what somebody says of themselves, in place of what they said before."""
        self._db.conn.execute(
            "INSERT INTO preferences (person, body, at) VALUES (?, ?, ?) ON CONFLICT (person)"
            " DO UPDATE SET body = excluded.body, at = excluded.at",
            (person, PREFERENCES.dump_json(said).decode(), moment(now)),
        )

    def let_pass(self, person: str) -> int:
        """Somebody let an ask pass without a word; returns how many that makes in a row."""
        self._db.conn.execute(
            "INSERT INTO silences (person, asks) VALUES (?, 1) ON CONFLICT (person)"
            " DO UPDATE SET asks = asks + 1",
            (person,),
        )
        row = self._db.conn.execute(
            "SELECT asks FROM silences WHERE person = ?", (person,)
        ).fetchone()
        return int(row[0])

    def spoke(self, person: str) -> None:
        """Somebody did anything at all: the row of silences ends."""
        self._db.conn.execute("DELETE FROM silences WHERE person = ?", (person,))

    def silent(self) -> frozenset[str]:
        """Those who let so many asks in a row pass that nobody asks them."""
        rows = self._db.conn.execute("SELECT person FROM silences WHERE asks >= ?", (TOO_MANY,))
        return frozenset(person for (person,) in rows)
