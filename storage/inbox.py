"""The inbox: what happened and was not yet decided on. Every event enters here, once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from pydantic import ValidationError
from sqlite_utils import Database

from routing.events import (
    AwaySaid,
    DigestDue,
    DigestPosted,
    DirectPosted,
    Event,
    HoursSaid,
    InsightsDue,
    MergeRequestTouched,
    PathsSaid,
    PipelineBegan,
    ReconcileDue,
)
from routing.model import Ref
from storage.codec import EVENT, moment, parse_moment, parse_ref

log = structlog.get_logger()

NEW, DONE, DEAD = "new", "done", "dead"

UNREADABLE = "this version of Countersign cannot read it"

FIRST = (
    "NOT EXISTS (SELECT 1 FROM inbox AS earlier WHERE earlier.subject = inbox.subject"
    " AND earlier.state = 'new' AND earlier.seq < inbox.seq)"
)
"""An event that was put off holds back the later ones of its subject: nothing overtakes."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """An event waiting for its decision; `attempts` counts the tries so far.

    `answered` are the numbers of others that its decision answers as well.
    """

    seq: int
    key: str
    event: Event
    attempts: int
    received_at: datetime
    answered: tuple[int, ...] = ()


def subject_of(event: Event) -> str:
    """What the event is about: events of one subject are decided one after the other."""
    match event:
        case DigestDue(channel) | InsightsDue(channel):
            return f"digest {channel}"
        case DigestPosted(digest):
            return f"digest {digest.channel}"
        case ReconcileDue(forge):
            return f"reconcile {forge}"
        case PipelineBegan(forge, project, sha):
            return f"pipeline {forge}/{project} {sha}"
        case AwaySaid(who) | HoursSaid(who) | PathsSaid(who) | DirectPosted(who):
            return of_person(who)
        case _:
            return str(event.ref)


def of_person(who: str) -> str:
    """The subject of what somebody says of themselves (Slack user id) or is told (their id)."""
    return f"person {who}"


class Inbox:
    """Events by arrival. The unique key makes a repeated delivery cost nothing."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def put(self, key: str, event: Event, now: datetime) -> bool:
        """Store an event; False when its key was seen before."""
        return self._insert(key, subject_of(event), EVENT.dump_json(event).decode(), now, NEW)

    def put_dead(self, key: str, raw: str, problem: str, now: datetime) -> bool:
        """Store a delivery that cannot be used, for people to look at."""
        return self._insert(key, "dead", raw, now, DEAD, problem)

    def _insert(
        self, key: str, subject: str, body: str, now: datetime, state: str, problem: str = ""
    ) -> bool:
        cursor = self._db.conn.execute(
            "INSERT INTO inbox (key, subject, body, received_at, state, attempts, not_before,"
            " problem) VALUES (?, ?, ?, ?, ?, 0, ?, ?) ON CONFLICT (key) DO NOTHING",
            (key, subject, body, moment(now), state, moment(now), problem),
        )
        return cursor.rowcount == 1

    def next(self, now: datetime, busy: Collection[str] = ()) -> Arrival | None:
        """The oldest event that may be decided now and whose subject is not `busy`.

        A row that cannot be read becomes a dead letter; its merge request is looked at afresh.
        """
        idle = f" AND subject NOT IN ({', '.join('?' * len(busy))})" if busy else ""
        oldest = (
            "SELECT seq, key, subject, body, attempts, received_at FROM inbox"
            f" WHERE state = 'new' AND not_before <= ?{idle} AND {FIRST} ORDER BY seq LIMIT 1"
        )
        while row := self._db.conn.execute(oldest, (moment(now), *busy)).fetchone():
            seq, key, subject, body, attempts, received_at = row
            event = _readable(body)
            if event is not None:
                return Arrival(seq, key, event, attempts, parse_moment(received_at))
            log.error("event_unreadable", event_key=key, subject=subject)
            self.bury(seq, UNREADABLE)
            ref = parse_ref(subject)
            if ref is not None:
                self.put(f"unreadable {seq}", MergeRequestTouched(ref), now)
        return None

    def waiting_for(self, subject: Ref | str) -> Sequence[Event]:
        """Events about a merge request, or another subject, not decided yet, oldest first."""
        rows = self._db.conn.execute(
            "SELECT body FROM inbox WHERE state = 'new' AND subject = ? ORDER BY seq",
            (str(subject),),
        ).fetchall()
        return [event for row in rows if (event := _readable(row[0])) is not None]

    def done(self, seq: int) -> None:
        """The event was decided on."""
        self._settle(seq, DONE, "")

    def hints_waiting(self, ref: Ref) -> Sequence[int]:
        """The numbers of events that only say "look again" at this merge request."""
        rows = self._db.conn.execute(
            "SELECT seq, body FROM inbox WHERE state = 'new' AND subject = ?", (str(ref),)
        ).fetchall()
        return [seq for seq, body in rows if isinstance(_readable(body), MergeRequestTouched)]

    def retry(self, seq: int, not_before: datetime, problem: str) -> None:
        """The facts could not be had: try again later."""
        self._db.conn.execute(
            "UPDATE inbox SET attempts = attempts + 1, not_before = ?, problem = ? WHERE seq = ?",
            (moment(not_before), problem, seq),
        )

    def bury(self, seq: int, problem: str) -> None:
        """The event cannot be decided on; people have to look."""
        self._settle(seq, DEAD, problem)

    def _settle(self, seq: int, state: str, problem: str) -> None:
        self._db.conn.execute(
            "UPDATE inbox SET state = ?, problem = ? WHERE seq = ?", (state, problem, seq)
        )

    def waiting(self) -> int:
        """How many events are not decided yet."""
        return self._count(NEW)

    def dead(self) -> int:
        """How many deliveries nobody could use."""
        return self._count(DEAD)

    def _count(self, state: str) -> int:
        return self._db.table("inbox").count_where("state = ?", [state])

    def next_moment(self) -> datetime | None:
        """When the next waiting event may be decided; None when none waits."""
        row = self._db.conn.execute(
            f"SELECT min(not_before) FROM inbox WHERE state = 'new' AND {FIRST}"
        ).fetchone()
        return parse_moment(row[0]) if row[0] else None


def _readable(body: str) -> Event | None:
    """The event, or None for what an older or newer version wrote differently."""
    try:
        return EVENT.validate_json(body)
    except ValidationError:
        return None
