"""Copies of the database: made while others write, looked through for damage, put back whole."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from itertools import count
from pathlib import Path

from storage.commits import StorageFailed

DAMAGES_NAMED = 5


def damage(path: Path) -> str | None:
    """What SQLite finds wrong with the file, in a sentence; None when it is whole.

    Reads all of it, and holds every index against its table: two seconds for half a gigabyte.
    """
    try:
        with closing(_looked_at(path)) as connection:
            # What it says may quote a damaged schema, which is no text any more.
            connection.text_factory = lambda said: said.decode("utf-8", "replace")
            rows = connection.execute(f"PRAGMA integrity_check({DAMAGES_NAMED})").fetchall()
    except sqlite3.Error as exc:
        return f"{path}: {exc}"
    except UnicodeDecodeError:  # out of the message of an error
        return f"{path}: the file is damaged: its schema is no text"
    found = [str(row[0]) for row in rows if row[0] != "ok"]
    return f"{path}: the file is damaged: {'; '.join(found)}" if found else None


def back_up(source: Path, target: Path) -> None:
    """Copy a database that others may be writing to, as it is at one moment.

    The copy takes its name once it is whole, looked through and on the disk; until then whatever
    had that name stays.

    Raises:
        StorageFailed: it cannot be read or written, or the copy is damaged.
    """
    draft = target.with_name(f"{target.name}.part")
    try:
        _copy(source, draft)
        found = damage(draft)
        if found is not None:
            raise StorageFailed(found)
        draft.replace(target)
        _settle(target.parent)
    except (sqlite3.Error, OSError) as exc:
        raise StorageFailed(f"{source} cannot be copied to {target}: {exc}") from exc
    finally:
        draft.unlink(missing_ok=True)


def put_back(backup: Path, target: Path) -> Path | None:
    """Put a backup in the place of the database; nobody may have it open.

    Whatever happens in between, at `target` lies the old database or the new one, whole. Returns
    where the old one is kept; what an earlier restore has kept stays.

    Raises:
        StorageFailed: the backup is damaged, or files cannot be written.
    """
    draft = target.with_name(f"{target.name}.restoring")
    found = damage(backup)
    if found is not None:
        raise StorageFailed(found)
    try:
        _copy(backup, draft)
        kept = _set_aside(target) if target.exists() else None
        draft.replace(target)
        _settle(target.parent)
    except (sqlite3.Error, OSError) as exc:
        raise StorageFailed(f"{backup} cannot be put in the place of {target}: {exc}") from exc
    finally:
        draft.unlink(missing_ok=True)
    return kept


def _set_aside(target: Path) -> Path:
    """Keep the old database under another name as well, with nothing left in its log.

    A log left behind would be taken for the new database's own. Returns the other name.
    """
    log = _beside(target, "-wal")
    with suppress(sqlite3.Error), closing(sqlite3.connect(target, isolation_level=None)) as old:
        old.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    kept = _kept_as(target)
    if not kept.exists():
        os.link(target, kept)
    if log.exists() and log.stat().st_size:  # somebody hangs on to it, or it is too damaged
        log.replace(_beside(kept, "-wal"))
    log.unlink(missing_ok=True)
    _beside(target, "-shm").unlink(missing_ok=True)
    return kept


def _kept_as(target: Path) -> Path:
    """The first of `.before-restore`, `.before-restore-2` … under which nothing else is kept.

    Where a restore was killed before its end, that is the name it has given already.
    """
    for number in count(1):
        kept = _beside(target, ".before-restore" if number == 1 else f".before-restore-{number}")
        if kept.exists() and kept.samefile(target):
            break
        if not kept.exists() and not _beside(kept, "-wal").exists():
            break
    return kept


def _copy(source: Path, target: Path) -> None:
    for suffix in ("", "-wal", "-shm", "-journal"):
        _beside(target, suffix).unlink(missing_ok=True)
    with (
        closing(_looked_at(source)) as old,
        closing(sqlite3.connect(target, isolation_level=None)) as new,
    ):
        old.backup(new)
        # One file, without a log beside it, until somebody opens it to write.
        new.execute("PRAGMA journal_mode=DELETE")
    with target.open("rb") as file:
        os.fsync(file.fileno())


def _looked_at(path: Path) -> sqlite3.Connection:
    """A connection that cannot write; a missing file is an error, not an empty database."""
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)


def _beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)


def _settle(folder: Path) -> None:
    """Have the names in a folder on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
