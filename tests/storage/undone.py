"""Work whose traces are taken back, so that one database serves every example of a property."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from storage.database import Rooms, Storage

T = TypeVar("T")


class _Undo(Exception):
    """Rolls the transaction back."""


def undone(storage: Storage, work: Callable[[Rooms], T]) -> T:
    """What the work comes to; whatever it wrote is taken back."""
    results: list[T] = []

    def and_undo(rooms: Rooms) -> None:
        results.append(work(rooms))
        raise _Undo

    try:
        storage.run_blocking(and_undo)
    except _Undo:
        return results[0]
    raise AssertionError("the work was kept")
