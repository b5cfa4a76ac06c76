"""One row that is written again and again: that the file cannot be written shows at once."""

from __future__ import annotations

from datetime import datetime

from sqlite_utils import Database

from storage.codec import moment


class Pulse:
    """The last time that anything could be written for certain."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def beat(self, now: datetime) -> None:
        """Write it."""
        self._db.conn.execute(
            "INSERT INTO pulse (name, at) VALUES ('last', ?)"
            " ON CONFLICT (name) DO UPDATE SET at = excluded.at",
            (moment(now),),
        )
