"""How much could a change hurt? Points that add up, each with its sentence."""

from __future__ import annotations

from dataclasses import dataclass

from routing.levels import RiskLevel


@dataclass(frozen=True, slots=True)
class Factor:
    """One reason for the score, as a sentence, with its points."""

    name: str
    points: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Risk:
    """The level, the score in points and the factors that add up to it, largest first."""

    level: RiskLevel
    score: int
    factors: tuple[Factor, ...]
