"""What the tests of the engine look at: the review, the gates, the ledger, what waits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from routing.effects import (
    Effect,
    GateState,
    SetGate,
)
from routing.record import Review
from storage.database import Rooms
from tests.bot.fakes import Decider
from tests.builders import HEAD, REF, approves, touched


async def review_of(decider: Decider) -> Review:
    review = await decider.storage.run(lambda rooms: rooms.reviews.get(REF))
    assert review is not None
    return review


async def effects(decider: Decider) -> list[Effect]:
    """What is waiting to be done, most urgent first; it counts as done from now on."""

    def work(rooms: Rooms) -> list[Effect]:
        found: list[Effect] = []
        while (task := rooms.outbox.next(decider.clock.now())) is not None:
            rooms.outbox.done(task.seq)
            found.append(task.effect)
        return found

    return await decider.storage.run(work)


async def gates(decider: Decider) -> list[tuple[str, GateState]]:
    found = await effects(decider)
    return [(one.sha, one.state) for one in found if isinstance(one, SetGate)]


async def kinds(decider: Decider) -> list[str]:
    entries = await decider.storage.run(lambda rooms: list(rooms.ledger.entries()))
    return [entry.kind for entry in entries]


async def waiting_and_dead(decider: Decider) -> tuple[int, int]:
    return await decider.storage.run(lambda rooms: (rooms.inbox.waiting(), rooms.inbox.dead()))


async def approved(decider: Decider) -> None:
    """The change was looked at and Dana has approved it; the gate is open."""
    await decider.decides(touched())
    await decider.decides(approves("dana"))
    assert (HEAD, GateState.SUCCESS) in await gates(decider)


def always(error: Exception) -> Callable[[], None]:
    def fail() -> None:
        raise error

    return fail


def once(error: Exception) -> Callable[..., Any]:
    errors = iter([error])

    def fail() -> None:
        for it in errors:
            raise it

    return fail
