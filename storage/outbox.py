"""The outbox: what was decided and is not yet done. Every effect leaves from here."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from routing.effects import Effect, GateState, PostDigest, Reconcile, SetGate, ShowCard
from storage.codec import EFFECT, moment, parse_moment

REVOKE, GATE, TELL = 0, 1, 2
"""The order after an outage: shut gates first, then open them, then tell people."""


@dataclass(frozen=True, slots=True)
class Task:
    """An effect waiting to be carried out; `key` names it for ever."""

    seq: int
    lane: str
    effect: Effect
    attempts: int

    @property
    def key(self) -> str:
        """A name that stays the same however often the effect is tried."""
        return f"effect-{self.seq}"


def _lane(effect: Effect) -> str | None:
    """Effects of one lane go one after the other, and a newer one makes a waiting one needless.

    Both say what should be, not what to add: only the latest matters.
    """
    match effect:
        case SetGate(ref, sha):  # the status is the commit's, whoever asks for it
            return f"gate {ref.forge}/{ref.project} {sha}"
        case ShowCard(ref):
            return f"card {ref}"
        case Reconcile(forge):
            return f"reconcile {forge}"
        case _:
            return None


def _priority(effect: Effect) -> int:
    if isinstance(effect, SetGate):
        return GATE if effect.state is GateState.SUCCESS else REVOKE
    return TELL


class Outbox:
    """Effects by priority, then age."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def put(self, effects: Iterable[Effect], now: datetime) -> None:
        """Enqueue effects in this order."""
        for effect in effects:
            lane = _lane(effect)
            if lane is not None:
                self._db.conn.execute(
                    "UPDATE outbox SET state = 'superseded' WHERE lane = ? AND state = 'new'",
                    (lane,),
                )
            cursor = self._db.conn.execute(
                "INSERT INTO outbox (lane, priority, subject, body, created_at, state, attempts,"
                " not_before) VALUES (?, ?, ?, ?, ?, 'new', 0, ?)",
                (
                    lane or "",
                    _priority(effect),
                    _subject(effect),
                    EFFECT.dump_json(effect).decode(),
                    moment(now),
                    moment(now),
                ),
            )
            if lane is None:
                self._db.table("outbox").update(
                    cursor.lastrowid or 0, {"lane": f"alone {cursor.lastrowid}"}
                )

    def next(self, now: datetime, busy: Collection[str] = ()) -> Task | None:
        """The most urgent effect whose time has come and whose lane is not `busy`."""
        marks = ", ".join("?" * len(busy))
        row = self._db.conn.execute(
            "SELECT seq, lane, body, attempts FROM outbox"
            f" WHERE state = 'new' AND not_before <= ? AND lane NOT IN ({marks})"
            " ORDER BY priority, seq LIMIT 1",
            (moment(now), *busy),
        ).fetchone()
        if row is None:
            return None
        seq, lane, body, attempts = row
        return Task(seq, lane, EFFECT.validate_json(body), attempts)

    def done(self, seq: int) -> None:
        """The effect was carried out."""
        self._db.table("outbox").update(seq, {"state": "done"})

    def retry(self, seq: int, not_before: datetime, problem: str) -> None:
        """The other side could not: try again later."""
        self._db.conn.execute(
            "UPDATE outbox SET attempts = attempts + 1, not_before = ?, problem = ? WHERE seq = ?",
            (moment(not_before), problem, seq),
        )

    def bury(self, seq: int, problem: str) -> None:
        """The other side will not: trying again makes no sense."""
        self._db.table("outbox").update(seq, {"state": "dead", "problem": problem})

    def waiting(self) -> int:
        """How many effects are not carried out yet."""
        return self._db.table("outbox").count_where("state = 'new'")

    def next_moment(self) -> datetime | None:
        """When the next waiting effect may be tried; None when none waits."""
        row = self._db.conn.execute(
            "SELECT min(not_before) FROM outbox WHERE state = 'new'"
        ).fetchone()
        return parse_moment(row[0]) if row[0] else None


def _subject(effect: Effect) -> str:
    match effect:
        case PostDigest(channel):
            return f"digest {channel}"
        case Reconcile(forge):
            return f"reconcile {forge}"
        case _:
            return str(effect.ref)
