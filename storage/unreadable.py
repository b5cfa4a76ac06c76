"""Reviews that this version cannot read: another wrote them differently, or they are damaged."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlite_utils import Database

from routing.model import Ref
from storage.codec import moment, parse_moment, parse_ref

CURE = "start the version that wrote it, or put a backup in place: countersign restore PATH"


class Unreadables:
    """Which they are, since when. Saving a review anew takes it out (`storage.reviews`)."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def note(self, ref: Ref, now: datetime) -> tuple[bool, str | None]:
        """Whether this was not known yet, and the head whose gate is to be shut, if it is open."""
        fresh = self._db.conn.execute(
            "INSERT INTO unreadable (ref, since) VALUES (?, ?) ON CONFLICT (ref) DO NOTHING",
            (str(ref), moment(now)),
        ).rowcount
        row = self._db.conn.execute(
            "SELECT head_sha FROM reviews WHERE ref = ? AND state = 'open'", (str(ref),)
        ).fetchone()
        return bool(fresh), row[0] if row else None

    def all(self) -> Sequence[tuple[Ref, datetime]]:
        """Each, and since when it is known, the oldest first."""
        rows = self._db.conn.execute("SELECT ref, since FROM unreadable ORDER BY since, ref")
        return [
            (ref, parse_moment(since))
            for text, since in rows
            if (ref := parse_ref(text)) is not None
        ]
