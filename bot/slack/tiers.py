"""How often Slack lets an app call each method, and a client that keeps to it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.allowance import COSTLY, MINUTE, Allowance, Limit
from bot.clock import Clock

TIER_2, TIER_3, TIER_4 = 20, 50, 100
"""Calls a minute. Source: Slack's "Rate limits" page."""

TIERS = {
    **dict.fromkeys(("conversations.list", "users.list"), TIER_2),
    **dict.fromkeys(
        (
            *("chat.update", "chat.unfurl", "conversations.open", "users.lookupByEmail"),
            *("conversations.history", "conversations.replies"),
        ),
        TIER_3,
    ),
    **dict.fromkeys(
        ("views.open", "views.update", "views.publish", "chat.postEphemeral", "users.info"), TIER_4
    ),
}
POST = "chat.postMessage"
ONE_A_SECOND = Limit(1, timedelta(seconds=1), costly=1)
"""A channel takes about one message a second."""
TOO_MANY = 429


class PacedClient(AsyncWebClient):
    """A client that makes no call which Slack would refuse as too many.

    Raises `NotYet` instead, before anything is sent. One that is refused all the same (others
    share the workspace's limits) closes its method, or its channel, for as long as Slack says.
    """

    def __init__(self, clock: Clock, **more: Any) -> None:
        super().__init__(**more)
        self._allowances = defaultdict[str, Allowance](_for_any(clock, ONE_A_SECOND))
        for method, most in TIERS.items():
            self._allowances[method] = Allowance(clock, [Limit(most, MINUTE, costly=1)])

    async def api_call(self, api_method: str, **arguments: Any) -> AsyncSlackResponse:
        """As always, when its turn has come."""
        allowance = self._allowance(api_method, arguments)
        if allowance is None:
            return await super().api_call(api_method, **arguments)
        allowance.ask(f"calling {api_method}", COSTLY)
        allowance.spend(costly=True)
        try:
            answer = await super().api_call(api_method, **arguments)
        except SlackApiError as exc:
            response: Any = exc.response
            after = response.headers.get("Retry-After", "")
            if response.status_code == TOO_MANY and after.isdecimal():
                allowance.close(float(after))
            raise
        if api_method == POST:  # a channel has a name and an id, and one second for both
            named = self._allowances[f"{POST} {answer['channel']}"]
            if named is not allowance:
                named.spend(costly=True)
        return answer

    def _allowance(self, method: str, arguments: dict[str, Any]) -> Allowance | None:
        """What counts for this call; None for what Slack hardly limits."""
        if method == POST:
            said = arguments.get("json") or arguments.get("params") or {}
            return self._allowances[f"{POST} {said.get('channel')}"]
        return self._allowances[method] if method in TIERS else None


def _for_any(clock: Clock, limit: Limit) -> Callable[[], Allowance]:
    return lambda: Allowance(clock, [limit])
