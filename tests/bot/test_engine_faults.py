"""The engine when something fails: put off or set aside, said, and the gate left shut."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.clock import StoryClock
from bot.errors import Refused, Retryable
from routing.effects import (
    GateState,
)
from routing.model import State
from storage.database import Rooms, Storage, StorageFailed
from storage.ledger import Ledger
from tests.bot.deciding import (
    always,
    approved,
    effects,
    gates,
    kinds,
    once,
    review_of,
    waiting_and_dead,
)
from tests.bot.fakes import Decider, files_in
from tests.builders import HEAD, NOW, a_change, approves, touched


@pytest.fixture
def decider(storage: Storage, clock: StoryClock, tmp_path: Path) -> Decider:
    return Decider(storage, files_in(tmp_path), clock)


async def test_without_facts_an_event_is_put_off_and_nothing_else_happens(
    decider: Decider,
) -> None:
    decider.forge.trouble = always(Retryable("GitHub is down"))
    await decider.decides(touched())
    assert await effects(decider) == []
    assert await kinds(decider) == []
    assert await waiting_and_dead(decider) == (1, 0)
    assert await decider.engine.next_moment() == NOW + timedelta(seconds=1)


async def test_an_event_put_off_is_decided_on_when_the_facts_can_be_had(
    decider: Decider, clock: StoryClock
) -> None:
    decider.forge.trouble = once(Retryable("GitHub is down"))
    await decider.decides(touched())
    clock.move_to(NOW + timedelta(seconds=1))
    arrival = await decider.next()
    assert arrival is not None
    await decider.engine.work(arrival)
    assert await waiting_and_dead(decider) == (0, 0)
    assert (HEAD, GateState.PENDING) in await gates(decider)


async def waits(decider: Decider, clock: StoryClock, tries: int) -> list[float]:
    """How long each wait is, in seconds, when so many tries fail."""
    await decider.put(touched())
    found: list[float] = []
    for _ in range(tries):
        arrival = await decider.next()
        assert arrival is not None
        await decider.engine.work(arrival)
        moment = await decider.engine.next_moment()
        assert moment is not None
        found.append((moment - clock.now()).total_seconds())
        clock.move_to(moment)
    return found


async def test_waits_grow_up_to_two_minutes(decider: Decider, clock: StoryClock) -> None:
    decider.forge.trouble = always(Retryable("GitHub is down"))
    expected = [1, 2, 4, 8, 16, 32, 64, 120, 120, 120, 120]
    assert await waits(decider, clock, len(expected)) == expected


async def test_the_forges_own_wish_is_heeded(decider: Decider, clock: StoryClock) -> None:
    decider.forge.trouble = always(Retryable("slow down", after=42))
    assert await waits(decider, clock, 2) == [42, 42]


async def test_an_outage_of_a_night_is_outlasted(decider: Decider, clock: StoryClock) -> None:
    decider.forge.trouble = always(Retryable("GitHub is down"))
    assert (await waits(decider, clock, 400))[-1] == 120


async def test_a_merge_request_that_the_forge_does_not_know_is_set_aside(decider: Decider) -> None:
    decider.forge.changes.clear()
    await decider.decides(touched())
    assert await waiting_and_dead(decider) == (0, 1)
    assert await effects(decider) == []


async def test_a_change_that_the_forge_refuses_to_show_does_not_keep_its_open_gate(
    decider: Decider,
) -> None:
    await approved(decider)
    decider.forge.trouble = always(Refused("the diff is too large to be shown"))
    await decider.decides(touched())
    assert [state for _, state in await gates(decider)] == [GateState.FAILURE]


async def test_a_fault_of_ours_sets_the_event_aside_and_shuts_the_gate(decider: Decider) -> None:
    await approved(decider)
    decider.forge.trouble = always(ZeroDivisionError("a fault"))
    await decider.decides(touched())
    assert await waiting_and_dead(decider) == (0, 1)
    assert await gates(decider) == [(HEAD, GateState.FAILURE)]
    assert (await kinds(decider))[-1] == "evaluation_failed"


async def test_after_a_fault_the_next_look_writes_the_gate_again(decider: Decider) -> None:
    await approved(decider)
    decider.forge.trouble = once(ZeroDivisionError("a fault"))
    await decider.decides(touched())
    await effects(decider)
    await decider.decides(touched())
    assert await gates(decider) == [(HEAD, GateState.SUCCESS)]


async def test_a_fault_on_first_sight_writes_nothing(decider: Decider) -> None:
    decider.forge.trouble = always(ZeroDivisionError("a fault"))
    await decider.decides(touched())
    assert await effects(decider) == []
    assert await waiting_and_dead(decider) == (0, 1)


async def test_a_fault_after_the_merge_touches_no_gate(decider: Decider) -> None:
    await approved(decider)
    decider.forge.shows(a_change(state=State.MERGED, merged_at=NOW))
    await decider.decides(touched())
    await effects(decider)
    decider.forge.trouble = always(ZeroDivisionError("a fault"))
    await decider.decides(touched())
    assert await gates(decider) == []


async def test_when_the_ledger_cannot_be_written_nothing_else_is(
    decider: Decider, monkeypatch: pytest.MonkeyPatch
) -> None:
    await decider.decides(touched())
    await effects(decider)

    def fail(*_: object) -> None:
        raise ZeroDivisionError("a fault")

    monkeypatch.setattr(Ledger, "append", fail)
    await decider.put(approves("dana"))
    arrival = await decider.next()
    assert arrival is not None
    with pytest.raises(ZeroDivisionError):
        await decider.engine.work(arrival)
    assert await effects(decider) == []
    assert not (await review_of(decider)).opinions
    assert await waiting_and_dead(decider) == (1, 0)


class FlakyDisk:
    """Storage whose next transactions fail; `Storage.run` is all that is used of it."""

    def __init__(self, storage: Storage, failures: int) -> None:
        self._storage = storage
        self.left = failures

    async def run(self, work: Callable[[Rooms], Any]) -> Any:
        if self.left:
            self.left -= 1
            raise StorageFailed("the database refused: database is locked")
        return await self._storage.run(work)


async def test_a_click_outlives_a_database_that_was_locked_for_a_moment(decider: Decider) -> None:
    await decider.decides(touched())
    await decider.put(approves("dana"))
    arrival = await decider.next()
    assert arrival is not None
    whole = decider.engine._storage
    decider.engine._storage = FlakyDisk(whole, 1)  # type: ignore[assignment]  # fails as it would
    with pytest.raises(StorageFailed):
        await decider.engine.work(arrival)
    decider.engine._storage = whole
    assert await waiting_and_dead(decider) == (1, 0)


async def test_a_database_that_stays_away_is_a_failure_of_the_queue(decider: Decider) -> None:
    await decider.put(touched())
    arrival = await decider.next()
    assert arrival is not None
    whole = decider.engine._storage
    decider.engine._storage = FlakyDisk(whole, 99)  # type: ignore[assignment]  # the same
    with pytest.raises(StorageFailed):
        await decider.engine.work(arrival)
    assert await waiting_and_dead(decider) == (1, 0)
