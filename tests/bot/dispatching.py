"""A dispatcher with everything around it: tests put effects in and look at what came of them."""

from __future__ import annotations

from collections.abc import Callable, Collection

from bot.clock import StoryClock
from bot.dispatcher import Address, Dispatcher, nowhere
from routing.effects import Effect
from routing.events import Event
from storage.database import Rooms, Storage
from storage.outbox import Task
from tests.bot.fakes import ListeningMessenger, MemoryForge
from tests.builders import a_change


def always(error: Exception) -> Callable[[], None]:
    """Trouble of a fake that fails with this whatever it is asked."""

    def fail() -> None:
        raise error

    return fail


class Dispatching:
    """A dispatcher with everything around it, and a way to carry one effect out."""

    def __init__(self, storage: Storage, clock: StoryClock, address: Address = nowhere) -> None:
        self.storage = storage
        self.clock = clock
        self.forge = MemoryForge()
        self.forge.shows(a_change())
        self.messenger = ListeningMessenger()
        self.nudges = 0
        self.dispatcher = Dispatcher(
            storage, {"github": self.forge}, self.messenger, clock, self._nudged, address
        )

    def _nudged(self) -> None:
        self.nudges += 1

    async def put(self, *effects: Effect) -> None:
        now = self.clock.now()
        await self.storage.run(lambda rooms: rooms.outbox.put(effects, now))

    async def next(self, busy: Collection[str] = ()) -> Task:
        task = await self.dispatcher.take(busy)
        assert task is not None
        return task

    async def carries_out(self, effect: Effect) -> None:
        await self.put(effect)
        await self.dispatcher.work(await self.next())

    async def events(self) -> list[Event]:
        """What has come back by the inbox."""

        def work(rooms: Rooms) -> list[Event]:
            found: list[Event] = []
            while (arrival := rooms.inbox.next(self.clock.now())) is not None:
                rooms.inbox.done(arrival.seq)
                found.append(arrival.event)
            return found

        return await self.storage.run(work)

    async def waiting(self) -> int:
        return await self.storage.run(lambda rooms: rooms.outbox.waiting())

    async def fails(self, tries: int) -> None:
        """So many tries pass, each when its time has come; or fewer when it is given up."""
        for _ in range(tries):
            moment = await self.dispatcher.next_moment()
            if moment is None:
                return
            self.clock.move_to(moment)
            await self.dispatcher.work(await self.next())
