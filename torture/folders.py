"""Where a trial keeps its files."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

MEMORY = Path("/dev/shm")  # noqa: S108 - a folder with a name of its own is made in it


def folder_in_memory() -> TemporaryDirectory[str]:
    """A folder for trials that ask nothing of the disk, where they need not wait for it.

    On the disk where the system has no files in memory. What is killed, or has its power cut,
    lives on the disk.
    """
    return TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None)
