"""Group commit: works that wait together are kept together, and each answers for itself."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from routing.events import MergeRequestTouched
from storage.database import Rooms, Storage, StorageFailed
from tests.builders import NOW, REF


def put(key: str) -> Callable[[Rooms], bool]:
    return lambda rooms: rooms.inbox.put(key, MergeRequestTouched(REF), NOW)


def stumble(rooms: Rooms) -> None:
    put("half-way")(rooms)
    raise ValueError("over this")


async def keep_busy(storage: Storage, let_go: threading.Event) -> asyncio.Task[bool]:
    """A work that is under way until it is let go."""
    begun = threading.Event()

    def work(_: Rooms) -> bool:
        begun.set()
        return let_go.wait(timeout=5)

    busy = asyncio.create_task(storage.run(work))
    await asyncio.to_thread(begun.wait)
    return busy


async def together(storage: Storage, *works: Callable[[Rooms], object]) -> list[object]:
    """What works come to that all wait while the disk is busy."""
    let_go = threading.Event()
    busy = await keep_busy(storage, let_go)
    waiting = [asyncio.create_task(storage.run(work)) for work in works]
    await asyncio.sleep(0)
    let_go.set()
    await busy
    return list(await asyncio.gather(*waiting, return_exceptions=True))


async def commits(storage: Storage, works: int) -> int:
    """How often the file was committed to for so many works at once."""
    seen: list[str] = []
    connection: sqlite3.Connection = storage._db.conn
    await storage.run(lambda _: connection.set_trace_callback(seen.append))
    await together(storage, *(put(str(number)) for number in range(works)))
    await storage.run(lambda _: connection.set_trace_callback(None))
    return seen.count("COMMIT")


async def test_works_that_wait_together_share_one_commit(storage: Storage) -> None:
    assert await commits(storage, 50) < 10
    assert await storage.run(lambda rooms: rooms.inbox.waiting()) == 50


async def test_however_much_waits_the_thread_is_told_once(storage: Storage) -> None:
    """What it was told too often would stay in memory for as long as the load lasts."""
    let_go = threading.Event()
    busy = await keep_busy(storage, let_go)
    waiting = [asyncio.create_task(storage.run(put(str(number)))) for number in range(50)]
    await asyncio.sleep(0)
    told = storage._thread._work_queue.qsize()
    let_go.set()
    assert await asyncio.gather(busy, *waiting) == [True] * 51
    assert told <= 1


async def test_what_waits_when_the_file_is_let_go_of_is_kept_before(tmp_path: Path) -> None:
    storage, let_go = Storage(tmp_path / "closing.db"), threading.Event()
    busy = await keep_busy(storage, let_go)
    waiting = [asyncio.create_task(storage.run(put(str(number)))) for number in range(300)]
    await asyncio.sleep(0)
    closing = asyncio.create_task(asyncio.to_thread(storage.close))
    let_go.set()
    await asyncio.gather(busy, closing)
    assert await asyncio.gather(*waiting) == [True] * 300


async def test_whoever_gave_up_waiting_keeps_nobody_from_hearing_of_the_damage(
    storage: Storage,
) -> None:
    let_go = threading.Event()
    busy = await keep_busy(storage, let_go)
    gone = asyncio.create_task(storage.run(put("gone")))
    patient = asyncio.create_task(storage.run(put("patient")))
    await asyncio.sleep(0)
    gone.cancel()
    storage.condemn("page 3 is damaged")
    let_go.set()
    await busy
    with pytest.raises(StorageFailed, match="page 3"):
        await asyncio.wait_for(patient, 5)


async def test_a_work_that_fails_takes_back_its_own_doing_and_no_others(storage: Storage) -> None:
    first, failed, last = await together(storage, put("first"), stumble, put("last"))
    assert (first, last) == (True, True)
    assert isinstance(failed, ValueError)
    assert await storage.run(lambda rooms: rooms.inbox.waiting()) == 2


async def test_when_the_commit_fails_all_are_told(storage: Storage) -> None:
    connection: sqlite3.Connection = storage._db.conn

    def undo_everything(_: Rooms) -> None:
        connection.execute("ROLLBACK")
        raise sqlite3.OperationalError("disk I/O error")

    told = await together(storage, put("first"), undo_everything, put("last"))
    assert [isinstance(one, StorageFailed) for one in told] == [True, True, True]
    assert await storage.run(lambda rooms: rooms.inbox.waiting()) == 0


async def test_what_nobody_waits_for_any_more_is_not_begun(storage: Storage) -> None:
    let_go = threading.Event()
    busy = await keep_busy(storage, let_go)
    waiting = asyncio.create_task(storage.run(put("first")))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.sleep(0)
    let_go.set()
    await busy
    assert await storage.run(lambda rooms: rooms.inbox.waiting()) == 0


async def test_a_condemned_file_is_neither_read_nor_written(
    storage: Storage, tmp_path: Path
) -> None:
    storage.condemn("countersign.db: page 3 is damaged")
    before = (tmp_path / "countersign.db").stat().st_mtime_ns
    with pytest.raises(StorageFailed, match="page 3 is damaged"):
        await storage.run(put("first"))
    assert (tmp_path / "countersign.db").stat().st_mtime_ns == before
