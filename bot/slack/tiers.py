"""Calls that answer a person at once, or ask who somebody is: as often as Slack lets an app.

Messages wait for their turn (`bot.slack.pace`); these are made now or not at all.
"""

from __future__ import annotations

from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.allowance import MINUTE, PLAIN, Allowance, Limit
from bot.clock import Clock
from bot.slack.watched import WatchedClient

TIER_2, TIER_3, TIER_4 = 20, 50, 100
"""Calls a minute. Source: Slack's "Rate limits" page."""

TIERS = {
    **dict.fromkeys(("conversations.list", "users.list"), TIER_2),
    **dict.fromkeys(
        (
            *("chat.unfurl", "users.lookupByEmail"),
            *("conversations.history", "conversations.replies"),
        ),
        TIER_3,
    ),
    **dict.fromkeys(("views.open", "views.update", "views.publish", "users.info"), TIER_4),
}
TOO_MANY = 429


class PacedClient(WatchedClient):
    """A client that makes no call which Slack would refuse as too many.

    Raises `NotYet` instead, before anything is sent. One that is refused all the same (others
    share the workspace's limits) closes its method for as long as Slack says.
    """

    def __init__(self, clock: Clock, **more: Any) -> None:
        super().__init__(clock, **more)
        self._allowances = {
            method: Allowance(clock, [Limit(most, MINUTE, plain=1)])
            for method, most in TIERS.items()
        }

    async def api_call(self, api_method: str, **arguments: Any) -> AsyncSlackResponse:
        """As always, when there is room for it."""
        allowance = self._allowances.get(api_method)
        if allowance is None:
            return await super().api_call(api_method, **arguments)
        allowance.ask(f"calling {api_method}", PLAIN)
        allowance.spend(costly=False)
        try:
            return await super().api_call(api_method, **arguments)
        except SlackApiError as exc:
            response: Any = exc.response
            after = response.headers.get("Retry-After", "")
            if response.status_code == TOO_MANY and after.isdecimal():
                allowance.close(float(after))
            raise
