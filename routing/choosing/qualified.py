"""What is found one after the other, and only as far as somebody asks for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Generic, TypeVar

T = TypeVar("T")


class AsNeeded(Generic[T]):
    """A sequence that is worked out as far as somebody looks; what was found stays found."""

    def __init__(self, search: Iterator[T]) -> None:
        self._search = search
        self._found: list[T] = []

    def __iter__(self) -> Iterator[T]:
        yield from self._found
        place = len(self._found)
        while place < len(self._found) or self._find():
            yield self._found[place]
            place += 1

    def first(self, most: int) -> Sequence[T]:
        """The first few."""
        return list(islice(self, most))

    def _find(self) -> bool:
        for found in self._search:
            self._found.append(found)
            return True
        return False


class Qualified(AsNeeded[str]):
    """Ids of those who could fill a place, best first; `admits` tells of anybody if they could."""

    def __init__(self, search: Iterator[str], admits: Callable[[str], bool]) -> None:
        super().__init__(search)
        self._admits = admits

    def __contains__(self, person: object) -> bool:
        return isinstance(person, str) and self._admits(person)
