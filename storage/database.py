"""One connection on one thread; every piece of work is whole or was never done."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from sqlite_utils import Database

from storage.asks import Asks
from storage.cards import Cards
from storage.cases import Cases
from storage.commits import Job, StorageFailed, commit
from storage.depths import Gauge
from storage.digests import Digests
from storage.directs import Directs
from storage.erasing import Erasing
from storage.forgotten import Forgotten
from storage.history import History
from storage.inbox import Inbox
from storage.keys import Keys
from storage.later_migrations import migrations
from storage.ledger import Ledger
from storage.ledger_search import LedgerSearch
from storage.looks import Looks
from storage.merged import MergedRequests
from storage.outbox import Outbox
from storage.people import Links, Pins
from storage.preferences import Preferences
from storage.pulse import Pulse
from storage.retention import Retention
from storage.reviews import Reviews
from storage.unreadable import Unreadables
from storage.uploads import Uploads

__all__ = ["Rooms", "Storage", "StorageFailed", "reading"]

T = TypeVar("T")

BUSY_PAUSE = 0.02
BUSY_SECONDS = 10.0
"""How long whoever opens the file waits for another process that does."""
WORKS_WAIT, WORKS_WAIT_ON = 5.0, 1.0
"""Seconds that works wait for another process that writes, and those that come when others have
waited in vain: forges hang up after ten seconds, and would not hear that it was not kept."""
TOGETHER = 256
"""Works that are committed together at most."""


@dataclass(frozen=True, slots=True)
class Rooms:
    """The rooms of storage within one transaction."""

    inbox: Inbox
    outbox: Outbox
    reviews: Reviews
    unreadable: Unreadables
    erasing: Erasing
    forgotten: Forgotten
    cards: Cards
    pins: Pins
    links: Links
    history: History
    ledger: Ledger
    preferences: Preferences
    asks: Asks
    retention: Retention
    keys: Keys
    gauge: Gauge
    ledger_search: LedgerSearch
    cases: Cases
    merged: MergedRequests
    digests: Digests
    directs: Directs
    uploads: Uploads
    looks: Looks
    pulse: Pulse


class Storage:
    """The database behind one door: `run` takes work that speaks with its rooms.

    The connection lives on a thread of its own, so the event loop never waits for the disk.
    SQLite is set to lose nothing that was committed (WAL, synchronous=FULL). What waits together
    is committed together, so that many small works share one wait for the disk.
    """

    def __init__(self, path: Path | str) -> None:
        self._path = Path(path)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="storage")
        self._db: Database = self._thread.submit(self._open, str(path)).result()
        self._waiting = deque[Job]()
        self._going_on = False
        self._lock = threading.Lock()
        self._damage: str | None = None
        self._failure: str | None = None

    @property
    def path(self) -> Path:
        """Where the file is."""
        return self._path

    @property
    def failure(self) -> str | None:
        """Why works fail, from the first that did until one has written something again."""
        return self._damage or self._failure

    @staticmethod
    def _open(path: str) -> Database:
        try:
            connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
            _write_ahead(connection)
            connection.execute("PRAGMA synchronous=FULL")
            connection.execute("PRAGMA foreign_keys=ON")
            db = Database(connection)
            # One opener at a time: the next one finds the migrations done.
            connection.execute("BEGIN IMMEDIATE")
            migrations.apply(db)
            connection.execute("COMMIT")
        except sqlite3.Error as exc:
            raise StorageFailed(f"{path}: cannot be used as the database: {exc}") from exc
        return db

    async def run(self, work: Callable[[Rooms], T]) -> T:
        """Do the work inside one transaction, on the storage thread; return once it is kept.

        Whatever the work raises undoes all of it and comes out here.

        Raises:
            StorageFailed: SQLite refused (disk full, locked for too long, damaged file).
        """
        return await asyncio.wrap_future(self._submit(work))

    async def read(self, work: Callable[[Rooms], T]) -> T:
        """Look at things as they are at one moment, for however long, in nobody's way.

        Raises:
            StorageFailed: the file cannot be read.
        """

        def look() -> T:
            with reading(self._path) as rooms:
                return work(rooms)

        return await asyncio.to_thread(look)

    def run_blocking(self, work: Callable[[Rooms], T]) -> T:
        """The same for commands that have no event loop."""
        return self._submit(work).result()

    def _submit(self, work: Callable[[Rooms], T]) -> Future[T]:
        future = Future[T]()
        with self._lock:
            self._waiting.append(Job(work, future))
            # The thread is told once, not for each: under load nothing would ever take back
            # what it was told too often, and that is memory.
            if not self._going_on:
                self._thread.submit(self._commit_waiting)
                self._going_on = True
        return future

    def _commit_waiting(self) -> None:
        try:
            self._commit_group()
        finally:
            with self._lock:
                self._going_on = bool(self._waiting)
                if self._going_on:
                    self._thread.submit(self._commit_waiting)

    def _commit_group(self) -> None:
        with self._lock:
            group = [self._waiting.popleft() for _ in range(min(TOGETHER, len(self._waiting)))]
        if self._damage is not None:
            for job in group:
                if job.future.set_running_or_notify_cancel():
                    job.future.set_exception(StorageFailed(self._damage))
        elif group:
            before = self._db.conn.total_changes
            patience = WORKS_WAIT if self._failure is None else WORKS_WAIT_ON
            self._db.conn.execute(f"PRAGMA busy_timeout={patience * 1000:.0f}")

            def judge(failed: StorageFailed | None) -> None:
                """To read from a full disk proves nothing."""
                if failed is not None or self._db.conn.total_changes > before:
                    self._failure = str(failed) if failed is not None else None

            commit(self._db, _rooms(self._db), group, judge)

    def taken_in(self) -> int:
        """Up to which frame the write-ahead log was taken in; all of it is in the file now."""
        pragma = "PRAGMA wal_checkpoint(PASSIVE)"
        row = self._thread.submit(lambda: self._db.conn.execute(pragma).fetchone()).result()
        return int(row[1])

    def condemn(self, damage: str) -> None:
        """The file is damaged: nothing is read from it or written to it any more."""
        self._damage = damage

    def forget_freed_pages(self) -> None:
        """Have what was ever deleted or overwritten leave the file, and its write-ahead log.

        The file is written anew, which needs its size once more on the disk; others who write
        wait meanwhile.

        Raises:
            StorageFailed: it could not be done; what was deleted may still be read in the file.
        """
        self._thread.submit(_written_anew, self._db.conn).result()

    def close(self) -> None:
        """Finish what was begun, then let go of the file."""
        self._thread.submit(self._finish).result()
        self._thread.shutdown()

    def _finish(self) -> None:
        while self._waiting:
            self._commit_group()
        self._db.conn.close()


@contextmanager
def reading(path: Path) -> Iterator[Rooms]:
    """The rooms as they are at one moment, to look at only; whoever writes goes on meanwhile.

    Raises:
        StorageFailed: there is no database of ours at `path`, or it is damaged.
    """
    try:
        address = f"{path.absolute().as_uri()}?mode=ro"
        with closing(sqlite3.connect(address, uri=True, isolation_level=None)) as connection:
            connection.execute("BEGIN")
            yield _rooms(Database(connection))
    except sqlite3.Error as exc:
        raise StorageFailed(f"{path}: {exc}") from exc


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Switch to WAL. SQLite does not wait here for another opener by itself."""
    until = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(BUSY_PAUSE)
        else:
            return


