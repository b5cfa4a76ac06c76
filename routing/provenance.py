"""Did AI help to write a change? Evidence in, a verdict out; no signal means unknown."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Tier(StrEnum):
    """How strong a piece of evidence is."""

    AGENT = "A"
    TOOL = "B"
    SUGGESTION = "C"
    DECLARED = "D"
    HINT = "E"


class ProvenanceVerdict(StrEnum):
    """What the evidence adds up to. There is no "human": nobody can prove that."""

    AI_AUTHORED = "ai-authored"
    AI_ASSISTED = "ai-assisted"
    AI_SUGGESTION = "ai-suggestion"
    DECLARED = "declared"
    POSSIBLE = "possible"
    UNKNOWN = "unknown"
    BOT = "bot"


AI_VERDICTS = frozenset(
    {
        ProvenanceVerdict.AI_AUTHORED,
        ProvenanceVerdict.AI_ASSISTED,
        ProvenanceVerdict.AI_SUGGESTION,
        ProvenanceVerdict.DECLARED,
    }
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One signal: where it stands, its exact text, the tool it names, what it proves."""

    tier: Tier
    place: str
    text: str
    tool: str
    proves: str


@dataclass(frozen=True, slots=True)
class Provenance:
    """The verdict with everything it rests on.

    `assisted_lines` counts the lines that AI is known to have had a hand in (added lines of
    the commits that carry evidence, or of the whole change where the evidence stands on the
    merge request). `bot` says that the author is automation that is not AI.
    """

    verdict: ProvenanceVerdict = ProvenanceVerdict.UNKNOWN
    tier: Tier | None = None
    tools: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    assisted_lines: int = 0
    bot: bool = False

    @property
    def ai(self) -> bool:
        """Whether AI counts as having helped (never on a hint alone)."""
        return self.verdict in AI_VERDICTS
