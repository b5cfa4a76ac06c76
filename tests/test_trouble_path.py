"""A full disk, a lock, damage: said at every door, the gate stays shut, and it resumes."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import storage.database
from bot.worker import Worker
from routing.effects import GateState
from storage.database import StorageFailed
from tests.world import AI_MESSAGE, World

PAYMENTS = {"services/payments/retry.py": "x = 1\n"}


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with World(tmp_path) as world:
        for worker in (world.bot._engine, world.bot._dispatcher):
            _impatient(worker)
        yield world


def _impatient(worker: Worker[Any]) -> None:
    worker._pause = 0.01


async def pragma(world: World, text: str) -> int:
    def work(rooms: Any) -> int:
        return int(rooms.inbox._db.conn.execute(f"PRAGMA {text}").fetchone()[0])

    return await world.storage.run(work)


async def fill_the_disk(world: World) -> None:
    """No page more than there are, and none of them free."""
    await pragma(world, f"max_page_count={await pragma(world, 'page_count')}")
    for size in (3000, 300, 1):
        number, room_left = 0, True
        while room_left:
            number += 1
            room_left = await has_room(world, f"ballast {size} {number}", size)


async def has_room(world: World, key: str, size: int) -> bool:
    """Whether so many bytes could be kept; they are."""
    try:
        await world.storage.run(
            lambda rooms: rooms.inbox.put_dead(key, "x" * size, "", world.clock.now())
        )
    except StorageFailed:
        return False
    return True


async def test_on_a_full_disk_nothing_is_taken_in_or_let_through_until_there_is_room(
    world: World,
) -> None:
    number = await world.opens("ana", PAYMENTS, message=AI_MESSAGE)
    await fill_the_disk(world)
    world.github.push(number, {"services/payments/retry.py": "x = 2\n" * 200}, "ana-ito")
    await world.github.quiet()
    answers = [delivery.answer for delivery in world.github.hooks.sent]
    assert answers[-1] == 503
    assert world.github.gate(number) != GateState.SUCCESS
    (said,) = await world.problems()
    assert said.startswith("database: the database refused: database or disk is full; see that")
    await pragma(world, "max_page_count=1073741823")
    await world.pass_time(minutes=5)
    await world.until_ready()
    await world.settled()
    assert world.github.gate(number) == GateState.PENDING


async def test_a_locked_database_answers_503_and_resumes_when_it_is_let_go(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage.database, "WORKS_WAIT", 0.02)
    other = sqlite3.connect(tmp_path / "countersign.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    world.github.open_pull("ana-ito", "feature", files={"web/a.ts": "x\n"}, title="Add a page")
    await world.github.quiet()
    problems = await world.problems()
    assert [delivery.answer for delivery in world.github.hooks.sent][-1] == 503
    assert "database is locked" in json.dumps(problems)
    other.execute("ROLLBACK")
    other.close()
    await world.pass_time(minutes=5)
    await world.until_ready()
    await world.settled()
    assert world.cards()


async def test_a_damaged_file_is_said_and_neither_read_nor_written(world: World) -> None:
    world.storage.condemn("countersign.db: the file is damaged: row 3 missing from index")
    world.github.open_pull("ana-ito", "feature", files={"web/a.ts": "x\n"}, title="Add a page")
    await world.github.quiet()
    problems = await world.problems()
    assert [delivery.answer for delivery in world.github.hooks.sent][-1] == 503
    assert any("the file is damaged" in problem for problem in problems)
    world.storage._damage = None


async def test_a_file_that_may_not_be_written_shows_within_a_tick_and_so_does_its_end(
    world: World,
) -> None:
    connection: sqlite3.Connection = world.storage._db.conn

    def read_only(how: str) -> None:
        world.storage._thread.submit(connection.execute, f"PRAGMA query_only={how}").result()

    await world.pass_time(minutes=5)  # what comes every five minutes has come
    read_only("ON")
    world.clock.move_to(world.clock.now() + timedelta(seconds=15))
    with pytest.raises(StorageFailed):
        await world.bot.schedule.tick()
    problems = await world.problems()
    assert any("attempt to write a readonly database" in problem for problem in problems)
    read_only("OFF")
    await world.pass_time(seconds=15)
    await world.until_ready()
