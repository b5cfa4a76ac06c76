"""Who is who in Slack: accounts that may not decide, asked of Slack and kept for a while."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import Clock, Onward
from bot.errors import Refused
from bot.slack.client import asked

FRESH = timedelta(minutes=5)
"""For so long an answer of Slack's is believed."""


class SlackDirectory:
    """Asks `users.info`, for one workspace."""

    def __init__(self, client: AsyncWebClient, clock: Clock) -> None:
        self._client = client
        self._clock = Onward(clock)
        self._known: dict[str, tuple[datetime, bool]] = {}
        self.team: str | None = None

    async def sign_in(self) -> str:
        """Prove that the token works; returns the workspace's name.

        Raises:
            Refused: with what to do, when Slack does not take the token.
        """
        try:
            answer = await asked(self._client.auth_test())
        except Refused as exc:
            raise Refused(f"SLACK_BOT_TOKEN: {exc}; copy it anew from OAuth & Permissions") from exc
        self.team = str(answer["team_id"])
        return str(answer["team"])

    async def without_say(self, users: Iterable[str]) -> frozenset[str]:
        """Those that may not decide: deactivated, guests, bots, people of other workspaces."""
        return frozenset([user for user in users if not await self._may_decide(user)])

    async def _may_decide(self, user: str) -> bool:
        now = self._clock.now()
        at, answer = self._known.get(user, (None, False))
        if at is not None and now - at < FRESH:
            return answer
        try:
            response = await asked(self._client.users_info(user=user))
        except Refused:
            fresh = False  # Slack knows no such user
        else:
            fresh = self._is_member(response["user"])
        self._known = {one: said for one, said in self._known.items() if now - said[0] < FRESH}
        self._known[user] = (now, fresh)
        return fresh

    def _is_member(self, user: dict[str, Any]) -> bool:
        outside = self.team is not None and user.get("team_id") != self.team
        guest = user.get("is_restricted") or user.get("is_ultra_restricted")
        gone = user.get("deleted") or user.get("is_stranger")
        return not (outside or guest or gone or user.get("is_bot"))
