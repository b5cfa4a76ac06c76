"""The fields of a JSON object, taken out one by one, with everything that is wrong written down."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

Kind = TypeVar("Kind")
LONGEST_VALUE = 40
"""Characters of a wrong value that a complaint shows."""


@dataclass(slots=True)
class Fields:
    """One object; `place` is its key path (`files[0].`), `problems` is shared by all of them.

    A field that is missing or null is None, or empty; one of another type is a problem too.
    """

    values: Mapping[str, object]
    place: str = ""
    problems: list[str] = field(default_factory=list)

    def text(self, key: str) -> str | None:
        """A text."""
        return self._take(key, str, "a text")

    def flag(self, key: str) -> bool | None:
        """True or false."""
        return self._take(key, bool, "true or false")

    def count(self, key: str) -> int | None:
        """A whole number that is not negative."""
        found = self.values.get(key)
        what = "a whole number from 0 on"
        if isinstance(found, bool) or (isinstance(found, int) and found < 0):
            self.complain(key, what)
            return None
        return self._take(key, int, what)

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts."""
        found: list[object] = self._take(key, list, "a list of texts") or []
        texts = tuple(one for one in found if isinstance(one, str))
        if len(texts) < len(found):
            self.complain(key, "a list of texts")
        return texts

    def objects(self, key: str) -> Iterator[Fields]:
        """A list of objects, which must be there."""
        found = self.values.get(key)
        if not isinstance(found, list):
            self.complain(key, "a list of objects")
            return
        for index, one in enumerate(found):
            if isinstance(one, dict):
                yield Fields(one, f"{self.place}{key}[{index}].", self.problems)
            else:
                self.complain(key, "a list of objects")

    def complain(self, key: str, what: str) -> None:
        """Write down that something else is needed."""
        found = self.values.get(key)
        said = "nothing" if found is None else json.dumps(found)[:LONGEST_VALUE]
        self.problems.append(f"{self.place}{key}: {what} is needed, not {said}")

    def _take(self, key: str, kind: type[Kind], what: str) -> Kind | None:
        found = self.values.get(key)
        if found is None or isinstance(found, kind):
            return found
        self.complain(key, what)
        return None
