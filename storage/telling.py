"""Telling how far long work has come."""

from __future__ import annotations

from collections.abc import Callable

Told = Callable[[str, int], None]
"""Told what is being read, and how many of it were read so far."""


def unheard(_what: str, _count: int) -> None:
    """Nobody watches the progress."""
