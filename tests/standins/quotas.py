"""What the other side allows, counted call by call: a call beyond it is refused, and noted."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

UNDER_WAY = timedelta(seconds=1)
"""What was sent before the refusal arrived could not know of it."""
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Quota:
    """So many points within any such span. A call costs what `cost` says: (method, path)."""

    name: str
    points: int
    span: timedelta
    cost: Callable[[str, str], int]


class Quotas:
    """Counts calls on the stand-in's clock. `overruns` names those that were one too many."""

    def __init__(self, now: Callable[[], datetime], *quotas: Quota) -> None:
        self._now = now
        self._calls: Mapping[Quota, deque[tuple[datetime, int]]] = {one: deque() for one in quotas}
        self._closed: tuple[datetime, datetime] | None = None
        self.calls = 0
        self.overruns: list[str] = []

    def refused_for(self, method: str, path: str) -> float:
        """Count a call; 0, or how many seconds the caller has to wait. A refused one costs too."""
        now = self._now()
        self.calls += 1
        if self._closed is not None:
            since, until = self._closed
            if since + UNDER_WAY < now < until:
                self.overruns.append(f"{method} {path} before its time")
                return (until - now).total_seconds()
        wait = 0.0
        for quota, calls in self._calls.items():
            cost = quota.cost(method, path)
            while calls and calls[0][0] + quota.span <= now:
                calls.popleft()
            if cost and sum(points for _, points in calls) + cost > quota.points:
                self.overruns.append(f"{method} {path} is beyond {quota.name}")
                wait = max(wait, (calls[0][0] + quota.span - now).total_seconds())
            elif cost:
                calls.append((now, cost))
        return wait

    def close(self, seconds: float) -> None:
        """Tell the caller to come back later, and hold them to it."""
        self._closed = self._now(), self._now() + timedelta(seconds=seconds)

    def left(self, name: str) -> tuple[int, int, datetime]:
        """Points left of that quota, the quota, and when the first of them comes back."""
        quota, calls = next(item for item in self._calls.items() if item[0].name == name)
        used = sum(points for at, points in calls if at + quota.span > self._now())
        until = calls[0][0] + quota.span if calls else self._now()
        return quota.points - used, quota.points, until


def _every(_method: str, _path: str) -> int:
    return 1


def _points(method: str, _path: str) -> int:
    return 1 if method == "GET" else 5


def _content(method: str, path: str) -> int:
    return int(method != "GET" and not path.endswith("/graphql"))


def _note(method: str, path: str) -> int:
    return int(method == "POST" and path.endswith(("/notes", "/discussions")))


HOURLY = "5,000 calls an hour"


def github_quotas(now: Callable[[], datetime]) -> Quotas:
    """GitHub's for a token.

    Source: https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
    """
    return Quotas(
        now,
        Quota(HOURLY, 5_000, HOUR, lambda _method, path: int(not path.endswith("/graphql"))),
        Quota("900 points a minute", 900, MINUTE, _points),
        Quota("80 writes a minute", 80, MINUTE, _content),
        Quota("500 writes an hour", 500, HOUR, _content),
    )


PER_MINUTE = "2,000 calls a minute"


def gitlab_quotas(now: Callable[[], datetime]) -> Quotas:
    """GitLab.com's for a user.

    Source: https://docs.gitlab.com/user/gitlab_com/
    """
    return Quotas(
        now,
        Quota(PER_MINUTE, 2_000, MINUTE, _every),
        Quota("60 notes a minute", 60, MINUTE, _note),
    )
