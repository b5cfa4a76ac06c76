"""What was asked for last, kept until there is no room for it any more."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


def _one(_key: object, _value: object) -> int:
    return 1


class Remembered(Generic[K, V]):
    """Room for so much, in what `size` tells of a key and its value; without it, so many values.

    What was used last stays however large it is: whoever asked is about to ask again. Threads may
    share it. No value is None.
    """

    def __init__(self, room: int, size: Callable[[K, V], int] = _one) -> None:
        self._room = room
        self._size = size
        self._used = 0
        self._values: OrderedDict[K, V] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, key: K) -> V | None:
        """The value, if it is still there."""
        with self._lock:
            value = self._values.get(key)
            if value is not None:
                self._values.move_to_end(key)
            return value

    def keep(self, key: K, value: V) -> None:
        """Keep it in the place of what was there; what was not asked for the longest goes."""
        with self._lock:
            before = self._values.pop(key, None)
            if before is not None:
                self._used -= self._size(key, before)
            self._values[key] = value
            self._used += self._size(key, value)
            while self._used > self._room and len(self._values) > 1:
                self._used -= self._size(*self._values.popitem(last=False))

    def get(self, key: K, read: Callable[[], V]) -> V:
        """The value, read where it is not there."""
        value = self.find(key)
        if value is None:
            value = read()
            self.keep(key, value)
        return value
