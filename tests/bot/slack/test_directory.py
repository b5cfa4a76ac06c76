"""Who may decide: members of our workspace, and nobody of whom Slack does not say so."""

from __future__ import annotations

from datetime import timedelta

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import StoryClock
from bot.errors import Refused, Retryable
from bot.playground.nouns import User
from bot.playground.server import Playground
from bot.slack.client import open_client
from bot.slack.directory import SlackDirectory
from tests.bot.fakes import SetClock
from tests.builders import NOW


@pytest.fixture
async def directory(client: AsyncWebClient, clock: StoryClock) -> SlackDirectory:
    directory = SlackDirectory(client, clock)
    await directory.sign_in()
    return directory


def asked_about(playground: Playground) -> int:
    return playground.api.calls.count("users.info")


async def test_members_may_decide(directory: SlackDirectory) -> None:
    assert await directory.without_say(["U0ANA", "U0DANA"]) == frozenset()


@pytest.mark.parametrize("user", ["U0GONE", "U0GUEST", "U0BOT", "U0FAR", "U0NOBODY", ""])
async def test_nobody_else_may(directory: SlackDirectory, user: str) -> None:
    assert await directory.without_say(["U0ANA", user]) == {user}


class Connected(User):
    """Somebody of another company in a channel shared with us: Slack calls them no stranger."""

    @property
    def stranger(self) -> bool:
        return False


async def test_nobody_from_another_company_may_though_they_share_a_channel(
    directory: SlackDirectory, playground: Playground
) -> None:
    there = Connected("U0SHARED", "sha", "Sha Red", team_id="T0ELSEWHERE")
    playground.workspace.add_user(there)
    assert await directory.without_say(["U0SHARED"]) == {"U0SHARED"}


async def test_of_nobody_nobody_is_asked(directory: SlackDirectory, playground: Playground) -> None:
    assert await directory.without_say([]) == frozenset()
    assert asked_about(playground) == 0


async def test_an_answer_is_believed_for_five_minutes(
    directory: SlackDirectory, playground: Playground, clock: StoryClock
) -> None:
    await directory.without_say(["U0ANA"])
    clock.move_to(NOW + timedelta(minutes=4, seconds=59))
    await directory.without_say(["U0ANA"])
    assert asked_about(playground) == 1
    clock.move_to(NOW + timedelta(minutes=5))
    await directory.without_say(["U0ANA"])
    assert asked_about(playground) == 2


async def test_somebody_who_left_is_out_five_minutes_later(
    directory: SlackDirectory, playground: Playground, clock: StoryClock
) -> None:
    await directory.without_say(["U0ANA"])
    playground.workspace.add_user(User("U0ANA", "ana", "Ana Ito", deleted=True))
    clock.move_to(NOW + timedelta(minutes=5))
    assert await directory.without_say(["U0ANA"]) == {"U0ANA"}


async def test_when_slack_cannot_be_asked_nothing_is_assumed(
    directory: SlackDirectory, playground: Playground
) -> None:
    playground.down = True
    with pytest.raises(Retryable):
        await directory.without_say(["U0ANA"])
    playground.down = False
    assert await directory.without_say(["U0ANA"]) == frozenset()


async def test_an_answer_that_is_still_believed_outlasts_an_outage(
    directory: SlackDirectory, playground: Playground
) -> None:
    await directory.without_say(["U0GUEST"])
    playground.down = True
    assert await directory.without_say(["U0GUEST"]) == {"U0GUEST"}


async def test_signing_in_tells_the_workspace(
    client: AsyncWebClient, playground: Playground, clock: StoryClock
) -> None:
    directory = SlackDirectory(client, clock)
    assert await directory.sign_in()
    assert directory.team == playground.team_id


async def test_a_token_that_slack_does_not_take_is_named_with_the_cure(
    playground: Playground, clock: StoryClock
) -> None:
    directory = SlackDirectory(open_client("xoxb-wrong", playground.api_url), clock)
    with pytest.raises(Refused, match=r"SLACK_BOT_TOKEN.*invalid_auth.*OAuth & Permissions"):
        await directory.sign_in()


async def test_of_whom_nobody_asks_any_more_nothing_is_remembered(
    directory: SlackDirectory, clock: StoryClock
) -> None:
    await directory.without_say(["U0ANA"])
    clock.move_to(NOW + timedelta(minutes=5))
    await directory.without_say(["U0DANA"])
    assert set(directory._known) == {"U0DANA"}


async def test_whoever_left_is_asked_about_in_time_though_the_clock_is_set_back(
    client: AsyncWebClient, playground: Playground
) -> None:
    clock = SetClock(NOW)
    directory = SlackDirectory(client, clock)
    await directory.without_say(["U0ANA"])
    asked = asked_about(playground)
    clock.set_to(NOW - timedelta(hours=1))
    await directory.without_say(["U0ANA"])
    clock.set_to(NOW - timedelta(minutes=55))
    await directory.without_say(["U0ANA"])
    assert asked_about(playground) == asked + 1
