"""Which accounts stand for which people: pinned account ids, and the links last in force."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlite_utils import Database

from routing.links import Link
from storage.codec import moment
from storage.revisions import revision_of


class Pins:
    """(forge, login) → account id. Only an admin overwrites a pin: logins can be recycled."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def all(self) -> Mapping[tuple[str, str], str]:
        """Every pin."""
        rows = self._db.conn.execute("SELECT forge, login, account FROM pins").fetchall()
        return {(forge, login): account for forge, login, account in rows}

    def revision(self) -> int:
        """A number that changes whenever a pin does: see `revision_of`."""
        return revision_of(self._db, "pins")

    def add(
        self, pins: Mapping[tuple[str, str], str], now: datetime
    ) -> Mapping[tuple[str, str], str]:
        """Pin logins seen for the first time; returns those that were new indeed."""
        fresh = {key: account for key, account in pins.items() if self._account_of(*key) is None}
        self._db.conn.executemany(
            "INSERT INTO pins (forge, login, account, seen_at) VALUES (?, ?, ?, ?)",
            [(forge, login, account, moment(now)) for (forge, login), account in fresh.items()],
        )
        return fresh

    def relink(self, forge: str, login: str, account: str, now: datetime) -> str | None:
        """Let a login mean this account from now on; returns what it meant before."""
        was = self._account_of(forge, login)
        self._db.conn.execute(
            "INSERT INTO pins (forge, login, account, seen_at) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (forge, login) DO UPDATE SET account = excluded.account,"
            " seen_at = excluded.seen_at",
            (forge, login, account, moment(now)),
        )
        return was

    def _account_of(self, forge: str, login: str) -> str | None:
        row = self._db.conn.execute(
            "SELECT account FROM pins WHERE forge = ? AND login = ?", (forge, login)
        ).fetchone()
        return row[0] if row else None


class Links:
    """The links of the people file that was last in force."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def all(self) -> frozenset[Link]:
        """Every link."""
        rows = self._db.conn.execute("SELECT person, place, value FROM links").fetchall()
        return frozenset(Link(*row) for row in rows)

    def replace(self, links: Collection[Link]) -> None:
        """These are in force now, and no others."""
        self._db.conn.execute("DELETE FROM links")
        self._db.conn.executemany(
            "INSERT INTO links (person, place, value) VALUES (?, ?, ?)",
            [(link.person, link.where, link.value) for link in sorted(links)],
        )
