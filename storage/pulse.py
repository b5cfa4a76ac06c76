"""When what comes again and again came last. That the file cannot be written shows at once."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlite_utils import Database

from storage.codec import GRAIN, moment, parse_moment

LAST = "last"


class Pulse:
    """The last time that anything could be written for certain, and of each rhythm its last beat.

    Beats are moments of a clock that may be set: one that lies ahead says nothing of what is due.
    """

    def __init__(self, db: Database) -> None:
        self._db = db

    def beat(self, now: datetime) -> timedelta:
        """Write it; returns by how much the clock was set back since, 0 where it was not."""
        last = self._last(LAST)
        self._keep(LAST, now)
        back = last - now if last is not None else timedelta(0)
        return back if back > GRAIN else timedelta(0)

    def is_due(self, rhythm: str, every: timedelta, now: datetime) -> bool:
        """Whether its last beat was so long ago, or lies ahead: the clock was set back."""
        last = self._last(rhythm)
        return last is None or not -GRAIN <= now - last < every

    def done(self, rhythm: str, now: datetime) -> None:
        """It beats now."""
        self._keep(rhythm, now)

    def _last(self, name: str) -> datetime | None:
        row = self._db.conn.execute("SELECT at FROM pulse WHERE name = ?", (name,)).fetchone()
        return parse_moment(row[0]) if row else None

    def _keep(self, name: str, now: datetime) -> None:
        self._db.conn.execute(
            "INSERT INTO pulse (name, at) VALUES (?, ?)"
            " ON CONFLICT (name) DO UPDATE SET at = excluded.at",
            (name, moment(now)),
        )
