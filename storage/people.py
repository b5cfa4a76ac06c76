"""Which immutable account was first seen behind a login."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlite_utils import Database

from storage.codec import moment


class Pins:
    """(forge, login) → account id. A pin is never overwritten: logins can be recycled."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def all(self) -> Mapping[tuple[str, str], str]:
        """Every pin."""
        rows = self._db.conn.execute("SELECT forge, login, account FROM pins").fetchall()
        return {(forge, login): account for forge, login, account in rows}

    def add(self, pins: Mapping[tuple[str, str], str], now: datetime) -> None:
        """Pin logins seen for the first time."""
        self._db.conn.executemany(
            "INSERT INTO pins (forge, login, account, seen_at) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (forge, login) DO NOTHING",
            [(forge, login, account, moment(now)) for (forge, login), account in pins.items()],
        )
