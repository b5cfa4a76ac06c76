"""What a forge guarantees of the gate as it is set up, and how to close what is open.

A forge that can tell implements `Guaranteeing`; whoever shows it to people asks for that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, runtime_checkable


class Standing(StrEnum):
    """How it stands: it holds, it is open to somebody, or it is only worth knowing."""

    HOLDS = "holds"
    OPEN = "open"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing about one project: a plain sentence, and what to do where it is open."""

    project: str
    standing: Standing
    sentence: str
    cure: str = ""


@runtime_checkable
class Guaranteeing(Protocol):
    """A forge that can tell what it guarantees."""

    async def guarantees(self, project: str) -> Sequence[Finding]:
        """What holds and what is open in a project, the most important first.

        Raises `Retryable` or `Refused`.
        """
        ...
