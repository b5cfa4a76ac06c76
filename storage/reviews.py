"""Reviews as they stand, found by merge request, by address and by the next deadline."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import structlog
from pydantic import ValidationError
from sqlite_utils import Database

from routing.model import Ref, State
from routing.record import Review
from storage.asks import Asks
from storage.codec import REVIEW, moment

log = structlog.get_logger()


class Unreadable(Exception):
    """A review that this version cannot read: nothing may be decided on it."""


FOLLOW_UP = "follow_up"
"""The state of a review whose merge request was merged under an override."""

LONGEST_QUEUE = 100
"""How many merge requests below one in a queue are looked at: GitHub groups no more."""


class Reviews:
    """One row a merge request."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def get(self, ref: Ref) -> Review | None:
        """The review of that merge request, if it was ever seen.

        Raises:
            Unreadable: another version of Countersign wrote it, and differently.
        """
        return self._one("ref = ?", str(ref))

    def by_url(self, url: str) -> Review | None:
        """The review of the merge request with that web address."""
        return self._one("url = ?", url.rstrip("/"))

    def save(self, review: Review, now: datetime) -> None:
        """Keep the review and who is asked in it."""
        ref = str(review.ref)
        self._db.conn.execute(
            "INSERT INTO reviews (ref, forge, project, number, url, state, head_sha, next_due,"
            " updated_at, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (ref) DO UPDATE SET url = excluded.url, state = excluded.state,"
            " head_sha = excluded.head_sha, next_due = excluded.next_due,"
            " updated_at = excluded.updated_at, body = excluded.body",
            (
                ref,
                review.ref.forge,
                review.ref.project,
                review.ref.number,
                review.url.rstrip("/"),
                FOLLOW_UP if review.wants_follow_up else review.state.value,
                review.binding.head_sha,
                moment(review.next_due) if review.next_due else None,
                moment(now),
                REVIEW.dump_json(review).decode(),
            ),
        )
        Asks(self._db).keep(review, now)
        self._db.conn.execute("DELETE FROM unreadable WHERE ref = ?", (ref,))
        self._db.conn.execute("DELETE FROM queued WHERE ref = ?", (ref,))
        self._db.conn.executemany(
            "INSERT OR REPLACE INTO queued (sha, onto, ref) VALUES (?, ?, ?)",
            [(one.sha, one.onto, ref) for one in review.queued],
        )

    def open(self, forge: str | None = None) -> Sequence[Review]:
        """Open reviews, oldest number first; those that cannot be read are left out, and said.

        Those of what was merged under an override are among them until they have their signatures.
        """
        where, values = "state IN (?, ?)", [State.OPEN.value, FOLLOW_UP]
        if forge is not None:
            where, values = f"{where} AND forge = ?", [*values, forge]
        return self._many(where, *values)

    def with_head(self, forge: str, project: str, sha: str) -> Sequence[Review]:
        """The open reviews of the project whose head is this commit."""
        return self._many(
            "forge = ? AND project = ? AND head_sha = ? AND state = ?",
            *(forge, project, sha, State.OPEN.value),
        )

    def beside(self, ref: Ref, sha: str) -> Sequence[Review]:
        """The other open reviews that the commit concerns: its head, or below it in the queue."""
        return [*self._sharing(ref, sha), *self._ahead(ref, sha)]

    def _ahead(self, ref: Ref, sha: str) -> Sequence[Review]:
        """The open reviews whose commit of the merge queue lies below this one."""
        rows = self._db.conn.execute(
            "WITH RECURSIVE below (sha, onto, ref, depth) AS ("
            " SELECT sha, onto, ref, 0 FROM queued WHERE sha = ?"
            " UNION ALL SELECT queued.sha, queued.onto, queued.ref, depth + 1"
            " FROM queued JOIN below ON queued.sha = below.onto WHERE depth < ?)"
            " SELECT DISTINCT ref FROM below WHERE ref != ?",
            (sha, LONGEST_QUEUE, str(ref)),
        ).fetchall()
        found = (self._one("ref = ? AND state = 'open'", one) for (one,) in rows)
        return [review for review in found if review is not None]

    def _sharing(self, ref: Ref, sha: str) -> Sequence[Review]:
        """The others with this head; one that cannot be read may not be passed over."""
        rows = self._db.conn.execute(
            "SELECT ref FROM reviews WHERE forge = ? AND project = ? AND head_sha = ?"
            " AND state = ? AND ref != ? ORDER BY number",
            (ref.forge, ref.project, sha, State.OPEN.value, str(ref)),
        ).fetchall()
        found = (self._one("ref = ?", one) for (one,) in rows)
        return [review for review in found if review is not None]

    def channel_id(self, name: str) -> str | None:
        """The id of a channel that goes by this name, as a card posted there was answered with."""
        row = self._db.conn.execute(
            "SELECT json_extract(body, '$.card.channel') FROM reviews"
            " WHERE CASE WHEN json_valid(body) THEN json_extract(body, '$.channel') = ?"
            " AND json_extract(body, '$.card.channel') IS NOT NULL END"
            " ORDER BY updated_at DESC LIMIT 1",
            (name,),
        ).fetchone()
        return str(row[0]) if row else None

    def asked(self, person: str) -> Sequence[Review]:
        """Reviews that wait for this person."""
        return self._many(
            "ref IN (SELECT ref FROM asks WHERE person = ? AND closed IS NULL)", person
        )

    def due(self, now: datetime) -> Sequence[tuple[Ref, datetime]]:
        """Merge requests whose ladder has a step due, each with its deadline."""
        rows = self._db.conn.execute(
            "SELECT forge, project, number, next_due FROM reviews WHERE next_due <= ?"
            " AND state IN (?, ?) ORDER BY next_due",
            (moment(now), State.OPEN.value, FOLLOW_UP),
        ).fetchall()
        return [
            (Ref(forge, project, number), datetime.fromisoformat(due))
            for forge, project, number, due in rows
        ]

    def _one(self, where: str, value: str) -> Review | None:
        row = self._db.conn.execute(f"SELECT body FROM reviews WHERE {where}", (value,)).fetchone()
        try:
            return REVIEW.validate_json(row[0]) if row else None
        except ValidationError as exc:
            raise Unreadable(f"the review of {value} cannot be read by this version") from exc

    def _many(self, where: str, *values: str) -> Sequence[Review]:
        rows = self._db.conn.execute(
            f"SELECT ref, body FROM reviews WHERE {where} ORDER BY forge, project, number", values
        ).fetchall()
        found: list[Review] = []
        for ref, body in rows:
            try:
                found.append(REVIEW.validate_json(body))
            except ValidationError:
                log.error("review_unreadable", ref=ref)  # noqa: TRY400 - its text may be personal
        return found
