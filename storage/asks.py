"""Who was asked to look at what, since when, and until when: what everybody carries.

Every look at a merge request wants to know what everybody carries, and a large organisation has a
hundred thousand asks in two months. So the sums are kept, in `carried`: triggers on `asks` make a
person's anew with every row of theirs that comes, changes or goes, whoever does it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from sqlite_utils import Database

from routing.model import Ref
from routing.ranking.assignment import fading, load_of
from routing.record import Review
from storage.codec import moment, parse_ref

REMEMBERED = timedelta(days=60)
"""Asks that were over longer ago weigh next to nothing: `Asks.forget` drops them."""

EPOCH = datetime(2036, 1, 1, tzinfo=UTC)
"""The moment as of which the weights of asks that are over are kept, whatever moment they are
wanted for: so they can be added up beforehand. A double holds them from 2016 to 2055."""


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
            "UPDATE asks SET closed = ?, weight = ? WHERE ref = ? AND person = ?",
            [
                (moment(now), fading(now, EPOCH), ref, person)
                for (person,) in rows
                if person not in waiting
            ],
        )
        # A row that is so already is not written: its person's sum is not made anew.
        self._db.conn.executemany(
            "INSERT INTO asks (ref, person, asked, closed, weight) VALUES (?, ?, ?, NULL, 0)"
            " ON CONFLICT (ref, person) DO UPDATE"
            " SET asked = excluded.asked, closed = NULL, weight = 0"
            " WHERE asked != excluded.asked OR closed IS NOT NULL",
            [(ref, ask.person, moment(ask.asked_at)) for ask in waiting.values()],
        )

    def open(self, besides: Ref) -> Mapping[str, int]:
        """How many other reviews wait for each person, where it is any."""
        return {person: opened for person, (opened, _) in self._carried(besides).items() if opened}

    def loads(self, besides: Ref, now: datetime) -> Mapping[str, float]:
        """What each person carries by other reviews: as `routing.ranking.assignment.loads`.

        But an ask that was made after `now`, while others were decided on, does count.
        """
        carried, share = self._carried(besides), fading(EPOCH, now)
        carried |= self._ahead(besides, now)
        loads = {
            person: load_of(opened, faded * share) for person, (opened, faded) in carried.items()
        }
        return {person: load for person, load in loads.items() if load}

    def _carried(self, besides: Ref) -> dict[str, tuple[int, float]]:
        """Open asks of each person and the weight at EPOCH of those over, in other reviews."""
        rows = self._db.conn.execute("SELECT person, open, faded FROM carried")
        carried = {person: (opened, faded) for person, opened, faded in rows}
        own = self._db.conn.execute(
            "SELECT person, closed IS NULL, weight FROM asks WHERE ref = ?", (str(besides),)
        )
        for person, is_open, weight in own:
            opened, faded = carried[person]
            carried[person] = (opened - is_open, faded - weight)
        return carried

    def _ahead(self, besides: Ref, now: datetime) -> dict[str, tuple[int, float]]:
        """The same of those few who have an ask that was over after `now`: it is open still.

        It ended meanwhile, or by a clock that was ahead: then it would outweigh everything.
        """
        rows = self._db.conn.execute(
            "SELECT person, count(*) - count(*) FILTER (WHERE closed <= :now),"
            " total(weight) FILTER (WHERE closed <= :now) FROM asks WHERE ref != :besides"
            " AND person IN (SELECT person FROM asks WHERE closed > :now) GROUP BY person",
            {"now": moment(now), "besides": str(besides)},
        )
        return {person: (opened, faded) for person, opened, faded in rows}

    def latest(self, person: str, most: int = 10) -> Sequence[Ref]:
        """The merge requests that somebody was asked about last, the latest first."""
        rows = self._db.conn.execute(
            "SELECT ref FROM asks WHERE person = ? ORDER BY asked DESC, ref LIMIT ?",
            (person, most),
        ).fetchall()
        return [found for (ref,) in rows if (found := parse_ref(ref)) is not None]

    def forget(self, now: datetime, most: int) -> int:
        """Drop what weighs nothing any more, so many rows at most; returns how many."""
        return self._db.conn.execute(
            "DELETE FROM asks WHERE rowid IN (SELECT rowid FROM asks WHERE closed < ? LIMIT ?)",
            (moment(now - REMEMBERED), most),
        ).rowcount
