"""The door of storage: one piece of work is one transaction, on one thread, kept for good."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import storage.database
from routing.effects import ShowCard
from routing.events import MergeRequestTouched
from routing.model import PastChange, Ref
from routing.trail import Entry
from storage.cards import Shown
from storage.database import Rooms, Storage, StorageFailed
from storage.history import Author
from tests.bot.builders import a_review
from tests.builders import NOW, REF
from tests.storage.blank import open_blank

Work = Callable[[Rooms], object]


class Stumbled(Exception):
    """What a failing work raises."""


def put(rooms: Rooms, key: str) -> bool:
    return rooms.inbox.put(key, MergeRequestTouched(REF), NOW)


def pragma(storage: Storage, name: str) -> Any:
    db = storage._db
    return storage.run_blocking(lambda _: db.conn.execute(f"PRAGMA {name}").fetchone()[0])


def content(path: Path) -> list[str]:
    connection = sqlite3.connect(path)
    try:
        return list(connection.iterdump())
    finally:
        connection.close()


def fill(rooms: Rooms) -> None:
    """A row everywhere, so that every kind of change has something to change."""
    put(rooms, "first")
    rooms.outbox.put([ShowCard(REF)], NOW)
    rooms.reviews.save(a_review(), NOW)
    rooms.ledger.append(REF, [Entry("opened", {})], NOW)
    rooms.history.set_mark("shop", ".", "aaaa", NOW)


WRITES: dict[str, Work] = {
    "inbox.put": lambda rooms: put(rooms, "second"),
    "inbox.put_dead": lambda rooms: rooms.inbox.put_dead("second", "{", "no JSON", NOW),
    "inbox.done": lambda rooms: rooms.inbox.done(1),
    "inbox.retry": lambda rooms: rooms.inbox.retry(1, NOW, "down", NOW),
    "inbox.bury": lambda rooms: rooms.inbox.bury(1, "no use"),
    "outbox.put": lambda rooms: rooms.outbox.put([ShowCard(Ref("github", "a/b", 1))], NOW),
    "outbox.put, superseding": lambda rooms: rooms.outbox.put([ShowCard(REF)], NOW),
    "outbox.done": lambda rooms: rooms.outbox.done(1),
    "outbox.retry": lambda rooms: rooms.outbox.retry(1, NOW, "down", NOW),
    "outbox.bury": lambda rooms: rooms.outbox.bury(1, "no use"),
    "reviews.save": lambda rooms: rooms.reviews.save(a_review(title="another", asks=()), NOW),
    "cards.id_for": lambda rooms: rooms.cards.id_for(Shown(REF, "a", "main")),
    "pins.add": lambda rooms: rooms.pins.add({("github", "ana"): "7"}, NOW),
    "history.add": lambda rooms: rooms.history.add(
        "shop", [PastChange("a", NOW, ("ana",), (), (("x.py", 1, 0),))]
    ),
    "history.add_authors": lambda rooms: rooms.history.add_authors(
        "shop", [Author("Ana", "ana@example.com", NOW, NOW)]
    ),
    "history.set_mark": lambda rooms: rooms.history.set_mark("shop", ".", "bbbb", NOW),
    "history.forget": lambda rooms: rooms.history.forget("shop"),
    "ledger.append": lambda rooms: rooms.ledger.append(REF, [Entry("decision", {})], NOW),
}


@pytest.mark.parametrize("name", WRITES)
def test_what_a_failing_work_wrote_is_undone(storage: Storage, tmp_path: Path, name: str) -> None:
    storage.run_blocking(fill)
    before = content(tmp_path / "countersign.db")

    def stumble(rooms: Rooms) -> None:
        WRITES[name](rooms)
        raise Stumbled

    with pytest.raises(Stumbled):
        storage.run_blocking(stumble)
    assert content(tmp_path / "countersign.db") == before


@pytest.mark.parametrize("name", WRITES)
def test_what_a_work_wrote_is_there_for_others(storage: Storage, tmp_path: Path, name: str) -> None:
    storage.run_blocking(fill)
    before = content(tmp_path / "countersign.db")
    storage.run_blocking(WRITES[name])
    assert content(tmp_path / "countersign.db") != before


def test_nothing_is_seen_by_others_until_the_work_is_done(storage: Storage, tmp_path: Path) -> None:
    before = content(tmp_path / "countersign.db")

    def look_in_the_middle(rooms: Rooms) -> list[str]:
        fill(rooms)
        return content(tmp_path / "countersign.db")

    assert storage.run_blocking(look_in_the_middle) == before


async def test_the_error_of_the_work_comes_out(storage: Storage) -> None:
    def stumble(_: Rooms) -> None:
        raise Stumbled("over this")

    with pytest.raises(Stumbled, match="over this"):
        await storage.run(stumble)


async def test_an_error_of_sql_comes_out_as_a_failure_of_storage(storage: Storage) -> None:
    with pytest.raises(StorageFailed, match="no such table"):
        await storage.run(lambda rooms: rooms.inbox._db.conn.execute("SELECT * FROM elsewhere"))


async def test_after_a_failure_the_next_work_goes_through(storage: Storage) -> None:
    with pytest.raises(StorageFailed):
        await storage.run(lambda rooms: rooms.inbox._db.conn.execute("SELECT * FROM elsewhere"))
    assert await storage.run(lambda rooms: put(rooms, "first"))


async def test_work_is_done_in_the_order_it_was_asked_for(storage: Storage) -> None:
    def append(number: int) -> Work:
        return lambda rooms: rooms.ledger.append(REF, [Entry(str(number), {})], NOW)

    await asyncio.gather(*(storage.run(append(number)) for number in range(60)))
    entries = await storage.run(lambda rooms: list(rooms.ledger.entries()))
    assert [entry.kind for entry in entries] == [str(number) for number in range(60)]


async def test_the_event_loop_goes_on_while_the_database_works(storage: Storage) -> None:
    let_go = threading.Event()
    working = asyncio.create_task(storage.run(lambda _: let_go.wait(timeout=5)))
    asyncio.get_running_loop().call_soon(let_go.set)
    assert await working


@pytest.mark.parametrize(
    ("name", "value"), [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1)]
)
def test_nothing_that_was_committed_can_be_lost(storage: Storage, name: str, value: object) -> None:
    assert pragma(storage, name) == value


def test_what_was_kept_is_there_after_opening_again(tmp_path: Path) -> None:
    first = open_blank(tmp_path / "a.db")
    first.run_blocking(fill)
    first.close()
    again = Storage(tmp_path / "a.db")
    assert again.run_blocking(lambda rooms: rooms.reviews.get(REF)) == a_review()
    again.close()


def test_work_that_was_begun_is_finished_before_closing(tmp_path: Path) -> None:
    storage = open_blank(tmp_path / "a.db")
    begun, let_go = threading.Event(), threading.Event()

    def work(rooms: Rooms) -> None:
        begun.set()
        let_go.wait(timeout=5)
        fill(rooms)

    working = threading.Thread(target=storage.run_blocking, args=(work,))
    working.start()
    begun.wait(timeout=5)
    closing = threading.Thread(target=storage.close)
    closing.start()
    let_go.set()
    closing.join()
    working.join()
    again = Storage(tmp_path / "a.db")
    assert again.run_blocking(lambda rooms: rooms.reviews.get(REF)) is not None
    again.close()


def write_text(folder: Path) -> Path:
    path = folder / "notes.txt"
    path.write_text("Buy milk.\n" * 200, "utf-8")
    return path


def damage(folder: Path) -> Path:
    """A database whose first page was overwritten behind its header."""
    path = folder / "damaged.db"
    open_blank(path).close()
    whole = path.read_bytes()
    path.write_bytes(whole[:100] + b"\xff" * 3000 + whole[3100:])
    return path


@pytest.mark.parametrize(
    "place",
    [write_text, damage, lambda folder: folder, lambda folder: folder / "no" / "such" / "a.db"],
    ids=["a text", "a damaged database", "a folder", "a missing folder"],
)
def test_what_is_no_database_is_refused_by_its_name(
    tmp_path: Path, place: Callable[[Path], Path]
) -> None:
    path = place(tmp_path)
    with pytest.raises(StorageFailed) as failed:
        Storage(path)
    assert str(path) in str(failed.value)


def test_a_file_that_is_no_database_stays_as_it_is(tmp_path: Path) -> None:
    path = write_text(tmp_path)
    before = path.read_bytes()
    with pytest.raises(StorageFailed):
        Storage(path)
    assert path.read_bytes() == before


async def test_two_that_write_to_one_file_lose_nothing(storage: Storage, tmp_path: Path) -> None:
    other = Storage(tmp_path / "countersign.db")

    def append(number: int) -> Work:
        return lambda rooms: rooms.ledger.append(REF, [Entry(str(number), {})], NOW)

    await asyncio.gather(
        *((storage, other)[number % 2].run(append(number)) for number in range(60))
    )
    assert await other.run(lambda rooms: rooms.ledger.count()) == 60
    assert await storage.run(lambda rooms: list(rooms.ledger.faults())) == []
    other.close()


def held(path: Path) -> sqlite3.Connection:
    """Another process in the middle of writing."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.execute("BEGIN IMMEDIATE")
    return connection


