"""What a folder means for the files in it: worked out once, from its parent, and remembered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Generic, TypeVar

FOLDERS_REMEMBERED: Final = 50_000
"""Beyond this many folders the memory starts anew, so that no change can fill it."""

T = TypeVar("T")


class Folders(Generic[T]):
    """The folders of a repository, by their paths; "" is the root.

    `enter` says what a folder means, given its path and what its parent means.
    """

    def __init__(self, root: T, enter: Callable[[str, T], T]) -> None:
        self._root = root
        self._enter = enter
        self._known = {"": root}

    def at(self, path: str) -> T:
        """What this folder means."""
        known = self._known  # another thread may begin anew meanwhile
        return known[path] if path in known else self._work_out(path)

    def _work_out(self, path: str) -> T:
        """From the top down, every parent that is still unknown too: a path may be deep."""
        if len(self._known) > FOLDERS_REMEMBERED:
            self._known = {"": self._root}
        known, missing = self._known, [path]
        while (parent := missing[-1].rpartition("/")[0]) not in known:
            missing.append(parent)
        meaning = known[parent]
        while missing:
            place = missing.pop()
            meaning = known[place] = self._enter(place, meaning)
        return meaning
