"""What GitHub lets a token ask, and how each call is counted.

Source: https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime

from github.Requester import (
    HTTPRequestsConnectionClass,
    HTTPSRequestsConnectionClass,
    Requester,
    RequestsResponse,
)

from bot.allowance import HOUR, MINUTE, Limit, Told, in_use
from bot.forges.github.errors import SECONDARY

GITHUB_COM = (
    Limit(900, MINUTE, plain=1, costly=5, spare=200),
    Limit(80, MINUTE, costly=1, spare=16),
    Limit(500, HOUR, costly=1, spare=16),
)
"""Points a minute, and writes a minute and an hour. The calls of an hour are told with each
answer. A server of one's own has no limits unless it tells of some."""

READING = frozenset({"GET", "HEAD"})
GRAPHQL = "/graphql"
"""Asked by POST, only to read."""
CORE = "core"
TOO_MANY = 429


def _count(verb: str, url: str, ask: Callable[[], RequestsResponse]) -> RequestsResponse:
    allowance = in_use()
    if allowance is None:
        return ask()
    allowance.spend(costly=verb not in READING and not url.endswith(GRAPHQL))
    response = ask()
    if response.status == TOO_MANY:
        after = response.headers.get("Retry-After", "")
        allowance.close(float(after) if after.isdecimal() else SECONDARY)
    told = _told(response.headers)
    if told is not None:
        allowance.tell(told)
    return response


def _told(headers: Mapping[str, str]) -> Told | None:
    """What an answer says of the hour's quota; those of GraphQL and search are others."""
    names = ("X-RateLimit-Remaining", "X-RateLimit-Limit", "X-RateLimit-Reset")
    values = [headers.get(name, "") for name in names]
    numbers = [int(value) for value in values if value.isascii() and value.isdecimal()]
    if len(numbers) < len(names) or headers.get("X-RateLimit-Resource", CORE) != CORE:
        return None
    try:
        there = parsedate_to_datetime(headers["Date"]).timestamp()
    except (KeyError, ValueError):
        return None
    left, limit, reset = numbers
    return Told(left, limit, reset - there)


class _Counted(HTTPSRequestsConnectionClass):
    def getresponse(self) -> RequestsResponse:
        return _count(self.verb, self.url, super().getresponse)


class _CountedPlain(HTTPRequestsConnectionClass):
    def getresponse(self) -> RequestsResponse:
        return _count(self.verb, self.url, super().getresponse)


# PyGithub's own way to have its calls made by somebody else's connection.
Requester.injectConnectionClasses(_CountedPlain, _Counted)
