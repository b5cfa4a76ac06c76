"""A database that is ready: the migrations run once a session, every test opens a copy."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from storage.database import Storage


@cache
def _blank() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "blank.db"
        Storage(path).close()
        return path.read_bytes()


def open_blank(path: Path) -> Storage:
    """A new database at `path`."""
    path.write_bytes(_blank())
    return Storage(path)