async def test_work_waits_for_another_process_that_writes(storage: Storage, tmp_path: Path) -> None:
    other = held(tmp_path / "countersign.db")
    waiting = asyncio.create_task(storage.run(lambda rooms: put(rooms, "first")))
    asyncio.get_running_loop().call_soon(other.close)
    assert await waiting


async def test_a_lock_held_too_long_is_a_failure_and_the_work_never_began(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage.database, "WORKS_WAIT", 0.01)
    impatient = open_blank(tmp_path / "a.db")
    other = held(tmp_path / "a.db")
    begun: list[Rooms] = []
    with pytest.raises(StorageFailed, match="locked"):
        await impatient.run(begun.append)
    assert begun == []
    other.close()
    impatient.close()


async def test_once_somebody_waited_in_vain_for_a_lock_the_next_wait_less(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage.database, "WORKS_WAIT", 0.02)
    monkeypatch.setattr(storage.database, "WORKS_WAIT_ON", 0.01)
    impatient = open_blank(tmp_path / "a.db")

    def timeout() -> int:
        return int(impatient._db.conn.execute("PRAGMA busy_timeout").fetchone()[0])

    other, waited = held(tmp_path / "a.db"), []
    for _ in range(2):
        with pytest.raises(StorageFailed):
            await impatient.run(lambda rooms: put(rooms, "1"))
        waited.append(impatient._thread.submit(timeout).result())
    other.close()
    for _ in range(2):
        await impatient.run(lambda rooms: put(rooms, "2"))
        waited.append(impatient._thread.submit(timeout).result())
    assert waited == [20, 10, 10, 20]
    impatient.close()


