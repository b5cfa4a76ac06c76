"""One piece of evidence that AI helped: how strong it is, where it stands, what it proves."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Tier(StrEnum):
    """How strong a piece of evidence is, strongest first."""

    AGENT = "A"
    TOOL = "B"
    SUGGESTION = "C"
    DECLARED = "D"
    HINT = "E"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One signal: where it stands, its exact text, the tool it names, what it proves."""

    tier: Tier
    place: str
    text: str
    tool: str
    proves: str
