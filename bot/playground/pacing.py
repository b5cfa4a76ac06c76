"""How often Slack lets an app call: a minute's tier per method, a second per channel."""

from __future__ import annotations

import math
from collections import defaultdict, deque
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.playground.methods import Method

MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)


class Pacing:
    """Counts calls while `on`; `wait` says how many seconds the caller must hold back.

    `overruns` names the calls that were one too many.
    """

    def __init__(self, clock: Clock) -> None:
        self.on = False
        self.overruns: list[str] = []
        self._clock = clock
        self._calls: defaultdict[str, deque[datetime]] = defaultdict(deque)

    def wait(self, method: Method, channel: str) -> int:
        """Count a call; 0 when it may go ahead, otherwise the whole seconds of `Retry-After`."""
        if not self.on:
            return 0
        budgets = [(method.name, method.per_minute, MINUTE)]
        if method.name == "chat.postMessage":
            budgets.append((f"{method.name} {channel}", 1, SECOND))
        now = self._clock.now()
        wait = max(self._over(key, most, span, now) for key, most, span in budgets)
        if wait > timedelta(0):
            self.overruns.append(f"{method.name} {channel}".strip())
            return max(1, math.ceil(wait.total_seconds()))
        for key, _, _ in budgets:
            self._calls[key].append(now)
        return 0

    def _over(self, key: str, most: int, span: timedelta, now: datetime) -> timedelta:
        calls = self._calls[key]
        while calls and calls[0] + span <= now:
            calls.popleft()
        return calls[0] + span - now if len(calls) >= most else timedelta(0)