async def test_a_full_disk_is_a_failure_and_keeps_nothing(storage: Storage, tmp_path: Path) -> None:
    pages = pragma(storage, "page_count")
    pragma(storage, f"max_page_count={pages}")
    before = content(tmp_path / "countersign.db")

    def too_much(rooms: Rooms) -> None:
        for number in range(1000):
            rooms.inbox.put_dead(str(number), "x" * 1000, "no use", NOW)

    with pytest.raises(StorageFailed, match="full"):
        await storage.run(too_much)
    assert content(tmp_path / "countersign.db") == before
    assert await storage.run(lambda rooms: rooms.inbox.dead()) == 0


@pytest.mark.parametrize("_turn", range(3))
def test_two_that_open_a_new_database_at_once_both_get_it(tmp_path: Path, _turn: int) -> None:
    together = threading.Barrier(2)

    def open_and_close() -> bool:
        together.wait()
        Storage(tmp_path / "new.db").close()
        return True

    with ThreadPoolExecutor(2) as pool:
        openings = [pool.submit(open_and_close) for _ in range(2)]
    assert [opening.result() for opening in openings] == [True, True]


def test_the_shape_of_the_database_is_made_once(tmp_path: Path) -> None:
    Storage(tmp_path / "a.db").close()
    before = content(tmp_path / "a.db")
    Storage(tmp_path / "a.db").close()
    assert content(tmp_path / "a.db") == before
