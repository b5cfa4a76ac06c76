"""Slack's Web API, and whether it works: as the last call went, and whether our clock fits."""

from __future__ import annotations

from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackRequestError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.clock import Clock

NOT_TAKEN = frozenset(
    {"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired"}
)
"""What Slack says to a token that is not good any more."""
WITH_ANOTHER_TOKEN = frozenset({"apps.connections.open"})
"""Methods that say nothing of the bot's own token; Socket Mode has a watch of its own."""
SERVER_ERROR = 500


class WatchedClient(AsyncWebClient):
    """A client that knows how its last call went.

    `trouble` says why there was no answer, or that the token is not taken; None when there was
    one, even a no. `calls` counts those it judges by. `ahead` is how far the clock is ahead of
    Slack's, as the last answer was dated; negative when it is behind.
    """

    def __init__(self, clock: Clock | None = None, **more: Any) -> None:
        """Without a clock nothing is told of it; `more` is the SDK's."""
        super().__init__(**more)
        self.trouble: str | None = None
        self.calls = 0
        self.ahead = timedelta(0)
        self._clock = clock

    async def api_call(self, api_method: str, **arguments: Any) -> AsyncSlackResponse:
        """As always."""
        if api_method in WITH_ANOTHER_TOKEN:
            return await super().api_call(api_method, **arguments)
        self.calls += 1
        asked_at = self._clock.now() if self._clock is not None else None
        try:
            answer = await super().api_call(api_method, **arguments)
        except SlackApiError as exc:
            self.trouble = _trouble(exc.response)
            self._hears(asked_at, exc.response)
            raise
        except (TimeoutError, aiohttp.ClientError, SlackRequestError, OSError) as exc:
            self.trouble = f"it cannot be reached: {exc or type(exc).__name__}"
            raise
        self.trouble = None
        self._hears(asked_at, answer)
        return answer

    def _hears(self, asked_at: datetime | None, answer: Any) -> None:
        dated = _date_of(answer)
        if self._clock is not None and asked_at is not None and dated is not None:
            self.ahead = _ahead(asked_at, dated, self._clock.now())


def _date_of(answer: Any) -> datetime | None:
    try:
        dated = parsedate_to_datetime((getattr(answer, "headers", None) or {}).get("Date", ""))
    except ValueError:
        return None
    return dated if dated.tzinfo is not None else None


def _ahead(asked_at: datetime, dated: datetime, heard_at: datetime) -> timedelta:
    """By how much the answer is dated before it was asked for, or after it was heard."""
    if heard_at < asked_at:  # the clock was set meanwhile: the next answer will tell
        return timedelta(0)
    return max(asked_at - dated, timedelta(0)) - max(dated - heard_at, timedelta(0))


def _trouble(response: Any) -> str | None:
    status, data = getattr(response, "status_code", 200), getattr(response, "data", None)
    error = data.get("error", "") if isinstance(data, dict) else ""
    if error in NOT_TAKEN:
        return f"it does not take the bot's token ({error})"
    return f"it is in trouble ({error or status})" if status >= SERVER_ERROR else None
