"""The two ladders everything is measured on: risk and expertise."""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class Ladder(StrEnum):
    """Words in order, lowest first; they compare by their place, not by their letters.

    `rank` is the place on the ladder, 0 for the lowest: looked up for every person in every
    decision.
    """

    rank: int

    def __new__(cls, word: str) -> Self:
        """The next step up."""
        step = str.__new__(cls, word)
        step._value_ = word
        step.rank = len(cls.__members__)
        return step

    def __lt__(self, other: str) -> bool:
        return self.rank < type(self)(other).rank

    def __le__(self, other: str) -> bool:
        return self.rank <= type(self)(other).rank

    def __gt__(self, other: str) -> bool:
        return self.rank > type(self)(other).rank

    def __ge__(self, other: str) -> bool:
        return self.rank >= type(self)(other).rank


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
