"""What may have been done already: it is looked for, and not too early."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from bot.clock import StoryClock
from bot.dispatcher import STILL_AT_IT, Message
from bot.errors import NotYet, Retryable
from routing.effects import (
    GateState,
    SetGate,
    ShowCard,
    TellThread,
)
from routing.events import (
    Event,
)
from storage.database import Storage, StorageFailed
from tests.bot.builders import a_gate
from tests.bot.dispatching import Dispatching, always
from tests.bot.fakes import ListeningMessenger, MemoryForge, no_trouble
from tests.builders import NOW, REF

OPEN, SHUT = a_gate(GateState.SUCCESS), a_gate(GateState.PENDING)


@pytest.fixture
def dispatching(storage: Storage, clock: StoryClock) -> Dispatching:
    return Dispatching(storage, clock)


class Doubting(ListeningMessenger):
    """Notes of every try whether it was told that the message may stand there already."""

    def __init__(self) -> None:
        super().__init__()
        self.doubts: list[bool] = []

    async def say(self, message: Message, key: str, *, again: bool = False) -> Event | None:
        self.doubts.append(again)
        return await super().say(message, key, again=again)


async def doubts(dispatching: Dispatching, *errors: Exception | None) -> list[bool]:
    """What the tries are told that end in these errors, one after the other."""
    doubting = dispatching.dispatcher._messenger = Doubting()
    assert await dispatching.dispatcher.take(()) is None  # nothing is inherited
    await dispatching.put(TellThread(REF, "Merged."))
    for error in errors:
        doubting.trouble = always(error) if error is not None else no_trouble
        moment = await dispatching.dispatcher.next_moment()
        dispatching.clock.move_to(moment or NOW)
        with suppress(StorageFailed):
            await dispatching.dispatcher.work(await dispatching.next())
    return doubting.doubts


LOST = Retryable("the answer was lost")
UNKEPT = StorageFailed("the database refused: locked")
TURN = NotYet("others wait for Slack as well", after=1)


@pytest.mark.parametrize(
    ("errors", "told"),
    [
        ((None,), [False]),
        ((TURN, None), [False, False]),
        ((LOST, None), [False, True]),
        ((UNKEPT, None), [False, True]),
        ((LOST, TURN, None), [False, True, True]),
        ((UNKEPT, TURN, None), [False, True, True]),
    ],
)
async def test_what_may_have_been_said_is_looked_for_whatever_came_between(
    dispatching: Dispatching, errors: tuple[Exception | None, ...], told: list[bool]
) -> None:
    assert await doubts(dispatching, *errors) == told


async def test_nothing_is_remembered_of_what_was_tried_in_vain_and_became_needless(
    dispatching: Dispatching,
) -> None:
    dispatching.messenger.trouble = always(LOST)
    await dispatching.put(ShowCard(REF))
    await dispatching.fails(3)
    await dispatching.put(ShowCard(REF))
    assert dispatching.dispatcher._begun == set()


class Hanging(ListeningMessenger):
    """Says things to a Slack that does not answer."""

    def __init__(self) -> None:
        super().__init__()
        self.begun = asyncio.Event()

    async def say(self, message: Message, key: str, *, again: bool = False) -> Event | None:
        self.begun.set()
        await asyncio.Event().wait()
        return await super().say(message, key, again=again)


async def test_who_goes_on_after_an_end_in_the_middle_waits_until_slack_is_through_with_it(
    dispatching: Dispatching,
) -> None:
    hanging = dispatching.dispatcher._messenger = Hanging()
    await dispatching.put(TellThread(REF, "Merged."))
    work = asyncio.create_task(dispatching.dispatcher.work(await dispatching.next()))
    await hanging.begun.wait()
    work.cancel()
    await asyncio.wait([work])
    assert await dispatching.dispatcher.next_moment() == NOW + STILL_AT_IT
    dispatching.clock.move_to(NOW + STILL_AT_IT)
    afterwards = Dispatching(dispatching.storage, dispatching.clock)
    assert (await afterwards.next()).attempts == 1


async def test_nobody_waits_with_a_gate_that_was_being_written_at_the_end(
    dispatching: Dispatching, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = asyncio.Event()

    async def hang(_forge: MemoryForge, _gate: SetGate) -> bool:
        begun.set()
        return await asyncio.Event().wait()

    monkeypatch.setattr(MemoryForge, "set_gate", hang)
    await dispatching.put(SHUT)
    work = asyncio.create_task(dispatching.dispatcher.work(await dispatching.next()))
    await begun.wait()
    work.cancel()
    await asyncio.wait([work])
    assert await dispatching.dispatcher.next_moment() == NOW
