"""What is found by looking at the database: said by the running bot and by the doctor alike."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from bot.forges.guarantees import Finding, Standing
from storage.database import Rooms, StorageFailed, reading
from storage.unreadable import CURE

DATABASE = "database"
LEAST_FREE = 50 * 1024 * 1024
"""Bytes on the database's disk. SQLite needs some at once when its log grows."""


def of_kept(rooms: Rooms) -> Iterator[Finding]:
    """Reviews that nobody can read."""
    for ref, since in rooms.unreadable.all():
        said = f"{ref} cannot be read since {since:%Y-%m-%d}; its gate is shut"
        yield Finding(DATABASE, Standing.OPEN, said, CURE)


def of_disk(database: Path) -> Iterator[Finding]:
    """Whether there is room beside the database."""
    free = shutil.disk_usage(database.absolute().parent).free
    if free < LEAST_FREE:
        said = f"its disk has only {free // 1024**2} MB left"
        yield Finding(DATABASE, Standing.OPEN, said, "make room: without, nothing is taken in")


def of_file(database: Path) -> Iterator[Finding]:
    """Both, of a database that somebody else may be working on; nothing where there is none."""
    if not database.exists():
        return
    yield from of_disk(database)
    try:
        with reading(database) as rooms:
            yield from of_kept(rooms)
    except StorageFailed as exc:
        yield Finding(DATABASE, Standing.OPEN, str(exc), "countersign restore PATH")
