"""The outbox: what was decided and is not yet done. Every effect leaves from here."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from pydantic import ValidationError
from sqlite_utils import Database

from routing.effects import (
    Effect,
    GateState,
    PostDigest,
    PostInsights,
    RequestReviewers,
    SetGate,
    ShowCard,
    ShowDigest,
    ShowDirect,
    TellPerson,
    TellThread,
    WithdrawReviewers,
)
from routing.events import EffectAbandoned, MergeRequestTouched
from routing.model import Ref
from storage.codec import DUE, EFFECT, by_now, moment, parse_moment, parse_ref
from storage.forgotten import Forgotten
from storage.inbox import UNREADABLE, Inbox

log = structlog.get_logger()

FIRST = (
    "NOT EXISTS (SELECT 1 FROM outbox AS earlier WHERE earlier.lane = outbox.lane"
    " AND earlier.state = 'new' AND earlier.seq < outbox.seq)"
)
"""An effect that was put off holds back the later ones of its lane: nothing overtakes."""

REVOKE, GATE, SHOW, TELL, TIDY = 0, 1, 2, 3, 4
"""The order after an outage: shut gates, open them, bring cards up to date, tell people, tidy."""

TOGETHER = timedelta(minutes=1)
"""What goes on within this time with a message that nobody waits for is one edit of it."""


@dataclass(frozen=True, slots=True)
class Task:
    """An effect waiting to be carried out; `key` names it for ever.

    `erasures` tells whether anybody was erased since it was taken (`storage.forgotten`).
    """

    seq: int
    lane: str
    effect: Effect
    attempts: int
    erasures: int = 0

    @property
    def key(self) -> str:
        """A name that stays the same however often the effect is tried."""
        return f"effect-{self.seq}"


def _lane(effect: Effect) -> str | None:
    """Effects of one lane go one after the other; None for one that has a lane to itself."""
    lane = None
    match effect:
        case SetGate(ref, sha):  # the status is the commit's, whoever asks for it
            lane = f"gate {ref.forge}/{ref.project} {sha}"
        case ShowCard(ref):
            lane = f"card {ref}"
        case TellThread(ref):
            lane = f"thread {ref}"
        case TellPerson(_, person):  # what waits for one person is said in one message
            lane = f"person {person}"
        case ShowDigest(channel):
            lane = f"digest {channel}"
        case ShowDirect(channel, ts):
            lane = f"direct {channel} {ts}"
        case RequestReviewers(ref) | WithdrawReviewers(ref):  # a forge may keep them as one list
            lane = f"reviewers {ref}"
        case _:
            pass
    return lane


def _says_what_should_be(effect: Effect) -> bool:
    """Whether a newer one of its lane makes it needless; a line of history adds, so it stays."""
    return isinstance(effect, SetGate | ShowCard | ShowDigest | ShowDirect)


def _may_wait(effect: Effect) -> bool:
    """Whether it is an edit that nobody waits for, so that it is made together with the next."""
    match effect:
        case ShowDigest():
            return True
        case ShowCard(at_once=at_once) | ShowDirect(at_once=at_once):
            return not at_once
        case _:
            return False


def _priority(effect: Effect) -> int:
    if isinstance(effect, SetGate):
        return GATE if effect.state is GateState.SUCCESS else REVOKE
    if _may_wait(effect) or isinstance(effect, ShowDirect):
        return TIDY
    return SHOW if isinstance(effect, ShowCard) else TELL


class Outbox:
    """Effects by priority, then age."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def put(self, effects: Iterable[Effect], now: datetime) -> None:
        """Enqueue effects in this order."""
        at = moment(now)
        for effect in effects:
            lane = _lane(effect)
            not_before = self._beginning(effect, now)
            if _says_what_should_be(effect):
                # What is due already is not put off by an edit that may wait.
                self._db.conn.execute(
                    "UPDATE outbox SET state = 'superseded' WHERE lane = ? AND state = 'new'"
                    f" AND NOT (? AND {DUE})",
                    (lane, _may_wait(effect), *by_now(now)),
                )
            cursor = self._db.conn.execute(
                "INSERT INTO outbox (lane, priority, subject, body, created_at, state, attempts,"
                " not_before, judged_at) VALUES (?, ?, ?, ?, ?, 'new', 0, ?, ?)",
                (
                    lane or "",
                    _priority(effect),
                    _subject(effect),
                    EFFECT.dump_json(effect).decode(),
                    at,
                    moment(not_before),
                    at,
                ),
            )
            if lane is None:
                self._db.conn.execute(
                    "UPDATE outbox SET lane = 'alone ' || seq WHERE seq = ?", (cursor.lastrowid,)
                )

    def _beginning(self, effect: Effect, now: datetime) -> datetime:
        """When it may be carried out: at once, or together with what comes right after it."""
        if not _may_wait(effect):
            return now
        waits = self._db.conn.execute(
            "SELECT min(not_before) FROM outbox WHERE lane = ? AND state = 'new'"
            " AND judged_at <= ?",
            (_lane(effect), by_now(now)[1]),
        ).fetchone()[0]
        # One that is being carried out may have been rendered already: this one comes after it.
        until = parse_moment(waits) if waits else now
        return until if until > now else now + TOGETHER

    def next(self, now: datetime, busy: Collection[str] = ()) -> Task | None:
        """The most urgent effect whose time has come and whose lane is not `busy`.

        A row that cannot be read is given up like an effect that was refused for good.
        """
        idle = f" AND lane NOT IN ({', '.join('?' * len(busy))})" if busy else ""
        most_urgent = (
            "SELECT seq, lane, subject, body, attempts FROM outbox"
            f" WHERE state = 'new' AND {DUE}{idle} AND {FIRST}"
            " ORDER BY priority, seq LIMIT 1"
        )
        while row := self._db.conn.execute(most_urgent, (*by_now(now), *busy)).fetchone():
            seq, lane, subject, body, attempts = row
            effect = _readable(body)
            if effect is not None:
                return Task(seq, lane, effect, attempts, Forgotten(self._db).revision())
            log.error("effect_unreadable", effect_key=f"effect-{seq}", subject=subject)
            self.bury(seq, UNREADABLE)
            self._look_afresh(seq, subject, body, now)
        return None

    def _look_afresh(self, seq: int, subject: str, body: str, now: datetime) -> None:
        """What was to be done is not known: the merge request says what should be."""
        ref = parse_ref(subject)
        if ref is None:
            return
        inbox = Inbox(self._db)
        lost = EffectAbandoned(ref, _kind(body), UNREADABLE)
        inbox.put(f"effect-{seq}-unreadable", lost, now)
        inbox.put(f"effect-{seq}-afresh", MergeRequestTouched(ref), now)

    def last(self) -> int:
        """The number of the last effect put in so far; 0 when there was none."""
        row = self._db.conn.execute("SELECT max(seq) FROM outbox").fetchone()
        return int(row[0] or 0)

    def riders(
        self, lead: Task, most: int, belongs: Callable[[Effect], bool] = lambda _: True
    ) -> tuple[Task, ...]:
        """What is carried out with the first of a lane: the next behind it that belong to it.

        Once chosen they stay the same until it is put off unsaid (`hold`), so that a second try
        says neither more nor less.
        """
        (known,) = self._db.conn.execute(
            "SELECT rides IS NOT NULL FROM outbox WHERE seq = ?", (lead.seq,)
        ).fetchone()
        if not known:
            behind = self._tasks("lane = ? AND seq > ?", lead.lane, lead.seq)
            chosen = [one for one in behind if belongs(one.effect)][:most]
            self._db.conn.executemany(
                "UPDATE outbox SET rides = ? WHERE seq = ?",
                [(lead.seq, one.seq) for one in (lead, *chosen)],
            )
        return self._tasks("rides = ? AND seq > ?", lead.seq, lead.seq)

    def _tasks(self, where: str, *values: object) -> tuple[Task, ...]:
        """Those that wait and can be read, the oldest first."""
        rows = self._db.conn.execute(
            "SELECT seq, lane, body, attempts FROM outbox WHERE state = 'new'"
            f" AND {where} ORDER BY seq",
            values,
        ).fetchall()
        read = ((row, _readable(row[2])) for row in rows)
        return tuple(
            Task(seq, lane, effect, attempts)
            for (seq, lane, _, attempts), effect in read
            if effect is not None
        )

    def hold(self, seq: int, until: datetime, now: datetime) -> None:
        """It is not the time for this yet; that is no failure. Nothing of it was said."""
        self._db.conn.execute("UPDATE outbox SET rides = NULL WHERE rides = ?", (seq,))
        self._db.conn.execute(
            "UPDATE outbox SET not_before = ?, judged_at = ? WHERE seq = ?",
            (moment(until), moment(now), seq),
        )

    def cards_asked_for(self, ref: Ref) -> int:
        """How often its card was to be shown so far, whatever has come of it."""
        return self._db.table("outbox").count_where("lane = ?", [_lane(ShowCard(ref))])

    def done(self, seq: int) -> None:
        """The effect was carried out."""
        self._settle(seq, "done", "")

    def retry(self, seq: int, not_before: datetime, problem: str, now: datetime) -> None:
        """The other side could not: try again later."""
        self._db.conn.execute(
            "UPDATE outbox SET attempts = attempts + 1, not_before = ?, judged_at = ?, problem = ?"
            " WHERE seq = ?",
            (moment(not_before), moment(now), problem, seq),
        )

    def bury(self, seq: int, problem: str) -> None:
        """The other side will not: trying again makes no sense."""
        self._settle(seq, "dead", problem)

    def _settle(self, seq: int, state: str, problem: str) -> None:
        self._db.conn.execute(
            "UPDATE outbox SET state = ?, problem = ? WHERE seq = ?", (state, problem, seq)
        )

    def waiting(self) -> int:
        """How many effects are not carried out yet."""
        return self._db.table("outbox").count_where("state = 'new'")

    def next_moment(self) -> datetime | None:
        """When the next waiting effect may be tried; None when none waits."""
        row = self._db.conn.execute(
            f"SELECT min(not_before) FROM outbox WHERE state = 'new' AND {FIRST}"
        ).fetchone()
        return parse_moment(row[0]) if row[0] else None


def _subject(effect: Effect) -> str:
    match effect:
        case PostDigest(channel) | ShowDigest(channel) | PostInsights(channel):
            return f"digest {channel}"
        case ShowDirect(channel, ts):
            return f"direct {channel} {ts}"
        case _:
            return str(effect.ref)


def _readable(body: str) -> Effect | None:
    """The effect, or None for what an older or newer version wrote differently."""
    try:
        return EFFECT.validate_json(body)
    except ValidationError:
        return None


def _kind(body: str) -> str:
    """What kind of effect an unreadable row held; in doubt a gate, which is then written again."""
    try:
        read = json.loads(body)
    except ValueError:
        read = None
    kind = read.get("kind") if isinstance(read, dict) else None
    return kind if isinstance(kind, str) else "set_gate"
