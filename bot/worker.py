"""Works a durable queue off: bounded width, one at a time in each lane, awake only when needed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection
from datetime import datetime, timedelta
from typing import Generic, Protocol, TypeVar

import structlog

from bot.clock import Clock
from bot.errors import NotYet, Retryable

log = structlog.get_logger()

QUEUE = "queue"
"""Where a failure is noted that is not one item's."""


DOUBLINGS = 12


def backoff(attempts: int, refusal: Retryable, longest: timedelta) -> timedelta:
    """How long to wait after so many tries: twice as long each time, or as the other side says."""
    if isinstance(refusal, NotYet):
        return min(longest, timedelta(seconds=refusal.after))  # nothing failed: no doubling
    doubled = 2.0 ** min(attempts, DOUBLINGS)
    return min(longest, timedelta(seconds=max(refusal.after or 0.0, doubled)))


class Item(Protocol):
    """A row of a queue; `seq` orders it."""

    @property
    def seq(self) -> int:
        """The row's number."""
        ...


I = TypeVar("I", bound=Item)  # noqa: E741 - the item's type, nowhere a number
"""What the queue holds."""


class Queue(Protocol[I]):
    """A durable queue."""

    async def take(self, busy: Collection[str]) -> I | None:
        """The next item that is due and whose lane is not busy; it stays until it is done."""
        ...

    async def next_moment(self) -> datetime | None:
        """When an item that waits is due; None when none waits."""
        ...

    def lane(self, item: I) -> str:
        """Items of one lane go one after the other."""
        ...

    async def work(self, item: I) -> None:
        """Do it and mark it done, or put it off. Raises only on a failure of the queue itself."""
        ...


class Worker(Generic[I]):
    """One queue's worker.

    `nudge` says that something was put in. A failure of the queue itself (full disk, locked
    database) is logged and tried again after `pause` seconds; nothing is taken out meanwhile.
    `items` and `seconds` count what was worked off.
    """

    def __init__(self, queue: Queue[I], clock: Clock, width: int = 8, pause: float = 1.0) -> None:
        self._queue = queue
        self._clock = clock
        self._width = width
        self._pause = pause
        self._nudged = asyncio.Event()
        self._quiet = asyncio.Event()
        self._lanes: dict[asyncio.Task[None], str] = {}
        self._loop: asyncio.Task[None] | None = None
        self._stopping = False
        self._failures: dict[str, str] = {}
        self.items = 0
        self.seconds = 0.0

    @property
    def failure(self) -> str | None:
        """What is wrong with the queue right now."""
        return next(iter(self._failures.values()), None)

    @property
    def has_ended(self) -> bool:
        """Whether it works no more though nobody has stopped it."""
        return self._loop is not None and self._loop.done() and not self._stopping

    def start(self) -> None:
        """Begin to work."""
        self._loop = asyncio.create_task(self._run())

    def nudge(self) -> None:
        """Something was put into the queue, or time has moved."""
        self._quiet.clear()
        self._nudged.set()

    async def idle(self) -> None:
        """Return once nothing is in hand and nothing is due."""
        await self._quiet.wait()

    async def stop(self, grace: float) -> None:
        """Take nothing more, and give what is in hand `grace` seconds to finish."""
        self._stopping = True
        self._nudged.set()
        if self._lanes:
            await asyncio.wait(self._lanes, timeout=grace)
        left = [*self._lanes, *([self._loop] if self._loop else [])]
        for task in left:
            task.cancel()
        for outcome in await asyncio.gather(*left, return_exceptions=True):
            if isinstance(outcome, Exception):
                log.error("queue_failed", problem=str(outcome))

    async def _run(self) -> None:
        while not self._stopping:
            self._nudged.clear()
            try:
                item = await self._queue.take(frozenset(self._lanes.values()))
                self._failures.pop(QUEUE, None)
                if item is None:
                    await self._wait_for_more()
            except Exception as exc:  # noqa: BLE001 - the queue failed; the rows are safe in it
                self._fail(QUEUE, exc)
                await _first([asyncio.sleep(self._pause), self._nudged.wait()])
                continue
            if item is not None and not self._stopping:
                await self._begin(item)

    async def _begin(self, item: I) -> None:
        lane = self._queue.lane(item)
        task = asyncio.create_task(self._do(item, lane))
        self._lanes[task] = lane
        task.add_done_callback(self._finished)
        if len(self._lanes) >= self._width:
            await asyncio.wait(self._lanes, return_when=asyncio.FIRST_COMPLETED)

    async def _do(self, item: I, lane: str) -> None:
        """Work on one item. When its end cannot be kept, its lane rests before the next try."""
        if self._stopping:
            return  # told to stop between taking and beginning: it stays in the queue
        began = time.monotonic()
        try:
            await self._queue.work(item)
        except Exception as exc:  # noqa: BLE001 - as above
            self._fail(lane, exc)
            await asyncio.sleep(self._pause)
        else:
            self._failures.pop(lane, None)
            self.items += 1
            self.seconds += time.monotonic() - began

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._lanes.pop(task, None)
        self._nudged.set()

    async def _wait_for_more(self) -> None:
        moment = await self._queue.next_moment()
        due_later = moment is None or moment > self._clock.now()
        if not self._lanes:
            if not due_later:
                return  # it fell due while the queue was looked at
            if not self._nudged.is_set():
                self._quiet.set()
        waits: list[Awaitable[object]] = [self._nudged.wait()]
        if moment is not None and due_later:
            waits.append(self._clock.until(moment))
        await _first(waits)
        self._quiet.clear()

    def _fail(self, where: str, exc: Exception) -> None:
        self._failures[where] = str(exc)
        log.error("queue_failed", where=where, problem=str(exc))


async def _first(waits: Collection[Awaitable[object]]) -> None:
    """Wait for one of them and let go of the rest."""
    tasks = [asyncio.ensure_future(one) for one in waits]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()


Nudge = Callable[[], None]
