"""When the next call may go to Slack, so that none is refused for coming too soon.

What has to wait is given a moment of its own: without it everything that waits would try again at
the same second, and all but one in vain.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

KEPT = timedelta(minutes=2)
"""A moment nobody came for is forgotten after this: what wanted it is not to be said any more."""


@dataclass(frozen=True, slots=True)
class Limit:
    """So many calls within a span."""

    most: int
    span: timedelta


POSTING = Limit(1, timedelta(seconds=1))
"""`chat.postMessage`, for each channel. Source of all three: Slack's "Rate limits" page."""
TIER_3 = Limit(50, timedelta(minutes=1))
TIER_4 = Limit(100, timedelta(minutes=1))


@dataclass(frozen=True, slots=True)
class Share:
    """What a limit is for: a method, or for posting a channel."""

    what: str
    limit: Limit


@dataclass(slots=True)
class _Window:
    """One limit as it is used: moments given away, and those at which calls were made."""

    given: deque[datetime]
    made: deque[datetime]
    shut_until: datetime | None = None
    moments: dict[str, datetime] = field(default_factory=dict)


class Pace:
    """Counts what goes to Slack, and says whose turn it is."""

    def __init__(self) -> None:
        self._windows: dict[str, _Window] = {}

    def slow_down(self, share: Share, until: datetime) -> None:
        """Slack takes nothing more of that until then."""
        window = self._window(share)
        window.shut_until = max(until, window.shut_until or until)

    def turn(self, share: Share, key: str, now: datetime) -> datetime | None:
        """When it is the turn of what is called `key`; None when it is now, and is counted."""
        window, limit = self._window(share), share.limit
        if window.made and window.made[-1] > now:  # the clock was set back: what it said is void
            window = self._windows[share.what] = _new(limit)
        opens = max(now, window.shut_until or now)
        moment = window.moments.pop(key, None)
        if moment is None or now < opens > moment:
            moment = _after(window.given, limit, opens)
            window.given.append(moment)
        if moment <= now:
            # Whoever had the moment before may have come late: what counts is when they went.
            moment = _after(window.made, limit, now)
        if moment > now:
            window.moments = {k: at for k, at in window.moments.items() if now - at < KEPT}
            window.moments[key] = moment
            return moment
        window.made.append(now)
        return None

    def renamed(self, old: str, new: str) -> None:
        """What was counted under a name goes by another from now on: a channel's id, once known."""
        if old != new and old in self._windows:
            self._windows.setdefault(new, self._windows.pop(old))

    def _window(self, share: Share) -> _Window:
        if share.what not in self._windows:
            self._windows[share.what] = _new(share.limit)
        return self._windows[share.what]


def _new(limit: Limit) -> _Window:
    return _Window(deque(maxlen=limit.most), deque(maxlen=limit.most))


def _after(taken: deque[datetime], limit: Limit, earliest: datetime) -> datetime:
    """The first moment from `earliest` on at which one more fits."""
    if len(taken) < limit.most:
        return earliest
    return max(earliest, taken[0] + limit.span)
