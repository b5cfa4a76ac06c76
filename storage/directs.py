"""The direct messages that stand in Slack, so that what they offer can be taken back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pydantic import TypeAdapter
from sqlite_utils import Database

from routing.events import DirectPosted
from routing.model import Ref, State
from storage.codec import moment
from storage.reviews import FOLLOW_UP

POSTED: TypeAdapter[DirectPosted] = TypeAdapter(DirectPosted)


class Directs:
    """Each message with what it tells, by where it stands and by merge request."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def keep(self, posted: DirectPosted, now: datetime) -> None:
        """Remember a message; the same one twice costs nothing."""
        cursor = self._db.conn.execute(
            "INSERT INTO directs (person, place, ts, body, at) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (place, ts) DO NOTHING",
            (
                posted.person,
                posted.place,
                posted.ts,
                POSTED.dump_json(posted).decode(),
                moment(now),
            ),
        )
        if cursor.rowcount == 1:
            refs = dict.fromkeys(str(told.thing.ref) for told in posted.told)
            self._db.conn.executemany(
                "INSERT INTO direct_entries (direct, ref) VALUES (?, ?)",
                [(cursor.lastrowid, ref) for ref in refs],
            )

    def at(self, place: str, ts: str) -> DirectPosted | None:
        """The message that stands there."""
        row = self._db.conn.execute(
            "SELECT body FROM directs WHERE place = ? AND ts = ?", (place, ts)
        ).fetchone()
        return POSTED.validate_json(row[0]) if row else None

    def forget(self, place: str, ts: str) -> None:
        """Somebody has deleted it."""
        self._db.conn.execute("DELETE FROM directs WHERE place = ? AND ts = ?", (place, ts))

    def listing(self, ref: Ref) -> Sequence[DirectPosted]:
        """The messages that tell of this merge request, the latest first."""
        rows = self._db.conn.execute(
            "SELECT body FROM directs JOIN direct_entries ON direct = id WHERE ref = ?"
            " ORDER BY id DESC",
            (str(ref),),
        ).fetchall()
        return [POSTED.validate_json(row[0]) for row in rows]

    def purge(self, before: datetime) -> int:
        """Forget those posted before that of whose merge requests none is open; how many."""
        return self._db.conn.execute(
            "DELETE FROM directs WHERE at < ? AND NOT EXISTS (SELECT 1 FROM direct_entries"
            " JOIN reviews USING (ref) WHERE direct = directs.id AND state IN (?, ?))",
            (moment(before), State.OPEN.value, FOLLOW_UP),
        ).rowcount
