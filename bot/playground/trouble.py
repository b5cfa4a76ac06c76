"""Making the workspace misbehave on purpose, the way networks and outages do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(slots=True)
class Trouble:
    """The switches: all Web API calls fail while `down`, or a given number of the next ones.

    While `revoked`, no token is taken. Every answer comes as many seconds late as `slow` says.
    """

    down: bool = False
    revoked: bool = False
    failing: int = 0
    status: int = 500
    losing: int = 0
    slow: Callable[[], float] = lambda: 0.0

    def fail_next(self, count: int, status: int = 500) -> None:
        """Let the next calls fail with this HTTP status, nothing having been done."""
        self.failing, self.status = count, status

    def lose_next(self, count: int) -> None:
        """Let the next calls be carried out, but the connection break before the answer."""
        self.losing = count

    def refusal(self) -> int | None:
        """The status the call at hand must fail with, if it must."""
        if self.down:
            return 503
        if self.failing > 0:
            self.failing -= 1
            return self.status
        return None

    def loses_answer(self) -> bool:
        """Whether the answer to the call at hand never arrives."""
        if self.losing > 0:
            self.losing -= 1
            return True
        return False
