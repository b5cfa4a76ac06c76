"""The digests that stand in Slack, so that they can be edited as what they list goes on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pydantic import TypeAdapter
from sqlite_utils import Database

from routing.events import DigestPosted
from routing.model import Ref
from storage.codec import moment

POSTED: TypeAdapter[DigestPosted] = TypeAdapter(DigestPosted)


class Digests:
    """The last digest of each channel, and which merge requests it lists."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def keep(self, posted: DigestPosted, now: datetime) -> None:
        """Remember a digest, in place of the channel's last one."""
        channel = posted.digest.channel
        self.forget(channel)
        self._db.conn.execute(
            "INSERT INTO digests (channel, body, at) VALUES (?, ?, ?)",
            (channel, POSTED.dump_json(posted).decode(), moment(now)),
        )
        self._db.conn.executemany(
            "INSERT OR IGNORE INTO digest_entries (channel, ref) VALUES (?, ?)",
            [(channel, str(entry.ref)) for entry in posted.digest.entries],
        )

    def forget(self, channel: str) -> None:
        """The channel's digest stays as it is from now on."""
        self._db.conn.execute("DELETE FROM digest_entries WHERE channel = ?", (channel,))
        self._db.conn.execute("DELETE FROM digests WHERE channel = ?", (channel,))

    def last(self, channel: str) -> DigestPosted | None:
        """The digest that stands in the channel."""
        row = self._db.conn.execute(
            "SELECT body FROM digests WHERE channel = ?", (channel,)
        ).fetchone()
        return POSTED.validate_json(row[0]) if row else None

    def listing(self, ref: Ref, since: datetime) -> Sequence[DigestPosted]:
        """The digests posted since then that list this merge request."""
        rows = self._db.conn.execute(
            "SELECT body FROM digests JOIN digest_entries USING (channel)"
            " WHERE ref = ? AND at >= ? ORDER BY channel",
            (str(ref), moment(since)),
        ).fetchall()
        return [POSTED.validate_json(row[0]) for row in rows]

    def purge(self, before: datetime) -> int:
        """Forget those posted before that; returns how many."""
        rows = self._db.conn.execute(
            "SELECT channel FROM digests WHERE at < ?", (moment(before),)
        ).fetchall()
        for (channel,) in rows:
            self.forget(channel)
        return len(rows)
