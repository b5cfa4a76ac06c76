"""Works a durable queue off: bounded width, one at a time in each lane, awake only when needed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection
from contextlib import suppress
from datetime import datetime
from typing import Generic, Protocol, TypeVar

import structlog

from bot.clock import Clock

log = structlog.get_logger()


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
        self.failure: str | None = None

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
        for task in [*self._lanes, *([self._loop] if self._loop else [])]:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _run(self) -> None:
        while not self._stopping:
            self._nudged.clear()
            try:
                item = await self._queue.take(frozenset(self._lanes.values()))
            except Exception as exc:  # noqa: BLE001 - the queue failed; the rows are safe in it
                await self._failed(exc)
                continue
            self.failure = None
            if item is None:
                await self._wait_for_more()
                continue
            task = asyncio.create_task(self._queue.work(item))
            self._lanes[task] = self._queue.lane(item)
            task.add_done_callback(self._finished)
            if len(self._lanes) >= self._width:
                await asyncio.wait(self._lanes, return_when=asyncio.FIRST_COMPLETED)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._lanes.pop(task, None)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("queue_failed", problem=str(error))
            self.failure = str(error)
        self._nudged.set()

    async def _wait_for_more(self) -> None:
        moment = await self._queue.next_moment()
        due_later = moment is None or moment > self._clock.now()
        if not self._lanes and due_later and not self._nudged.is_set():
            self._quiet.set()
        waits: list[Awaitable[object]] = [self._nudged.wait()]
        if moment is not None and due_later:
            waits.append(self._clock.until(moment))
        await _first(waits)
        self._quiet.clear()

    async def _failed(self, exc: Exception) -> None:
        self.failure = str(exc)
        log.error("queue_failed", problem=str(exc))
        await _first([asyncio.sleep(self._pause)])


async def _first(waits: Collection[Awaitable[object]]) -> None:
    """Wait for one of them and let go of the rest."""
    tasks = [asyncio.ensure_future(one) for one in waits]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()


Nudge = Callable[[], None]
