"""Secrets that are made once and kept: whoever has the database has them, and no one else."""

from __future__ import annotations

from datetime import datetime

from sqlite_utils import Database

from storage.codec import moment


class Keys:
    """One row a secret."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def keep(self, name: str, fresh: bytes, now: datetime) -> bytes:
        """The secret of that name: the one kept before, or `fresh` from now on."""
        self._db.conn.execute(
            "INSERT INTO keys (name, secret, made_at) VALUES (?, ?, ?)"
            " ON CONFLICT (name) DO NOTHING",
            (name, fresh, moment(now)),
        )
        row = self._db.conn.execute("SELECT secret FROM keys WHERE name = ?", (name,)).fetchone()
        return bytes(row[0])
