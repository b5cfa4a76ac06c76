"""Pictures of figures at Slack: drawn, uploaded once, and seen only where a message shows them."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import Clock
from bot.errors import Refused
from bot.insights.plots import render_picture
from bot.slack.client import asked
from bot.slack.digests import alt_words
from routing.hindsight.insights import Figures
from storage.database import Storage

log = structlog.get_logger()

WORKED_ON = timedelta(minutes=2)
"""Slack shows a file a moment after its upload. After that long it will not any more."""


class Pictures:
    """Uploads. The id of what was uploaded is kept, so that a second try shows the same file.

    Where the bot dies between Slack's answer and our keeping it, a second copy is uploaded; the
    first one is then shown nowhere. No message comes twice of that.
    """

    def __init__(self, client: AsyncWebClient, storage: Storage, clock: Clock) -> None:
        self._client = client
        self._storage = storage
        self._clock = clock

    async def upload(self, key: str, weeks: tuple[Figures, ...]) -> str | None:
        """The id of the picture for the message with this key; None where Slack takes none."""
        known = await self._storage.run(lambda rooms: rooms.uploads.find(key))
        if known is not None:
            return known.file
        drawn = await asyncio.to_thread(render_picture, weeks)
        name = f"insights-{weeks[-1].label}"
        try:
            answer = await asked(
                self._client.files_upload_v2(
                    file=drawn, filename=f"{name}.png", title=name, alt_txt=alt_words(weeks)
                )
            )
        except Refused as exc:
            log.warning("picture_refused", problem=str(exc))
            return None
        file, now = str(answer["files"][0]["id"]), self._clock.now()
        await self._storage.run(lambda rooms: rooms.uploads.keep(key, file, now))
        return file

    async def is_worked_on(self, key: str) -> bool:
        """Whether Slack may need a moment more before it shows the picture."""
        known = await self._storage.run(lambda rooms: rooms.uploads.find(key))
        # The moment was kept: by a clock that was set back since, it may lie ahead.
        return known is not None and abs(self._clock.now() - known.at) < WORKED_ON
