"""How much the other side still lets us ask: counted here, so that nothing is asked in vain."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from bot.clock import Clock, Onward
from bot.errors import NotYet

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)

A_QUARTER = 4
"""What is urgent may use up all but so small a part of what is spare: others are under way."""
SPARE_OF_TOLD = 25
"""Of a quota that the other side tells, so small a part is kept spare."""


class Kind(Enum):
    """What a piece of work needs: plain calls, costly ones too, or those at once."""

    PLAIN, COSTLY, URGENT = range(3)


PLAIN, COSTLY, URGENT = Kind


@dataclass(frozen=True, slots=True)
class Limit:
    """So many points within any such span; a plain call and a costly one take some of them.

    Which calls are costly is the other side's to say. `spare` points are kept back for what is
    under way already and for what is urgent.
    """

    points: int
    span: timedelta
    plain: int = 0
    costly: int = 0
    spare: int = 0


@dataclass(frozen=True, slots=True)
class Told:
    """What the other side said: calls left of how many, and in how many seconds it begins anew."""

    left: int
    limit: int
    seconds: float


class Allowance:
    """What one token may still ask. Threads share it."""

    def __init__(self, clock: Clock, limits: Sequence[Limit] = ()) -> None:
        self._clock = Onward(clock)
        self._spent = {limit: deque[tuple[datetime, int]]() for limit in limits}
        self._closed: datetime | None = None
        self._told: tuple[Told, datetime] | None = None
        self._lock = threading.Lock()

    def ask(self, what: str, kind: Kind) -> None:
        """Before a piece of work of some calls; `what` completes "Before …".

        Raises:
            NotYet: it would be refused, or what is left is kept for what is more urgent.
        """
        now = self._clock.now()
        with self._lock:
            _hold(what, now, max(self._waits(now, kind)))

    def spend(self, *, costly: bool) -> None:
        """A call is about to be made.

        Raises:
            NotYet: nothing may be asked any more, not even what was begun.
        """
        now = self._clock.now()
        with self._lock:
            _hold("going on", now, self._closed or now)
            for limit, spent in self._spent.items():
                points = limit.costly if costly else limit.plain
                if points:
                    spent.append((now, points))

    def tell(self, told: Told) -> None:
        """The other side said how much is left."""
        self._told = told, self._clock.now() + timedelta(seconds=told.seconds)

    def close(self, seconds: float) -> None:
        """The other side wants to hear nothing within so many seconds."""
        until = self._clock.now() + timedelta(seconds=seconds)
        with self._lock:
            self._closed = max(until, self._closed or until)

    def _waits(self, now: datetime, kind: Kind) -> Iterator[datetime]:
        """Until when each limit has nothing left for this; `now` where there is enough."""
        yield self._closed or now
        part = A_QUARTER if kind is URGENT else 1
        if self._told is not None:
            told, until = self._told
            yield until if told.left <= told.limit // SPARE_OF_TOLD // part else now
        for limit, spent in self._spent.items():
            if limit.plain if kind is PLAIN else limit.costly:
                while spent and spent[0][0] + limit.span <= now:
                    spent.popleft()
                yield _free(limit, spent, limit.spare // part, now)


_counting: ContextVar[Allowance | None] = ContextVar("counting", default=None)


@contextmanager
def counted(allowance: Allowance) -> Iterator[None]:
    """Have every call that this thread makes meanwhile counted."""
    before = _counting.set(allowance)
    try:
        yield
    finally:
        _counting.reset(before)


def in_use() -> Allowance | None:
    """What this thread's calls are counted by."""
    return _counting.get()


def _hold(what: str, now: datetime, until: datetime) -> None:
    if until > now:
        after = (until - now).total_seconds()
        raise NotYet(f"Before {what} the rate limit has to be waited for.", after=after)


def _free(
    limit: Limit, spent: Sequence[tuple[datetime, int]], spare: int, now: datetime
) -> datetime:
    """When more than `spare` points of a limit are left."""
    over = sum(points for _, points in spent) + spare + 1 - limit.points
    until = now
    for at, points in spent:
        if over <= 0:
            break
        over -= points
        until = at + limit.span
    return until
