"""A Slack workspace on this machine, and our client for it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import StoryClock
from bot.playground.nouns import User
from bot.playground.server import Playground
from bot.slack.client import open_client
from bot.slack.messenger import SlackMessenger
from bot.slack.scopes import LOOKING_BACK
from storage.database import Storage
from tests.bot.fakes import PEOPLE, files_in
from tests.bot.slack.speaking import Speaking

WITHOUT_SLACK = PEOPLE + "  - {id: omar, name: Omar Diaz}\n"


@pytest.fixture
async def playground(clock: StoryClock) -> AsyncIterator[Playground]:
    async with Playground(clock) as running:
        workspace = running.workspace
        workspace.add_user(User("U0ANA", "ana", "Ana Ito"))
        workspace.add_user(User("U0DANA", "dana", "Dana Ng"))
        workspace.add_user(User("U0GONE", "gone", "Gus One", deleted=True))
        workspace.add_user(User("U0GUEST", "guest", "Gia Est", guest=True))
        workspace.add_user(User("U0BOT", "bot", "Some Bot", bot=True))
        workspace.add_user(User("U0FAR", "far", "Finn Ar", team_id="T0ELSEWHERE"))
        workspace.add_channel("#reviews", ["U0ANA", "U0DANA", "U0GUEST", "U0FAR"])
        workspace.add_channel("#private", ["U0ANA"], invite_bot=False)
        yield running


@pytest.fixture
def client(playground: Playground) -> AsyncWebClient:
    return open_client(playground.bot_token, playground.api_url)


@pytest.fixture
def speaking(
    storage: Storage,
    playground: Playground,
    client: AsyncWebClient,
    clock: StoryClock,
    tmp_path: Path,
) -> Speaking:
    policies = files_in(tmp_path, people=WITHOUT_SLACK)
    playground.workspace.scopes |= LOOKING_BACK
    return Speaking(storage, playground, SlackMessenger(client, storage, policies, clock), clock)
