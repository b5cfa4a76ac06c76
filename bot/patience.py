"""Waiting for a forge that cannot answer now: as long as it says, or twice as long each time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from bot.clock import Clock
from bot.errors import Retryable
from bot.worker import backoff

T = TypeVar("T")

Waits = Callable[[str, datetime], None]
"""Told why there is a wait, and until when."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long and how often to wait. Where the forge said how long, it is waited for anew."""

    clock: Clock
    longest: timedelta
    waits: Waits
    tries: int | None = None

    async def until_answered(self, ask: Callable[[], Awaitable[T]]) -> T:
        """The answer.

        Raises:
            Retryable: there was none after so many tries.
            Refused: the answer was no.
        """
        attempts = unexplained = 0
        while True:
            try:
                return await ask()
            except Retryable as exc:
                unexplained += exc.after is None
                if self.tries is not None and unexplained >= self.tries:
                    raise
                until = self.clock.now() + backoff(attempts, exc, self.longest)
                self.waits(str(exc), until)
                await self.clock.until(until)
                attempts += 1
