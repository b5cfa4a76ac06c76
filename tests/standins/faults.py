"""What goes wrong on the way to a forge's stand-in."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime


def _open_road() -> asyncio.Event:
    road = asyncio.Event()
    road.set()
    return road


@dataclass
class Faults:
    """What goes wrong.

    `failures` are (method or None for any, status) of requests to refuse. The next `lost_answers`
    requests that are no GET are done, but their answers never arrive. `meanwhile` is called before
    each request: what other people do at that moment. `road` holds requests back while cleared;
    `arrived` tells that one came. With `graphql_limited` GraphQL's own
    quota is used up. Every answer comes as many seconds late as `slow` says.
    """

    down: bool = False
    failures: list[tuple[str | None, int]] = field(default_factory=list)
    lost_answers: int = 0
    meanwhile: Callable[[str, str], None] = lambda _method, _path: None
    retry_after: int | None = None
    limited_until: datetime | None = None
    graphql_limited: bool = False
    slow: Callable[[], float] = lambda: 0.0
    road: asyncio.Event = field(default_factory=_open_road)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    def is_cut(self) -> bool:
        """Whether this request's connection breaks before anything is done."""
        return self.down

    def failure(self, method: str) -> int | None:
        """The status with which this request is refused, if it is."""
        for number, (only, status) in enumerate(self.failures):
            if only in {None, method}:
                del self.failures[number]
                return status
        return None
