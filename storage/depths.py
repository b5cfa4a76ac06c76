"""How much waits in the queues, since when, and how the gates stand: numbers for operators."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from storage.codec import parse_moment

QUEUES = ("inbox", "outbox")


@dataclass(frozen=True, slots=True)
class Depth:
    """One queue: rows that wait, since when the oldest does, and rows nobody could use."""

    waiting: int
    oldest: datetime | None
    dead: int


@dataclass(frozen=True, slots=True)
class Depths:
    """Every queue by its name, gates of open reviews by what they say, entries of the ledger.

    `unreadable` are reviews that this version cannot read.
    """

    queues: Mapping[str, Depth]
    gates: Mapping[str, int]
    ledger_entries: int
    unreadable: int = 0


class Gauge:
    """Counts rows."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def read(self) -> Depths:
        """The numbers of this moment."""
        gates = self._db.conn.execute(
            "SELECT CASE WHEN json_valid(body) THEN"
            " coalesce(json_extract(body, '$.gate.state'), 'none') ELSE 'none' END, count(*)"
            " FROM reviews WHERE state = 'open' GROUP BY 1"
        ).fetchall()
        last = self._db.conn.execute("SELECT max(seq) FROM ledger").fetchone()[0]
        queues = {name: self._depth(name) for name in QUEUES}
        unreadable = self._db.table("unreadable").count
        return Depths(queues, dict(gates), last or 0, unreadable)

    def _depth(self, queue: str) -> Depth:
        since = "received_at" if queue == "inbox" else "created_at"
        rows = self._db.conn.execute(
            f"SELECT state, count(*), min({since}) FROM {queue}"
            " WHERE state IN ('new', 'dead') GROUP BY state"
        )
        found = {state: (count, first) for state, count, first in rows}
        waiting, first = found.get("new", (0, None))
        return Depth(waiting, parse_moment(first) if first else None, found.get("dead", (0, ""))[0])
