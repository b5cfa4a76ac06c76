"""A queue in memory for the worker, and waiting for what it does."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count

from bot.clock import StoryClock
from tests.builders import NOW

LATER = NOW + timedelta(minutes=1)


@dataclass(eq=False)
class Item:
    """A piece of work; it goes on until it is let go, where it is `held`."""

    seq: int
    lane: str
    due: datetime = NOW
    held: bool = False
    let_go: asyncio.Event = field(default_factory=asyncio.Event)


class ListQueue:
    """A queue in memory that remembers what happened to it."""

    def __init__(self, clock: StoryClock) -> None:
        self.clock = clock
        self.items: list[Item] = []
        self._numbers = count(1)
        self.running: list[Item] = []
        self.begun: list[int] = []
        self.finished: list[int] = []
        self.cancelled: list[int] = []
        self.most_at_once = 0
        self.lanes_overlapped = False
        self.takes = 0
        self.on_take: Callable[[], None] = lambda: None
        self.on_next_moment: Callable[[], None] = lambda: None
        self.on_work: Callable[[Item], None] = lambda _: None
        self.something_began = asyncio.Event()

    def add(self, lane: str = "a", due: datetime = NOW, *, held: bool = False) -> Item:
        item = Item(next(self._numbers), lane, due, held)
        self.items.append(item)
        return item

    async def take(self, busy: Collection[str]) -> Item | None:
        self.takes += 1
        now = self.clock.now()
        found = [one for one in self.items if one.due <= now and one.lane not in busy]
        self.on_take()
        return min(found, key=lambda one: one.seq, default=None)

    async def next_moment(self) -> datetime | None:
        self.on_next_moment()
        return min((item.due for item in self.items), default=None)

    def lane(self, item: Item) -> str:
        return item.lane

    async def work(self, item: Item) -> None:
        self.begun.append(item.seq)
        self.running.append(item)
        self.something_began.set()
        lanes = Counter(one.lane for one in self.running)
        self.lanes_overlapped |= lanes[item.lane] > 1
        self.most_at_once = max(self.most_at_once, len(self.running))
        try:
            self.on_work(item)
            if item.held:
                await item.let_go.wait()
            self.items.remove(item)
            self.finished.append(item.seq)
        except asyncio.CancelledError:
            self.cancelled.append(item.seq)
            raise
        finally:
            self.running.remove(item)

    async def began(self, number: int) -> None:
        """Wait until so many were begun."""
        async with asyncio.timeout(5):
            while len(self.begun) < number:
                self.something_began.clear()
                await self.something_began.wait()


async def everybody_had_a_turn() -> None:
    for _ in range(50):
        await asyncio.sleep(0)


async def soon(what: Awaitable[object]) -> None:
    async with asyncio.timeout(5):
        await what
