"""APScheduler ticks; a tick only looks which deadlines have passed and puts them in the inbox."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from datetime import date, datetime, timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.schedulers.base import STATE_RUNNING

from bot.clock import Clock
from bot.policies import Policies
from bot.worker import Nudge
from routing.chasing.digest import due_day, own_digests
from routing.events import DigestDue, EscalationDue, InsightsDue, ReconcileDue
from routing.hindsight.cases import monday_of
from routing.links import link_entries, links_of
from routing.people import Person
from routing.policy import Digest, Shows
from storage.database import Rooms, Storage

log = structlog.get_logger()

TICK = timedelta(seconds=15)
RECONCILE = timedelta(minutes=5)
"""What a lost webhook costs at most."""
EARLY = TICK / 2
"""By so much less than that a tick counts as on time: the next would be late."""
ANEW = timedelta(hours=1)
"""A deadline that could not be decided on (its event became a dead letter) is tried again."""
LATE_SECONDS = 4 * TICK.total_seconds()
"""Without a tick for so long, nobody looks at deadlines."""


class Schedule:
    """Turns the passing of time into events.

    Deadlines are rows, not timers: a tick that comes late or twice costs nothing, since every
    event's key names the deadline it stands for.
    """

    def __init__(
        self,
        storage: Storage,
        policies: Policies,
        forges: tuple[str, ...],
        clock: Clock,
        events_waiting: Nudge,
    ) -> None:
        self._storage = storage
        self._policies = policies
        self._forges = forges
        self._clock = clock
        self._events_waiting = events_waiting
        self._look_now = False
        self._ticking = asyncio.Lock()
        self._ticked: float | None = None
        self._scheduler = AsyncIOScheduler(timezone="UTC")

    @property
    def trouble(self) -> str | None:
        """Why nobody looks at deadlines, if so; what the last tick failed of is in the log."""
        if self._ticked is None:
            return None
        since = time.monotonic() - self._ticked
        if self._scheduler.state != STATE_RUNNING:
            return f"it does not tick any more, since {since:.0f} seconds"
        return f"it has not ticked for {since:.0f} seconds" if since > LATE_SECONDS else None

    def start(self) -> None:
        """Begin to tick."""
        self._scheduler.add_job(
            self.tick,
            "interval",
            seconds=TICK.total_seconds(),
            misfire_grace_time=None,  # APScheduler's own default drops a job that is 1 s late
            coalesce=True,
            max_instances=1,
        )
        self._scheduler.start()
        self._ticked = time.monotonic()

    async def stop(self) -> None:
        """Tick no more; return once the tick under way is through."""
        self._ticked = None
        if self._scheduler.running:
            self._scheduler.pause()
            async with self._ticking:
                self._scheduler.shutdown(wait=False)

    async def tick(self, *, starting: bool = False) -> None:
        """Enqueue everything that is due now; at the start, look at every open change again."""
        async with self._ticking:
            await self._tick(starting)

    async def _tick(self, starting: bool) -> None:
        now = self._clock.now()
        # In a thread: thousands of people take a second to read, and clicks would wait for it.
        fresh = await asyncio.to_thread(self._policies.reload) or starting
        self._look_now |= fresh
        look_now = self._look_now
        policy = self._policies.current.policy

        def enqueue(rooms: Rooms) -> timedelta:
            back = rooms.pulse.beat(now)
            if fresh:
                _record_links(rooms, self._policies.current.people, now)
            for ref, due in rooms.reviews.due(now):
                key = f"escalation {ref} {due.isoformat()} {(now - due) // ANEW}"
                rooms.inbox.put(key, EscalationDue(ref, due), now)
            own = own_digests(self._policies.current.people, rooms.preferences.said())
            for digest in (*policy.digests, *own):
                day = due_day(digest, now)
                if day is not None:
                    _enqueue_digest(rooms, digest, day, now)
            # A new policy binds every open review; so may what we slept through. What was judged by
            # a clock that was ahead is judged anew.
            whole = look_now or bool(back)
            for forge in self._forges:
                _enqueue_reconcile(rooms, forge, now, whole=whole)
            rooms.retention.purge(now)
            return back

        back = await self._storage.run(enqueue)
        if back:
            log.warning("clock_set_back", seconds=back.total_seconds())
        if self._ticked is not None:
            self._ticked = time.monotonic()
        self._look_now = False  # only now: a tick that could not be kept is made up for
        self._events_waiting()


def _enqueue_reconcile(rooms: Rooms, forge: str, now: datetime, *, whole: bool) -> None:
    """One every five minutes, by what was done last: no time of a clock tells two of them apart."""
    rhythm = f"reconcile {forge}"
    if whole or rooms.pulse.is_due(rhythm, RECONCILE - EARLY, now):
        due = ReconcileDue(forge, whole=whole)
        rooms.inbox.put(f"{rhythm} after {rooms.inbox.last()}", due, now)
        rooms.pulse.done(rhythm, now)


def _enqueue_digest(rooms: Rooms, digest: Digest, day: date, now: datetime) -> None:
    """One for each local day and hour; of the week's figures one a week, however often moved."""
    match digest.shows:
        case Shows.REVIEWS:
            key = f"digest {digest.channel} {digest.at} {day.isoformat()}"
            rooms.inbox.put(key, DigestDue(digest.channel, day), now)
        case Shows.INSIGHTS:
            week = monday_of(day)
            key = f"insights {digest.channel} {week.isoformat()}"
            rooms.inbox.put(key, InsightsDue(digest.channel, week), now)


def _record_links(rooms: Rooms, people: Iterable[Person], now: datetime) -> None:
    """Put on record what a new people file links, and what it no longer does."""
    links = links_of(people)
    entries = list(link_entries(rooms.links.all(), links))
    if entries:
        rooms.links.replace(links)
        rooms.ledger.append(None, entries, now)
