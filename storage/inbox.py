"""The inbox: what happened and was not yet decided on. Every event enters here, once."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

import structlog
from pydantic import ValidationError
from sqlite_utils import Database

from routing.events import (
    AwaySaid,
    DigestDue,
    DigestPosted,
    DirectPosted,
    EscalationDue,
    Event,
    HoursSaid,
    InsightsDue,
    MergeQueued,
    MergeRequestTouched,
    PathsSaid,
    PipelineBegan,
    ReconcileDue,
)
from routing.model import Ref
from storage.codec import DUE, EVENT, by_now, moment, parse_moment, parse_ref
from storage.forgotten import Forgotten

log = structlog.get_logger()

NEW, DONE, DEAD = "new", "done", "dead"

UNREADABLE = "this version of Countersign cannot read it"

FIRST = (
    "NOT EXISTS (SELECT 1 FROM inbox AS earlier WHERE earlier.subject = inbox.subject"
    " AND earlier.state = 'new' AND earlier.seq < inbox.seq"
    " AND earlier.urgency <= inbox.urgency)"
)
"""An event that was put off holds back the later ones of its subject, but for more urgent ones."""


HINTS = MergeRequestTouched | MergeQueued | PipelineBegan
TICKS = EscalationDue | DigestDue | InsightsDue | ReconcileDue


class Urgency(IntEnum):
    """What is decided on first. Events of one urgency keep their order."""

    SAID = 0
    """What people say, and what became of effects: somebody waits for the answer."""
    HEARD = 1
    """Deliveries and deadlines."""
    FOUND = 2
    """What a comparison with a forge's list brought up: there may be hundreds of them at once."""


def urgency_of(event: Event) -> Urgency:
    """How urgent an event is by its kind.

    A hint may be overtaken: whatever is decided on first looks at the facts of then.
    """
    return Urgency.HEARD if isinstance(event, HINTS | TICKS) else Urgency.SAID


@dataclass(frozen=True, slots=True)
class Arrival:
    """An event waiting for its decision; `attempts` counts the tries so far.

    `answered` are the numbers of others that its decision answers as well. `erasures` tells
    whether anybody was erased since it was taken (`storage.forgotten`).
    """

    seq: int
    key: str
    event: Event
    attempts: int
    received_at: datetime
    answered: tuple[int, ...] = ()
    erasures: int = 0


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

    def put(self, key: str, event: Event, now: datetime, urgency: Urgency | None = None) -> bool:
        """Store an event, of its kind's urgency or this; False when its key was seen before."""
        if self._came_before(key):
            return False
        urgent = urgency_of(event) if urgency is None else urgency
        body, at = EVENT.dump_json(event).decode(), moment(now)
        cursor = self._db.conn.execute(
            "INSERT INTO inbox (key, subject, body, received_at, state, attempts, not_before,"
            " judged_at, problem, urgency) VALUES (?, ?, ?, ?, ?, 0, ?, ?, '', ?)"
            " ON CONFLICT (key) DO NOTHING",
            (key, subject_of(event), body, at, NEW, at, at, int(urgent)),
        )
        return cursor.rowcount == 1

    def put_dead(self, key: str, raw: str, problem: str, now: datetime) -> bool:
        """Store a delivery that cannot be used, for people to look at."""
        if self._came_before(key):
            return False
        cursor = self._db.conn.execute(
            "INSERT INTO inbox (key, subject, body, received_at, state, attempts, not_before,"
            " problem) VALUES (?, 'dead', ?, ?, ?, 0, ?, ?) ON CONFLICT (key) DO NOTHING",
            (key, raw, moment(now), DEAD, moment(now), problem),
        )
        return cursor.rowcount == 1

    def _came_before(self, key: str) -> bool:
        """Whether it came before somebody was erased whom its key names."""
        veiled = Forgotten(self._db).veiled_key(key)
        return veiled is not None and bool(self._db.table("inbox").count_where("key = ?", [veiled]))

    def next(self, now: datetime, busy: Collection[str] = ()) -> Arrival | None:
        """The oldest of the most urgent events that may be decided now; their subjects not `busy`.

        A row that cannot be read becomes a dead letter; its merge request is looked at afresh.
        """
        idle = f" AND subject NOT IN ({', '.join('?' * len(busy))})" if busy else ""
        oldest = (
            "SELECT seq, key, subject, body, attempts, received_at FROM inbox"
            f" WHERE state = 'new' AND {DUE}{idle} AND {FIRST}"
            " ORDER BY urgency, seq LIMIT 1"
        )
        while row := self._db.conn.execute(oldest, (*by_now(now), *busy)).fetchone():
            seq, key, subject, body, attempts, received_at = row
            event = _readable(body)
            if event is not None:
                erasures = Forgotten(self._db).revision()
                arrived = parse_moment(received_at)
                return Arrival(seq, key, event, attempts, arrived, erasures=erasures)
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

    def last(self) -> int:
        """The number of the last event put in so far; 0 when there was none."""
        row = self._db.conn.execute("SELECT max(seq) FROM inbox").fetchone()
        return int(row[0] or 0)

    def done(self, seq: int) -> None:
        """The event was decided on."""
        self._settle(seq, DONE, "")

    def reconciles_waiting(self, forge: str) -> Mapping[int, ReconcileDue]:
        """The numbers of events that ask what has changed on a forge, and what they say."""
        rows = self._db.conn.execute(
            "SELECT seq, body FROM inbox WHERE state = 'new' AND subject = ?",
            (subject_of(ReconcileDue(forge)),),
        ).fetchall()
        found = {seq: _readable(body) for seq, body in rows}
        return {seq: due for seq, due in found.items() if isinstance(due, ReconcileDue)}

    def hints_waiting(self, ref: Ref) -> Sequence[int]:
        """The numbers of events that only say "look again" at this merge request."""
        rows = self._db.conn.execute(
            "SELECT seq, body FROM inbox WHERE state = 'new' AND subject = ?", (str(ref),)
        ).fetchall()
        return [seq for seq, body in rows if isinstance(_readable(body), MergeRequestTouched)]

    def retry(self, seq: int, not_before: datetime, problem: str, now: datetime) -> None:
        """The facts could not be had: try again later."""
        self._db.conn.execute(
            "UPDATE inbox SET attempts = attempts + 1, not_before = ?, judged_at = ?, problem = ?"
            " WHERE seq = ?",
            (moment(not_before), moment(now), problem, seq),
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
