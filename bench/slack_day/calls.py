"""Every call to Slack that its rate limits count, written down where Slack decides on it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from bot.clock import Clock
from bot.playground.methods import Method
from bot.playground.pacing import Pacing

POST = "chat.postMessage"
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)

K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class Call:
    """One call: when, what, where; `wait` is the `Retry-After` it was refused with, or 0."""

    at: datetime
    method: str
    per_minute: int
    channel: str
    wait: int


class Recording(Pacing):
    """Slack's limits, and a record of every call they were asked about."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.calls: list[Call] = []

    def wait(self, method: Method, channel: str) -> int:
        """As Slack decides."""
        wait = super().wait(method, channel)
        now = self._clock.now()
        self.calls.append(Call(now, method.name, method.per_minute, channel, wait))
        return wait


@dataclass(frozen=True, slots=True)
class Busiest:
    """A method's share: calls in all, the most within a minute, and how many are allowed."""

    method: str
    calls: int
    most: int
    allowed: int


def busiest(calls: Iterable[Call]) -> list[Busiest]:
    """Every method's calls, refused ones included, and its busiest minute."""
    of: defaultdict[str, list[Call]] = defaultdict(list)
    for call in calls:
        of[call.method].append(call)
    return [
        Busiest(name, len(made), _most([one.at for one in made], MINUTE), made[0].per_minute)
        for name, made in sorted(of.items())
    ]


def crowded(calls: Iterable[Call]) -> int:
    """The most messages that were posted to one channel within a second."""
    of: defaultdict[str, list[datetime]] = defaultdict(list)
    for call in calls:
        if call.method == POST:
            of[call.channel].append(call.at)
    return max((_most(moments, SECOND) for moments in of.values()), default=0)


def _most(moments: list[datetime], span: timedelta) -> int:
    """The most of these moments, which are in order, that lie within one span."""
    first, most = 0, 0
    for last, moment in enumerate(moments):
        while moments[first] + span <= moment:
            first += 1
        most = max(most, last - first + 1)
    return most


def too_early(calls: Iterable[Call]) -> Iterator[Call]:
    """Calls made again, of the same method and place, before `Retry-After` was over."""
    until: dict[tuple[str, str], datetime] = {}
    for call in calls:
        key = (call.method, call.channel if call.method == POST else "")
        if key in until and call.at < until[key]:
            yield call
        if call.wait:
            until[key] = call.at + timedelta(seconds=call.wait)


def twice(keys: Iterable[K]) -> list[K]:
    """Those that come more than once."""
    return [key for key, count in Counter(keys).items() if count > 1]
