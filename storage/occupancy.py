"""Who has the database: one process works on it, others stand by. The system itself sees to it.

A lock on a file beside the database is the lease: it is held as long as the process lives, and
gone with it, even after a SIGKILL. SQLite lives on one machine, and so does the lock.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from storage.commits import StorageFailed


class Lease:
    """The right to work on a database; use as `with Lease(path) as lease`, then `take` it."""

    def __init__(self, database: Path) -> None:
        self._file = database.with_name(f"{database.name}.lock").open("ab")

    def take(self) -> bool:
        """Take it; False when another process has it."""
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()


@contextmanager
def held(database: Path) -> Iterator[None]:
    """Hold the database alone.

    Raises:
        StorageFailed: somebody has it.
    """
    with Lease(database) as lease:
        if not lease.take():
            raise StorageFailed(f"{database}: a bot is running on it")
        yield
