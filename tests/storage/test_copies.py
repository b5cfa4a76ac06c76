"""Backup and restore: whole or not at all, whatever happens in between."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from routing.trail import Entry
from storage.copies import back_up, damage, put_back
from storage.database import Storage, StorageFailed, reading
from storage.occupancy import Lease, held
from tests.builders import NOW, REF
from tests.storage.blank import open_blank

PAGE = 4096
BOUNDARIES = ("after the copy", "after setting the old one aside", "after the new one is in place")

KILLED = """
import os, signal, sys
from pathlib import Path
from storage import copies

boundary, backup, target = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])

def die_after(function):
    def called(*arguments):
        function(*arguments)
        os.kill(os.getpid(), signal.SIGKILL)
    return called

name = {"after the copy": "_copy", "after setting the old one aside": "_set_aside",
        "after the new one is in place": "_settle"}[boundary]
setattr(copies, name, die_after(getattr(copies, name)))
copies.put_back(backup, target)
"""


def a_database(path: Path, entries: int) -> Path:
    storage = open_blank(path)
    grow(storage, entries)
    storage.close()
    return path


def grow(storage: Storage, entries: int) -> None:
    made = [Entry(f"kind-{number}", {}) for number in range(entries)]
    storage.run_blocking(lambda rooms: rooms.ledger.append(REF, made, NOW))


def count(path: Path) -> int:
    with reading(path) as rooms:
        assert list(rooms.ledger.faults()) == []
        return rooms.ledger.count()


def wound(path: Path) -> Path:
    """Overwrite the second half of the file."""
    whole = path.read_bytes()
    half = len(whole) // 2
    path.write_bytes(whole[:half] + b"\xff" * half)
    return path


def test_a_backup_holds_what_was_kept_and_the_bot_goes_on(tmp_path: Path) -> None:
    storage = open_blank(tmp_path / "a.db")
    grow(storage, 3)
    back_up(tmp_path / "a.db", tmp_path / "b.db")
    grow(storage, 2)
    assert (count(tmp_path / "b.db"), count(tmp_path / "a.db")) == (3, 5)
    storage.close()


def test_a_backup_made_while_others_write_is_whole(tmp_path: Path) -> None:
    storage = open_blank(tmp_path / "a.db")
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            grow(storage, 5)

    writing = threading.Thread(target=write)
    writing.start()
    try:
        sizes = []
        for number in range(5):
            back_up(tmp_path / "a.db", tmp_path / f"{number}.db")
            sizes.append(count(tmp_path / f"{number}.db"))
    finally:
        stop.set()
        writing.join()
        storage.close()
    assert sizes == sorted(sizes)
    assert all(size % 5 == 0 for size in sizes)


def test_a_backup_that_fails_leaves_the_earlier_one(tmp_path: Path) -> None:
    a_database(tmp_path / "b.db", 3)
    wound(a_database(tmp_path / "a.db", 500))
    with pytest.raises(StorageFailed):
        back_up(tmp_path / "a.db", tmp_path / "b.db")
    assert count(tmp_path / "b.db") == 3
    assert not (tmp_path / "b.db.part").exists()


def test_a_restored_database_is_the_backup_and_the_old_one_is_kept(tmp_path: Path) -> None:
    backup, target = a_database(tmp_path / "b.db", 3), a_database(tmp_path / "a.db", 5)
    kept = put_back(backup, target)
    assert kept is not None
    assert (count(target), count(kept), count(backup)) == (3, 5, 3)


def test_what_an_earlier_restore_has_kept_stays(tmp_path: Path) -> None:
    backup, target = a_database(tmp_path / "b.db", 3), a_database(tmp_path / "a.db", 5)
    first, second, third = (put_back(backup, target) for _ in range(3))
    assert first is not None
    assert second is not None
    assert third is not None
    assert (second.name, third.name) == ("a.db.before-restore-2", "a.db.before-restore-3")
    assert [count(one) for one in (first, second, third, target)] == [5, 3, 3, 3]


@contextmanager
def a_log_beside(target: Path, entries: int) -> Iterator[None]:
    """A reader that hangs keeps what is written from leaving the log."""
    pinned = sqlite3.connect(target)
    pinned.execute("BEGIN")
    pinned.execute("SELECT count(*) FROM ledger").fetchone()
    storage = Storage(target)
    grow(storage, entries)
    storage.close()
    assert target.with_name(f"{target.name}-wal").stat().st_size
    yield
    pinned.close()


def test_what_stood_in_the_old_log_does_not_come_back(tmp_path: Path) -> None:
    backup, target = a_database(tmp_path / "b.db", 3), a_database(tmp_path / "a.db", 1)
    with a_log_beside(target, 7):
        put_back(backup, target)
    assert count(target) == 3


@pytest.mark.parametrize("linked", [False, True], ids=["", "a restore was killed before"])
def test_what_stood_in_the_old_log_is_kept_with_the_old_database(
    tmp_path: Path, linked: bool
) -> None:
    backup, target = a_database(tmp_path / "b.db", 3), a_database(tmp_path / "a.db", 1)
    if linked:
        os.link(target, tmp_path / "a.db.before-restore")
    with a_log_beside(target, 7):
        kept = put_back(backup, target)
    assert kept == tmp_path / "a.db.before-restore"
    assert count(kept) == 8


def test_a_damaged_backup_is_refused_and_the_database_stays(tmp_path: Path) -> None:
    target = a_database(tmp_path / "a.db", 5)
    with pytest.raises(StorageFailed, match=r"b\.db"):
        put_back(wound(a_database(tmp_path / "b.db", 500)), target)
    assert count(target) == 5


def test_a_damaged_database_is_replaced(tmp_path: Path) -> None:
    backup = a_database(tmp_path / "b.db", 3)
    target = wound(a_database(tmp_path / "a.db", 500))
    put_back(backup, target)
    assert count(target) == 3


@pytest.mark.parametrize("boundary", BOUNDARIES)
def test_killed_in_between_a_restore_leaves_the_old_database_or_the_new_one(
    tmp_path: Path, boundary: str
) -> None:
    backup, target = a_database(tmp_path / "b.db", 3), a_database(tmp_path / "a.db", 5)
    killed = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-c", KILLED, boundary, backup, target],
        check=False,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert killed.returncode == -signal.SIGKILL
    assert count(target) == (3 if boundary == BOUNDARIES[-1] else 5)
    put_back(backup, target)
    assert count(target) == 3
    assert count(tmp_path / "a.db.before-restore") == 5


def test_a_whole_file_has_no_damage(tmp_path: Path) -> None:
    assert damage(a_database(tmp_path / "a.db", 5)) is None


def test_a_damaged_file_is_named_with_what_is_wrong(tmp_path: Path) -> None:
    found = damage(wound(a_database(tmp_path / "a.db", 500)))
    assert found is not None
    assert found.startswith(f"{tmp_path / 'a.db'}: ")


def test_a_damaged_schema_that_is_no_text_is_named_as_well(tmp_path: Path) -> None:
    path = a_database(tmp_path / "a.db", 5)
    path.write_bytes(path.read_bytes().replace(b" TEXT", b" :\xb7\xc7T"))
    found = damage(path)
    assert found is not None
    assert str(path) in found


def test_an_index_that_says_otherwise_than_its_table_is_damage(tmp_path: Path) -> None:
    path = a_database(tmp_path / "a.db", 5)
    with sqlite3.connect(path) as db:
        (index,) = db.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'idx_inbox_key'"
        ).fetchone()
        db.execute(
            "INSERT INTO inbox (key, subject, body, received_at, state, attempts, not_before,"
            " problem) VALUES ('delivery 1', 's', '', '', 'done', 0, '', '')"
        )
    db.close()
    whole, at = path.read_bytes(), (index - 1) * PAGE
    edited = whole[at : at + PAGE].replace(b"delivery 1", b"delivery 2")
    path.write_bytes(whole[:at] + edited + whole[at + PAGE :])
    found = damage(path)
    assert found is not None
    assert "missing from index" in found


def test_while_a_bot_runs_nobody_else_has_the_database(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with held(path), pytest.raises(StorageFailed, match="a bot is running"), held(path):
        pass
    with held(path):
        pass


def test_whoever_stands_by_can_go_on_when_the_first_has_died(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    holding = (
        "import sys, signal; from pathlib import Path; from storage.occupancy import Lease, held\n"
    )
    holding += "with held(Path(sys.argv[1])): print('held', flush=True); signal.pause()"
    first = subprocess.Popen(  # noqa: S603 - our own words
        [sys.executable, "-c", holding, path],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    assert first.stdout is not None
    first.stdout.readline()
    with Lease(path) as lease:
        assert not lease.take()
        first.kill()
        first.communicate()
        assert lease.take()
