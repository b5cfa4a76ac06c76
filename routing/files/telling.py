"""How much is told of a file: of one that is nothing but mistakes the first, and not the rest.

Explaining a mistake takes longer than finding it, and somebody else may have written the file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

MAX_PROBLEMS = 100
"""Nobody reads more; what is left is told once these are mended."""


_LEFT: ContextVar[Counter[str] | None] = ContextVar("_LEFT", default=None)
"""How many problems and guesses may be told still of the file that is being read."""


@contextmanager
def telling() -> Iterator[None]:
    """A file is read meanwhile; outside of this nothing is counted."""
    before = _LEFT.set(Counter(problems=MAX_PROBLEMS, guesses=MAX_PROBLEMS))
    try:
        yield
    finally:
        _LEFT.reset(before)


def is_enough() -> bool:
    """Whether so many problems were told that nothing more is."""
    left = _LEFT.get()
    return left is not None and not left["problems"]


def may_tell() -> bool:
    """Whether one problem more may be told; from now on one less may."""
    return _take("problems")


def may_guess() -> bool:
    """Whether one more guess may be made at what was meant; from now on one less may."""
    return _take("guesses")


def _take(what: str) -> bool:
    left = _LEFT.get()
    if left is None:
        return True
    if not left[what]:
        return False
    left[what] -= 1
    return True
