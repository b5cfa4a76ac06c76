"""Whether our clock is right, as Slack dates its answers."""

from __future__ import annotations

from datetime import timedelta

import pytest
from slack_sdk.errors import SlackApiError

from bot.playground.server import Playground
from bot.slack.client import open_client
from tests.bot.fakes import SetClock
from tests.builders import NOW


async def test_a_clock_that_is_set_right_during_a_call_is_not_called_wrong(
    playground: Playground,
) -> None:
    ours = SetClock(NOW + timedelta(hours=1))
    client = open_client(playground.bot_token, playground.api_url, ours, paced=False)
    await client.auth_test()
    assert client.ahead == timedelta(hours=1)

    def set_right() -> float:
        ours.set_to(NOW)
        return 0.0

    playground.api.trouble.slow = set_right
    await client.auth_test()
    assert client.ahead == timedelta(0)


async def test_a_no_tells_the_time_as_well(playground: Playground) -> None:
    ours = SetClock(NOW - timedelta(hours=1))
    client = open_client("xoxb-wrong", playground.api_url, ours, paced=False)
    with pytest.raises(SlackApiError):
        await client.auth_test()
    assert client.ahead == timedelta(hours=-1)
