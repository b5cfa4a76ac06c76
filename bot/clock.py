"""The one place that reads the time; everybody else is handed a Clock."""

from __future__ import annotations

import asyncio
import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the time and lets wait for it."""

    def now(self) -> datetime:
        """The moment, in UTC."""
        ...

    async def until(self, moment: datetime) -> None:
        """Return once `now()` has reached the moment.

        Look again: it may be a grain early, or early by far where the clock was set back meanwhile.
        """
        ...


LOOK_SECONDS = 5.0
"""So often whoever waits looks whether the clock was set."""
GRAIN = timedelta(seconds=2)
"""Two who look at once may be so far apart; nobody calls that set back."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """The moment, in UTC."""
        return datetime.now(UTC)

    async def until(self, moment: datetime) -> None:
        """Return once `now()` has reached the moment, or the clock was set back."""
        now = self.now()
        while now < moment:
            await asyncio.sleep(min(LOOK_SECONDS, (moment - now).total_seconds()))
            before, now = now, self.now()
            if now < before:
                return


class Onward:
    """A clock that goes on from where it was when the one behind it is set back.

    For spans within one process: how long something was known, when the next call may be made.
    Where the clock behind leaps ahead they end early. Threads may share it.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._ahead = timedelta(0)
        self._latest = clock.now()
        self._lock = threading.Lock()

    def now(self) -> datetime:
        """The moment, in UTC as it would be had the clock never been set back."""
        with self._lock:
            now = self._clock.now() + self._ahead
            if self._latest - now > GRAIN:
                self._ahead += self._latest - now
            self._latest = max(now, self._latest)
            return self._latest


class StoryClock:
    """A clock that moves when it is told to: for the playground and the tests."""

    def __init__(self, start: datetime) -> None:
        self._now = start
        self._moved = asyncio.Event()

    def now(self) -> datetime:
        """The moment, in UTC."""
        return self._now

    def move_to(self, moment: datetime) -> None:
        """Let time pass until `moment`; whoever waits for a time before it goes on."""
        self._now = max(self._now, moment)
        moved, self._moved = self._moved, asyncio.Event()
        moved.set()

    async def until(self, moment: datetime) -> None:
        """Return once `now()` has reached the moment."""
        while self._now < moment:
            await self._moved.wait()


class RunningClock(StoryClock):
    """A clock that starts at a chosen moment, runs, and can be pushed ahead: for the demo."""

    def __init__(self, start: datetime) -> None:
        super().__init__(start)
        self._ahead = start - datetime.now(UTC)

    def now(self) -> datetime:
        """The moment, in UTC."""
        return datetime.now(UTC) + self._ahead

    def move_to(self, moment: datetime) -> None:
        """Push the clock ahead to `moment`, never back."""
        self._ahead += max(moment - self.now(), timedelta(0))
        super().move_to(self.now())

    async def until(self, moment: datetime) -> None:
        """Return once `now()` has reached the moment, run there or pushed."""
        while (left := (moment - self.now()).total_seconds()) > 0:
            moved = self._moved
            with suppress(TimeoutError):
                await asyncio.wait_for(moved.wait(), left)