def _written_anew(connection: sqlite3.Connection) -> None:
    until = time.monotonic() + BUSY_SECONDS
    try:
        connection.execute("VACUUM")
        # The log is emptied once nobody reads from it any more.
        while connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
            if time.monotonic() > until:
                raise StorageFailed("somebody reads the database all the time: its log stays")
            time.sleep(BUSY_PAUSE)
    except sqlite3.Error as exc:
        raise StorageFailed(f"the database could not be written anew: {exc}") from exc


def _rooms(db: Database) -> Rooms:
    return Rooms(
        inbox=Inbox(db),
        outbox=Outbox(db),
        reviews=Reviews(db),
        unreadable=Unreadables(db),
        erasing=Erasing(db),
        forgotten=Forgotten(db),
        cards=Cards(db),
        pins=Pins(db),
        links=Links(db),
        history=History(db),
        ledger=Ledger(db),
        preferences=Preferences(db),
        retention=Retention(db),
        keys=Keys(db),
        gauge=Gauge(db),
        asks=Asks(db),
        ledger_search=LedgerSearch(db),
        cases=Cases(db),
        merged=MergedRequests(db),
        digests=Digests(db),
        directs=Directs(db),
        uploads=Uploads(db),
        looks=Looks(db),
        pulse=Pulse(db),
    )
