"""The one Slack client, and its errors in our words."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any, TypeVar

import aiohttp
from slack_sdk.errors import SlackApiError, SlackRequestError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.clock import Clock
from bot.errors import NotYet, Refused, Retryable, Unauthorized
from bot.slack.tiers import PacedClient
from bot.slack.watched import NOT_TAKEN, WatchedClient

T = TypeVar("T")

TIMEOUT = 10
PASSING = frozenset(
    {"internal_error", "fatal_error", "service_unavailable", "request_timeout", "ratelimited"}
)
"""Slack's own errors that go away."""


def open_client(
    token: str, api_url: str, clock: Clock | None = None, *, paced: bool = True
) -> WatchedClient:
    """A client that repeats nothing by itself: the outbox knows what was done and what not.

    With a clock it tells whether that is right, and, where it is `paced`, calls that answer people
    keep to Slack's tiers; messages have their own (`bot.slack.pace`).
    """
    ways: dict[str, Any] = {"token": token, "base_url": api_url, "timeout": TIMEOUT}
    ways["retry_handlers"] = []
    if clock is None or not paced:
        return WatchedClient(clock, **ways)
    return PacedClient(clock, **ways)


async def asked(call: Awaitable[AsyncSlackResponse]) -> AsyncSlackResponse:
    """Slack's answer.

    Raises:
        Retryable: rate limited, down, or out of reach.
        Refused: Slack understood and said no; the text is Slack's own error code. `Unauthorized`
            where it does not take the token.
    """
    try:
        return await call
    except SlackApiError as exc:
        raise _translated(exc) from exc
    except (TimeoutError, aiohttp.ClientError, SlackRequestError, OSError) as exc:
        raise Retryable(f"Slack cannot be reached: {exc or type(exc).__name__}") from exc


def _translated(exc: SlackApiError) -> Retryable | Refused:
    response: Any = exc.response
    status = getattr(response, "status_code", 200)
    data: Any = getattr(response, "data", None)
    error = data.get("error", "") if isinstance(data, dict) else ""
    if status == 429 or error == "ratelimited":  # noqa: PLR2004 - HTTP's own number
        after = response.headers.get("Retry-After") or response.headers.get("retry-after") or ""
        seconds = float(after) if after.isascii() and after.isdecimal() else 1.0
        return NotYet("Slack asks to slow down", after=seconds)
    if not error:
        return Retryable(f"something else than Slack answered ({status})")
    if status >= 500 or error in PASSING:  # noqa: PLR2004 - HTTP's own number
        return Retryable(f"Slack is in trouble ({error or status})")
    detail = data.get("response_metadata") if isinstance(data, dict) else None
    said = f"Slack says {error or status}" + (f": {detail}" if detail else "")
    return Unauthorized(said) if error in NOT_TAKEN else Refused(said)
