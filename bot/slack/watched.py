"""Slack's Web API, and whether it works: as the last call went."""

from __future__ import annotations

from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackRequestError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

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
    one, even a no. `calls` counts those it judges by.
    """

    trouble: str | None = None
    calls: int = 0

    async def api_call(self, api_method: str, **arguments: Any) -> AsyncSlackResponse:
        """As always."""
        if api_method in WITH_ANOTHER_TOKEN:
            return await super().api_call(api_method, **arguments)
        self.calls += 1
        try:
            answer = await super().api_call(api_method, **arguments)
        except SlackApiError as exc:
            self.trouble = _trouble(exc.response)
            raise
        except (TimeoutError, aiohttp.ClientError, SlackRequestError, OSError) as exc:
            self.trouble = f"it cannot be reached: {exc or type(exc).__name__}"
            raise
        self.trouble = None
        return answer


def _trouble(response: Any) -> str | None:
    status, data = getattr(response, "status_code", 200), getattr(response, "data", None)
    error = data.get("error", "") if isinstance(data, dict) else ""
    if error in NOT_TAKEN:
        return f"it does not take the bot's token ({error})"
    return f"it is in trouble ({error or status})" if status >= SERVER_ERROR else None
