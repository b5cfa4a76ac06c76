"""Pictures: how long Slack may need before it shows one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import StoryClock
from bot.slack.pictures import WORKED_ON, Pictures
from storage.database import Storage
from tests.builders import NOW


@pytest.mark.parametrize(
    ("since", "worked_on"),
    [(timedelta(0), True), (WORKED_ON, False), (timedelta(hours=-1), False)],
    ids=["right after", "later", "the clock was set back"],
)
async def test_a_picture_is_worked_on_for_two_minutes(
    storage: Storage, client: AsyncWebClient, since: timedelta, *, worked_on: bool
) -> None:
    await storage.run(lambda rooms: rooms.uploads.keep("effect-1", "F1", NOW))
    pictures = Pictures(client, storage, StoryClock(NOW + since))
    assert await pictures.is_worked_on("effect-1") is worked_on
