"""Stand-ins for the forges, and our side of them."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.clock import RunningClock
from bot.forges.github.adapter import GitHub, open_github
from bot.forges.gitlab.adapter import GitLab, open_gitlab
from tests.standins.github.site import GitHubStandIn
from tests.standins.gitlab.site import GitLabStandIn
from tests.standins.gitlab.state import NOBODY
from tests.standins.site import real_time


@pytest.fixture
def clock() -> RunningClock:
    """The forges' clock: it runs, and can be pushed ahead."""
    return RunningClock(real_time())


@pytest.fixture
async def github(clock: RunningClock) -> AsyncIterator[GitHubStandIn]:
    """GitHub with the people of the contract's scene."""
    async with GitHubStandIn(now=clock.now) as standin:
        for login in ("ana", "bo", "cy"):
            standin.add_person(login)
        standin.add_person("dee", access="none")
        yield standin


@pytest.fixture
async def forge(github: GitHubStandIn) -> AsyncIterator[GitHub]:
    """Countersign's side of it, with the token of `countersign-bot`."""
    adapter = open_github([github.full_name], token=github.token, api_url=github.url)
    yield adapter
    await adapter.close()


@pytest.fixture
async def gitlab(clock: RunningClock) -> AsyncIterator[GitLabStandIn]:
    """GitLab with the people of the contract's scene."""
    async with GitLabStandIn(now=clock.now) as standin:
        for login in ("ana", "bo", "cy"):
            standin.add_person(login)
        standin.add_person("dee", access=NOBODY)
        yield standin


@pytest.fixture
async def adapter(gitlab: GitLabStandIn) -> AsyncIterator[GitLab]:
    """Countersign's side of GitLab, with the token of `countersign-bot`."""
    found = open_gitlab([gitlab.path], token=gitlab.token, url=gitlab.url)
    yield found
    await found.close()
