"""SIGKILL in the middle of `backup` and `restore`, while somebody goes on writing.

Under a backup's name lies the earlier one or the new one, under the database's name the old one or
the one put back: whole, its chain unbroken. Whoever tries again succeeds, and the old database is
kept with all it had, its last entries still in a log, as a bot leaves them that was killed.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from routing.trail import Entry
from storage.copies import back_up, damage, put_back
from storage.database import Storage, StorageFailed, reading
from tests.builders import HEAD, NOW, REF
from torture.killing import killed
from torture.tally import Tally

EARLIER, LATER, LAST = 4_000, 6_000, 6_500
"""Entries of the ledger: a few megabytes. The last ones are in the log."""
STEP = 5
LONGER = 1.3
"""A kill comes after at most so many times as long as the whole takes."""


def kill_copies(kills: int, seed: int) -> Tally:
    """So many SIGKILLs, by turns in a backup and in a restore."""
    tally, chance = Tally(), random.Random(seed)  # noqa: S311 - seeded
    with TemporaryDirectory() as name:
        folder = Path(name)
        live, backup, target = (folder / f"{what}.db" for what in ("live", "backup", "target"))
        _grow(live, EARLIER)
        back_up(live, backup)
        earlier = folder / "earlier.db"
        shutil.copy(backup, earlier)
        _grow(live, LATER - EARLIER)
        old = _left_by_a_killed_bot(live, folder / "old.db")
        with _somebody_writing(live):
            for _ in range(kills // 2):
                had = _entries(backup, tally)
                tally.tried["kills of backup"] += _killed_in(
                    lambda: back_up(live, backup), chance, tally, "backup"
                )
                if _entries(backup, tally) < had:
                    tally.faults.append("a killed backup left an older one than there was")
            back_up(live, backup)
        for _ in range(kills - kills // 2):
            _lay_down(old, target)
            tally.tried["kills of restore"] += _killed_in(
                lambda: put_back(earlier, target), chance, tally, "restore"
            )
            if _entries(target, tally) not in {EARLIER, LAST}:
                tally.faults.append("a killed restore left neither the old nor the new one")
            put_back(earlier, target)
            if _entries(target, tally) != EARLIER:
                tally.faults.append("a second restore did not put the backup back")
            if LAST not in {_entries(kept, tally) for kept in folder.glob("*.before-restore*")}:
                tally.faults.append("the old database was not kept")
    return tally


def _grow(path: Path, entries: int) -> None:
    storage = Storage(path)
    made = [Entry(f"kind-{number}", {"head": HEAD}) for number in range(entries)]
    storage.run_blocking(lambda rooms: rooms.ledger.append(REF, made, NOW))
    storage.close()


def _left_by_a_killed_bot(live: Path, old: Path) -> Mapping[str, bytes]:
    """The files of a database whose last entries are in its log, by the ends of their names."""
    back_up(live, old)
    child = os.fork()
    if not child:
        storage = Storage(old)
        made = [Entry("last", {}) for _ in range(LAST - LATER)]
        storage.run_blocking(lambda rooms: rooms.ledger.append(REF, made, NOW))
        os.kill(os.getpid(), signal.SIGKILL)
    killed(child)
    files = {end: old.with_name(old.name + end).read_bytes() for end in ("", "-wal")}
    if not files["-wal"]:
        raise AssertionError
    return files


def _lay_down(files: Mapping[str, bytes], target: Path) -> None:
    for earlier in target.parent.glob(f"{target.name}*"):
        earlier.unlink()
    for end, whole in files.items():
        target.with_name(target.name + end).write_bytes(whole)


@contextmanager
def _somebody_writing(path: Path) -> Iterator[None]:
    """A process that adds to the ledger until the end."""
    child = os.fork()
    if not child:
        storage = Storage(path)
        made = [Entry("more", {}) for _ in range(STEP)]
        while True:
            storage.run_blocking(lambda rooms: rooms.ledger.append(REF, made, NOW))
    try:
        yield
    finally:
        os.kill(child, signal.SIGKILL)
        killed(child)


def _killed_in(work: Callable[[], object], chance: random.Random, tally: Tally, what: str) -> bool:
    """Begin it in a process of its own and kill that; whether it was still at it."""
    longest = tally.measured.get(f"s for a {what}")
    if longest is None:
        began = time.monotonic()
        work()
        longest = time.monotonic() - began
        tally.measure(f"s for a {what}", longest)
    child = os.fork()
    if not child:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    time.sleep(chance.random() * longest * LONGER)
    os.kill(child, signal.SIGKILL)
    return killed(child)


def _entries(path: Path, tally: Tally) -> int:
    """How many entries its ledger has; whatever is not whole is a fault."""
    found = damage(path)
    if found is not None:
        tally.faults.append(found)
        return 0
    try:
        with reading(path) as rooms:
            tally.faults += rooms.ledger.faults()
            return rooms.ledger.count()
    except StorageFailed as exc:
        tally.faults.append(str(exc))
        return 0
