"""Files that were uploaded to Slack, so that none is uploaded twice for the same message."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from storage.codec import moment, parse_moment


@dataclass(frozen=True, slots=True)
class Upload:
    """A file's id at Slack, and when it was uploaded."""

    file: str
    at: datetime


class Uploads:
    """Uploads by the key of the effect that needs them."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def keep(self, key: str, file: str, now: datetime) -> None:
        """Remember a file."""
        self._db.conn.execute(
            "INSERT OR REPLACE INTO uploads (key, file, at) VALUES (?, ?, ?)",
            (key, file, moment(now)),
        )

    def find(self, key: str) -> Upload | None:
        """The file that was uploaded for that."""
        row = self._db.conn.execute("SELECT file, at FROM uploads WHERE key = ?", (key,)).fetchone()
        return Upload(row[0], parse_moment(row[1])) if row else None

    def purge(self, before: datetime) -> int:
        """Forget those uploaded before that; returns how many."""
        return self._db.conn.execute("DELETE FROM uploads WHERE at < ?", (moment(before),)).rowcount
