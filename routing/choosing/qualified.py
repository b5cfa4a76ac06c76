"""Who could fill a place: found one after the other, and only as many as somebody asks for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice


class Qualified:
    """Ids of people, best first; those found stay found.

    `search` finds them in order, `admits` tells of anybody whether they are among them.
    """

    def __init__(self, search: Iterator[str], admits: Callable[[str], bool]) -> None:
        self._found: list[str] = []
        self._search = search
        self._admits = admits

    def __iter__(self) -> Iterator[str]:
        place = 0
        while place < len(self._found) or self._find():
            yield self._found[place]
            place += 1

    def __contains__(self, person: object) -> bool:
        return isinstance(person, str) and self._admits(person)

    def first(self, most: int) -> Sequence[str]:
        """The first few of them."""
        return list(islice(self, most))

    def _find(self) -> bool:
        found = next(self._search, None)
        if found is not None:
            self._found.append(found)
        return found is not None
