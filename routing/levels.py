"""The two ladders everything is measured on: risk and expertise."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import cache


class Ladder(StrEnum):
    """Words in order, lowest first; they compare by their place, not by their letters."""

    @property
    def rank(self) -> int:
        """The place on the ladder, 0 for the lowest."""
        return _ranks(type(self))[self]

    def __lt__(self, other: str) -> bool:
        return self.rank < type(self)(other).rank

    def __le__(self, other: str) -> bool:
        return self.rank <= type(self)(other).rank

    def __gt__(self, other: str) -> bool:
        return self.rank > type(self)(other).rank

    def __ge__(self, other: str) -> bool:
        return self.rank >= type(self)(other).rank


@cache
def _ranks(ladder: type[Ladder]) -> Mapping[Ladder, int]:
    """Looked up for every person in every decision."""
    return {step: rank for rank, step in enumerate(ladder)}


class Level(Ladder):
    """How well somebody knows a part of the code."""

    NONE = "none"
    FAMILIAR = "familiar"
    PROFICIENT = "proficient"
    EXPERT = "expert"


class RiskLevel(Ladder):
    """How much a change could hurt."""

    LOW = "low"
    MODERATE = "moderate"
    HIGH = "high"
    CRITICAL = "critical"
