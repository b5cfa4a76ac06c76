"""The one place that reads the time; everybody else is handed a Clock."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the time and lets wait for it."""

    def now(self) -> datetime:
        """The moment, in UTC."""
        ...

    async def until(self, moment: datetime) -> None:
        """Return once `now()` has reached the moment; look again, it may be a grain early."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """The moment, in UTC."""
        return datetime.now(UTC)

    async def until(self, moment: datetime) -> None:
        """Return once `now()` has reached the moment, or a clock's grain before it."""
        await asyncio.sleep(max(0.0, (moment - self.now()).total_seconds()))


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
