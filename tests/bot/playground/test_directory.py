"""Who is who: users and conversations as the app may see them."""

from __future__ import annotations

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.server import Playground
from tests.bot.playground.test_web_api import error_of


async def test_a_users_info_has_name_zone_and_mail(client: AsyncWebClient) -> None:
    user = (await client.users_info(user="U0DANA"))["user"]

    assert (user["real_name"], user["tz"]) == ("Dana Ng", "Europe/Berlin")
    assert user["profile"]["email"] == "dana@example.com"


async def test_without_its_scope_no_mail_is_shown(
    playground: Playground, client: AsyncWebClient
) -> None:
    playground.workspace.scopes -= {"users:read.email"}

    assert "email" not in (await client.users_info(user="U0DANA"))["user"]["profile"]


@pytest.mark.parametrize(
    ("user", "flag"),
    [("U0GUEST", "is_restricted"), ("U0GONE", "deleted"), ("U0FAR", "is_stranger")],
)
async def test_guests_the_departed_and_strangers_are_marked(
    client: AsyncWebClient, user: str, flag: str
) -> None:
    assert (await client.users_info(user=user))["user"][flag] is True
    assert not (await client.users_info(user="U0DANA"))["user"][flag]


async def test_a_stranger_is_of_another_team(client: AsyncWebClient) -> None:
    user = (await client.users_info(user="U0FAR"))["user"]

    assert user["team_id"] == "T0ELSEWHERE"
    assert "email" not in user["profile"]


async def test_an_unknown_user_is_user_not_found(client: AsyncWebClient) -> None:
    assert await error_of(client.users_info(user="U0NOBODY")) == "user_not_found"


async def test_a_user_is_found_by_mail_whatever_its_case(client: AsyncWebClient) -> None:
    found = await client.users_lookupByEmail(email="Dana@Example.com")

    assert found["user"]["id"] == "U0DANA"


@pytest.mark.parametrize("email", ["nobody@example.com", "gone@example.com", "finn@example.org"])
async def test_nobody_the_departed_and_strangers_are_not_found_by_mail(
    client: AsyncWebClient, email: str
) -> None:
    assert await error_of(client.users_lookupByEmail(email=email)) == "users_not_found"


async def test_users_are_listed_page_by_page(client: AsyncWebClient) -> None:
    pages = [page["members"] async for page in await client.users_list(limit=3)]

    assert [len(page) for page in pages] == [3, 3]
    assert pages[0][0]["is_bot"] is True


async def test_a_made_up_cursor_is_invalid(client: AsyncWebClient) -> None:
    assert await error_of(client.users_list(cursor="made-up")) == "invalid_cursor"


async def test_a_conversation_is_opened_once(client: AsyncWebClient) -> None:
    first = await client.conversations_open(users="U0DANA")
    second = await client.conversations_open(users=["U0DANA"])

    assert first["channel"]["id"] == second["channel"]["id"] == "D0DANA"
    assert (first.get("already_open"), second.get("already_open")) == (None, True)


@pytest.mark.parametrize(
    ("users", "error"),
    [
        ("U0NOBODY", "user_not_found"),
        ("U0GONE", "user_disabled"),
        ("U0COUNTERSIGN", "cannot_dm_bot"),
        ("U0ANA,U0DANA", "missing_scope"),
    ],
)
async def test_some_conversations_cannot_be_opened(
    client: AsyncWebClient, users: str, error: str
) -> None:
    assert await error_of(client.conversations_open(users=users)) == error


async def test_channels_are_listed_by_kind(playground: Playground, client: AsyncWebClient) -> None:
    workspace = playground.workspace
    workspace.scopes |= {"channels:read"}
    workspace.add_channel("#inside", ["U0ANA"], private=True)
    workspace.add_channel("#secret", ["U0ANA"], private=True, invite_bot=False)

    public = await client.conversations_list()
    private = await client.conversations_list(types="private_channel")

    assert [channel["name"] for channel in public["channels"]] == ["reviews"]
    assert [channel["name"] for channel in private["channels"]] == ["inside"]


async def test_a_channels_info_says_whether_the_app_is_in(
    playground: Playground, client: AsyncWebClient
) -> None:
    playground.workspace.scopes |= {"channels:read"}
    playground.workspace.add_channel("#elsewhere", ["U0ANA"], invite_bot=False)

    assert (await client.conversations_info(channel="C0REVIEWS"))["channel"]["is_member"] is True
    assert (await client.conversations_info(channel="C0ELSEWHERE"))["channel"]["is_member"] is False
    assert await error_of(client.conversations_info(channel="#reviews")) == "channel_not_found"
