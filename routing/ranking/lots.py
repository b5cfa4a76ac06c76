"""Lots: what decides between equals, drawn by hashing, so that no name is luckier than another.

Another change draws another order, and the same change always the same: no clock, no chance.
"""

from __future__ import annotations

from hashlib import blake2b

SIZE = 8
SPACE = 1 << 8 * SIZE
"""Lots are numbers below this."""


class Lots:
    """What each person draws for one change; drawn once, for there may be thousands of people."""

    def __init__(self, change: str) -> None:
        self._begun = blake2b(_bytes(f"{change}\0"), digest_size=SIZE)
        self._drawn: dict[str, int] = {}

    def of(self, person: str) -> int:
        """A number, the same for ever."""
        drawn = self._drawn.get(person)
        if drawn is None:
            hashed = self._begun.copy()
            hashed.update(_bytes(person))
            drawn = self._drawn[person] = int.from_bytes(hashed.digest(), "big")
        return drawn


def _bytes(text: str) -> bytes:
    return text.encode(errors="surrogatepass")
