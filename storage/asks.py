"""Who was asked to look at what, since when, and until when: what everybody carries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlite_utils import Database

from routing.model import Ref
from routing.ranking.assignment import carried_by
from routing.record import Review
from storage.codec import moment, parse_moment, parse_ref

REMEMBERED = timedelta(days=60)
"""Asks that were over longer ago weigh next to nothing."""


class Asks:
    """One row for each merge request and person."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def keep(self, review: Review, now: datetime) -> None:
        """Note who is asked in the review; whoever is asked no longer was so until now."""
        ref, waiting = str(review.ref), {ask.person: ask for ask in review.waiting}
        rows = self._db.conn.execute(
            "SELECT person FROM asks WHERE ref = ? AND closed IS NULL", (ref,)
        ).fetchall()
        self._db.conn.executemany(
            "UPDATE asks SET closed = ? WHERE ref = ? AND person = ?",
            [(moment(now), ref, person) for (person,) in rows if person not in waiting],
        )
        self._db.conn.executemany(
            "INSERT INTO asks (ref, person, asked, closed) VALUES (?, ?, ?, NULL)"
            " ON CONFLICT (ref, person) DO UPDATE SET asked = excluded.asked, closed = NULL",
            [(ref, ask.person, moment(ask.asked_at)) for ask in waiting.values()],
        )

    def open(self, besides: Ref) -> Mapping[str, int]:
        """How many other reviews wait for each person."""
        rows = self._db.conn.execute(
            "SELECT person, count(*) FROM asks WHERE closed IS NULL AND ref != ? GROUP BY person",
            (str(besides),),
        ).fetchall()
        return dict(rows)

    def loads(self, besides: Ref, now: datetime) -> Mapping[str, float]:
        """What each person carries by other reviews: open ones, and past ones as they fade."""
        rows = self._db.conn.execute(
            "SELECT person, closed FROM asks WHERE ref != ? AND asked <= ?"
            " AND (closed IS NULL OR closed > ?)",
            (str(besides), moment(now), moment(now - REMEMBERED)),
        )
        return carried_by(
            ((person, parse_moment(closed) if closed else None) for person, closed in rows), now
        )

    def latest(self, person: str, most: int = 10) -> Sequence[Ref]:
        """The merge requests that somebody was asked about last, the latest first."""
        rows = self._db.conn.execute(
            "SELECT ref FROM asks WHERE person = ? ORDER BY asked DESC, ref LIMIT ?",
            (person, most),
        ).fetchall()
        return [found for (ref,) in rows if (found := parse_ref(ref)) is not None]

    def forget(self, now: datetime) -> int:
        """Drop what weighs nothing any more; returns how many rows."""
        return self._db.conn.execute(
            "DELETE FROM asks WHERE closed < ?", (moment(now - REMEMBERED),)
        ).rowcount
