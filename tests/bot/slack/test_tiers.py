"""A client that keeps to Slack's tiers makes no call that Slack would refuse."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import StoryClock
from bot.errors import NotYet
from bot.playground.server import Playground
from bot.slack.client import asked, open_client
from bot.slack.tiers import TIERS
from tests.builders import NOW


@pytest.fixture
def paced(playground: Playground, clock: StoryClock) -> AsyncWebClient:
    playground.limits_on = True
    return open_client(playground.bot_token, playground.api_url, clock)


async def calls_made(call: Callable[[], object]) -> int:
    """How many are made before the next one has to wait."""
    made = 0
    while True:
        try:
            await asked(call())  # type: ignore[arg-type]  # any of Slack's methods
        except NotYet:
            return made
        made += 1


@pytest.mark.parametrize("method", ["users.info", "conversations.list"])
async def test_a_method_is_called_as_often_as_its_tier_allows(
    playground: Playground, paced: AsyncWebClient, method: str
) -> None:
    calls = {
        "users.info": lambda: paced.users_info(user="U0DANA"),
        "conversations.list": paced.conversations_list,
    }
    assert await calls_made(calls[method]) == TIERS[method]
    assert playground.api.pacing.overruns == []


async def test_a_refusal_all_the_same_closes_the_method_for_as_long_as_it_says(
    playground: Playground, clock: StoryClock, paced: AsyncWebClient
) -> None:
    playground.fail_next(1, status=429)
    for _ in range(2):
        with pytest.raises(NotYet):
            await asked(paced.users_info(user="U0DANA"))
    assert playground.api.calls.count("users.info") == 1
    clock.move_to(NOW + timedelta(seconds=1))
    await asked(paced.users_info(user="U0DANA"))
