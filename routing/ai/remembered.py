"""What is remembered between two looks at a merge request: marks of AI stay until cleared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from routing.ai.declaration import Declaration
from routing.ai.tiers import Evidence
from routing.provenance import Provenance


@dataclass(frozen=True, slots=True)
class Cleared:
    """A named person took the mark of AI away, and said why.

    `evidence` is what there was then; what turns up later marks the change anew.
    """

    person: str
    name: str
    reason: str
    at: datetime
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Remembered:
    """The provenance found last, which sticks; the author's word; and who cleared the mark.

    `overrode` are those who let it be merged without its signatures: they cannot give them later.
    """

    provenance: Provenance | None = None
    said: Declaration | None = None
    cleared: Cleared | None = None
    overrode: frozenset[str] = frozenset()

    @property
    def disregarded(self) -> frozenset[Evidence]:
        """Evidence that was cleared."""
        return frozenset(self.cleared.evidence) if self.cleared is not None else frozenset()

    def contradictions(self, found: Provenance) -> Iterator[str]:
        """That a mark was cleared stays visible."""
        if self.cleared is not None and not found.ai and self.cleared.evidence:
            first = self.cleared.evidence[0]
            yield (
                f"{self.cleared.name} cleared the mark of AI ({self.cleared.reason}), "
                f"though {first.place} said: {first.text}"
            )


NOTHING = Remembered()
"""What is remembered of a merge request seen for the first time."""
