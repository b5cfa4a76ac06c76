"""Who has the database: one process works on it, others stand by. The system itself sees to it.

A lock on a file beside the database is the lease: it is held as long as the process lives, and
gone with it, even after a SIGKILL. SQLite lives on one machine, and so does the lock.
"""

from __future__ import annotations

import fcntl
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from storage.commits import StorageFailed

PAUSE = 0.2


@contextmanager
def held_if_free(database: Path) -> Iterator[bool]:
    """Hold the database alone where nobody works on it; whether that is so."""
    with ExitStack() as stack:
        try:
            stack.enter_context(held(database))
        except StorageFailed:
            yield False
        else:
            yield True


@contextmanager
def held(database: Path, standing_by: Callable[[], None] | None = None) -> Iterator[None]:
    """Hold the database alone.

    With `standing_by` (called once) wait for whoever has it.

    Raises:
        StorageFailed: somebody has it, and nobody wants to wait.
    """
    with database.with_name(f"{database.name}.lock").open("ab") as file:
        told = False
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError as exc:
                if standing_by is None:
                    raise StorageFailed(f"{database}: a bot is running on it") from exc
            if not told:
                standing_by()
                told = True
            time.sleep(PAUSE)
        yield
