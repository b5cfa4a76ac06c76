"""How long rows are kept that have done their work."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlite_utils import Database

from routing.chasing.digest import LIVING
from storage.asks import Asks
from storage.codec import moment
from storage.digests import Digests
from storage.directs import Directs
from storage.uploads import Uploads

DONE_KEPT = timedelta(days=30)
"""A delivery repeated within this time is known and costs nothing. GitHub offers a delivery again
for three days, Slack repeats for an hour and signs for five minutes; a later replay is a hint to
look again, like any other."""

DEAD_KEPT = timedelta(days=90)
"""People may want to look into what could not be used."""

AT_ONCE = 2_000
"""Rows a round takes, so that nothing waits long for it."""


class Retention:
    """Takes out of the queues what nobody needs any more."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def purge(self, now: datetime) -> int:
        """Drop rows whose time is over; returns how many, at most `AT_ONCE` of each queue."""
        rooms = (
            Asks(self._db).forget(now, AT_ONCE),
            Digests(self._db).purge(now - LIVING),
            Directs(self._db).purge(now - DONE_KEPT),
            Uploads(self._db).purge(now - DONE_KEPT),
        )
        return sum(self._purge(table, now) for table in ("inbox", "outbox")) + sum(rooms)

    def _purge(self, table: str, now: datetime) -> int:
        # The last row stays: SQLite would give its number, which names an effect, a second time.
        return self._db.conn.execute(
            f"DELETE FROM {table} WHERE seq IN (SELECT seq FROM {table} WHERE"
            " ((state IN ('done', 'superseded') AND not_before < ?)"
            " OR (state = 'dead' AND not_before < ?))"
            f" AND seq < (SELECT max(seq) FROM {table}) LIMIT {AT_ONCE})",
            (moment(now - DONE_KEPT), moment(now - DEAD_KEPT)),
        ).rowcount
