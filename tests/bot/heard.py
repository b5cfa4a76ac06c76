"""Who is told how far a simulation has come: nobody, or somebody who remembers it."""

from __future__ import annotations

from datetime import datetime


class Unheard:
    """Told, and does not listen."""

    def begins(self, what: str, count: int | None = None) -> None:
        del what, count

    def reached(self, count: int) -> None:
        del count

    def waits(self, why: str, until: datetime) -> None:
        del why, until


class Heard(Unheard):
    """Remembers the stages with their sizes, and why it had to wait."""

    def __init__(self) -> None:
        self.stages: list[tuple[str, int | None]] = []
        self.waited: list[str] = []

    def begins(self, what: str, count: int | None = None) -> None:
        self.stages.append((what, count))

    def waits(self, why: str, until: datetime) -> None:
        del until
        self.waited.append(why)
