"""The watchman: asks now and then what nobody else has asked, so that a part that is down shows."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import CountersignError
from bot.slack.client import asked
from bot.slack.watched import WatchedClient
from bot.web.openid import SlackOpenId

EVERY_SECONDS = 60.0
SELDOM = 5
"""The sign-in is looked at every so many rounds: hardly anybody ever notices it."""


class Watchman:
    """Goes round. What he finds is noted by whom he asks (`trouble`)."""

    def __init__(self, slack: AsyncWebClient, openid: SlackOpenId | None) -> None:
        self._slack = slack
        self._openid = openid
        self._rounds: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to go round."""
        self._rounds = asyncio.create_task(self._go_round())

    async def stop(self) -> None:
        """Go home."""
        if self._rounds is not None:
            self._rounds.cancel()
            await asyncio.wait([self._rounds])

    async def _go_round(self) -> None:
        heard, number = -1, 0
        while True:
            await asyncio.sleep(EVERY_SECONDS)
            if isinstance(self._slack, WatchedClient):
                if self._slack.calls == heard:  # nobody has asked Slack for anything meanwhile
                    with suppress(CountersignError):
                        await asked(self._slack.auth_test())
                heard = self._slack.calls
            if self._openid is not None and number % SELDOM == 0:
                await self._openid.look()
            number += 1
