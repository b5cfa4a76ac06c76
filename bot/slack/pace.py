"""Whose turn it is in a channel, once Slack has asked to slow down: one message a second."""

from __future__ import annotations

from datetime import datetime, timedelta

APART = timedelta(seconds=1)
"""Slack takes about one message a second in a channel. Source: its "Rate limits" page."""


class Pace:
    """Gives each message of a channel that is too busy a moment of its own.

    Without it everything that waits would try again at the same second, and all but one in vain.
    """

    def __init__(self) -> None:
        self._free: dict[str, datetime] = {}
        self._slots: dict[str, datetime] = {}

    def slow_down(self, channel: str, until: datetime) -> None:
        """Slack takes nothing more there until then."""
        self._free[channel] = max(until, self._free.get(channel, until))

    def turn(self, channel: str, key: str, now: datetime) -> datetime | None:
        """When it is this message's turn; None when it is now."""
        free = self._free.get(channel)
        if free is None:
            return None
        slot = self._slots.get(key)
        if slot is None:
            slot = max(free, now)
            self._slots[key] = slot
            self._free[channel] = slot + APART
        if slot > now:
            return slot
        del self._slots[key]
        if free <= now:
            del self._free[channel]  # nothing waits there any more
        return None
