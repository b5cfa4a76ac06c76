"""The override (break-glass): two people let one head pass for a short while, and say why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

LONGEST = timedelta(hours=1)
"""No override lasts longer, and nobody waits longer for a second."""


@dataclass(frozen=True, slots=True)
class Override:
    """An override of one head on its way into one base.

    `by` wants it and says why; it holds from the moment `second` agrees until `until`. `used_at`
    is when the change was merged under it; `followed_up_by` gave the last signature afterwards.
    """

    head_sha: str
    base_branch: str
    reason: str
    by: str
    at: datetime
    second: str | None = None
    until: datetime | None = None
    used_at: datetime | None = None
    followed_up_by: str | None = None

    def concerns(self, head_sha: str, base_branch: str) -> bool:
        """Whether it was given for exactly this."""
        return (self.head_sha, self.base_branch) == (head_sha, base_branch)

    def waits_for_second(self, now: datetime) -> bool:
        """Whether somebody else may still agree."""
        return self.second is None and now < self.at + LONGEST

    def holds(self, now: datetime) -> bool:
        """Whether it lets the change pass now."""
        return self.until is not None and now < self.until

    @property
    def wants_follow_up(self) -> bool:
        """Whether the change was merged under it and has not its signatures yet."""
        return self.used_at is not None and self.followed_up_by is None
