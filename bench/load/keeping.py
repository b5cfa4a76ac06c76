"""What was answered against what is kept: after a process has ended, however it ended."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Set as AbstractSet
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Kept:
    """How many deliveries were answered, and what the inbox has of them."""

    answered: int
    kept: int
    doubled: int

    @property
    def lost(self) -> int:
        """Deliveries that were answered and are not there."""
        return self.answered - self.kept

    @property
    def is_exact(self) -> bool:
        """Whether each is there once."""
        return not self.lost and not self.doubled

    def __str__(self) -> str:
        return (
            f"{self.answered:,} answered, {self.kept:,} kept, {self.lost:,} lost, "
            f"{self.doubled:,} doubled"
        )


def compare(answered: AbstractSet[str], database: Path) -> Kept:
    """Hold the ids of answered deliveries against the inbox, seen from outside the bot.

    A key of the inbox is a delivery's id, a colon and the hash of what it says.
    """
    with closing(sqlite3.connect(database)) as connection:
        keys = connection.execute("SELECT key FROM inbox")
        times = Counter(str(key).partition(":")[0] for (key,) in keys)
    kept = [times[id_] for id_ in answered if id_ in times]
    return Kept(len(answered), len(kept), sum(count > 1 for count in kept))
