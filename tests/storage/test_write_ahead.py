"""A log that the disk has lost part of is told from one that ends in a torn transaction."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from storage.database import Storage
from storage.write_ahead import FRAME, HEADER, commits_in, passed_over
from tests.builders import NOW
from tests.storage.blank import open_blank

WORKS = 8
A_FRAME = FRAME + 4096


def write(storage: Storage, key: str) -> None:
    """One transaction."""
    storage.run_blocking(lambda rooms: rooms.inbox.put_dead(key, "x", "no use", NOW))


@pytest.fixture
def killed(tmp_path: Path) -> Path:
    """What lies there when a bot was killed: a file, and a log with `WORKS` transactions."""
    storage = open_blank(tmp_path / "living.db")
    for number in range(WORKS):
        write(storage, str(number))
    path = tmp_path / "killed.db"
    shutil.copy(tmp_path / "living.db", path)
    shutil.copy(tmp_path / "living.db-wal", log_of(path))
    storage.close()
    return path


def log_of(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")


def opened(path: Path) -> tuple[int, int]:
    """How many transactions are said to be lost, and how many letters are there."""
    commits = commits_in(path)
    storage = Storage(path)
    letters = storage.run_blocking(lambda rooms: rooms.inbox.dead())
    lost = passed_over(commits, storage.taken_in())
    storage.close()
    return lost, letters


def test_a_whole_log_is_taken_in(killed: Path) -> None:
    assert len(commits_in(killed)) == WORKS
    assert opened(killed) == (0, WORKS)


def test_a_log_that_ends_in_a_torn_transaction_has_lost_nothing(killed: Path) -> None:
    whole = log_of(killed).read_bytes()
    torn = bytearray(whole)
    torn[-100] ^= 1
    log_of(killed).write_bytes(torn)
    assert opened(killed) == (0, WORKS - 1)


def test_a_log_that_is_cut_has_lost_nothing_that_anybody_could_see(killed: Path) -> None:
    whole = log_of(killed).read_bytes()
    log_of(killed).write_bytes(whole[: len(whole) - 2 * A_FRAME])
    lost, letters = opened(killed)
    assert lost == 0
    assert letters < WORKS


def test_one_bit_in_the_middle_of_a_log_loses_what_lies_behind_and_that_is_told(
    killed: Path,
) -> None:
    commits = commits_in(killed)
    damaged = bytearray(log_of(killed).read_bytes())
    damaged[HEADER + commits[3] * A_FRAME + FRAME + 10] ^= 1  # in the fifth transaction
    log_of(killed).write_bytes(damaged)
    assert opened(killed) == (WORKS - 4, 4)


def test_frames_of_an_earlier_round_are_none(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    storage = open_blank(path)
    for number in range(WORKS):
        write(storage, str(number))
    storage.taken_in()
    write(storage, "last")
    assert len(commits_in(path)) == 1
    storage.close()


@pytest.mark.parametrize(
    "log", [None, b"", b"no log of SQLite's at all, but long enough to be one"]
)
def test_where_there_is_no_log_there_is_nothing_to_lose(tmp_path: Path, log: bytes | None) -> None:
    if log is not None:
        log_of(tmp_path / "a.db").write_bytes(log)
    assert list(commits_in(tmp_path / "a.db")) == []
