"""Engine and dispatcher worked by hand, one item after the other, so that a run repeats itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from bot.clock import StoryClock
from bot.dispatcher import Dispatcher, Messenger
from bot.engine import Engine
from bot.facts import Gatherer
from bot.forges.base import Forge
from storage.database import Storage
from storage.inbox import Arrival


def _nobody() -> None:
    """Nobody sleeps here who would have to be woken."""


def _unheard(_arrival: Arrival) -> None:
    """Nobody counts what is decided on."""


class Working:
    """The real engine and dispatcher over one forge and one messenger.

    `takes` is told of every event before it is decided on.
    """

    def __init__(
        self,
        storage: Storage,
        gatherer: Gatherer,
        forge: Forge,
        messenger: Messenger,
        clock: StoryClock,
        takes: Callable[[Arrival], None] = _unheard,
    ) -> None:
        self._takes = takes
        self.engine = Engine(storage, gatherer, clock, _nobody)
        self.dispatcher = Dispatcher(storage, {forge.name: forge}, messenger, clock, _nobody)

    async def drain(self) -> None:
        """Decide and carry out everything that is due now."""
        while await self._decide() or await self._carry_out():
            pass

    async def next_moment(self) -> datetime | None:
        """When something that was put off is due; None when nothing is left."""
        moments = [await self.engine.next_moment(), await self.dispatcher.next_moment()]
        return min((moment for moment in moments if moment is not None), default=None)

    async def _decide(self) -> bool:
        arrival = await self.engine.take(())
        if arrival is not None:
            self._takes(arrival)
            await self.engine.work(arrival)
        return arrival is not None

    async def carry_out(self, count: int) -> None:
        """Carry out the next so many effects, and decide nothing."""
        for _ in range(count):
            await self._carry_out()

    async def _carry_out(self) -> bool:
        task = await self.dispatcher.take(())
        if task is not None:
            await self.dispatcher.work(task)
        return task is not None
