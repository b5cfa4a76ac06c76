"""The one place that reads the time; everybody else is handed a Clock."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
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
