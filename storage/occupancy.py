"""Who has the database open: any number of bots, or one restore, never both."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from storage.commits import StorageFailed


@contextmanager
def in_use(database: Path, *, alone: bool = False) -> Iterator[None]:
    """Hold the database's place; the system lets go of it even after a SIGKILL.

    Raises:
        StorageFailed: it is to be held alone and somebody has it, or the other way round.
    """
    kind = fcntl.LOCK_EX if alone else fcntl.LOCK_SH
    with database.with_name(f"{database.name}.lock").open("ab") as file:
        try:
            fcntl.flock(file, kind | fcntl.LOCK_NB)
        except OSError as exc:
            other = "a bot is running on it" if alone else "it is being restored"
            raise StorageFailed(f"{database}: {other}") from exc
        yield
