"""Links that the app may unfurl, and the shortcuts in a message's menu."""

from __future__ import annotations

from typing import Any

import pytest
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.refusal import Impossible
from bot.playground.server import Playground
from bot.playground.unfurling import shared_links
from tests.bot.playground.blocks import NOTE

ADDRESS = "https://git.acme.example/shop/pull/7"


@pytest.fixture
def linked(playground: Playground) -> Playground:
    """A workspace in which the app has registered a domain and may unfurl."""
    workspace = playground.workspace
    workspace.unfurl_domains = frozenset({"acme.example"})
    workspace.scopes |= {"links:read", "links:write"}
    return playground


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"look at {ADDRESS} please", [ADDRESS]),
        (f"<{ADDRESS}|the change> and {ADDRESS}", [ADDRESS]),
        ("https://acme.example.evil.example/x", []),
        ("acme.example", []),
    ],
)
def test_links_of_registered_domains_are_shared(text: str, found: list[str]) -> None:
    assert [link["url"] for link in shared_links(text, {"acme.example"})] == found


async def test_the_app_hears_of_a_link_and_says_what_it_shows(
    linked: Playground, bolt: AsyncApp, client: AsyncWebClient
) -> None:
    @bolt.event("link_shared")
    async def show(event: dict[str, Any]) -> None:
        [link] = event["links"]
        await client.chat_unfurl(
            channel=event["channel"],
            ts=event["message_ts"],
            unfurls={link["url"]: {"blocks": [NOTE]}},
        )

    ts = await linked.people.say("U0ANA", "#reviews", f"who knows {ADDRESS}?")
    await linked.until(lambda: linked.workspace.message("#reviews", ts).attachments)
    [shown] = linked.workspace.message("#reviews", ts).attachments
    assert shown["from_url"] == ADDRESS
    assert shown["blocks"][0]["type"] == NOTE["type"]


async def test_what_nobody_shared_is_not_unfurled(
    linked: Playground, client: AsyncWebClient
) -> None:
    ts = await linked.people.say("U0ANA", "#reviews", "no links here")
    with pytest.raises(SlackApiError, match="cannot_unfurl_url"):
        await client.chat_unfurl(channel="C0REVIEWS", ts=ts, unfurls={ADDRESS: {"blocks": [NOTE]}})


async def test_a_shortcut_carries_its_message(playground: Playground, bolt: AsyncApp) -> None:
    playground.workspace.shortcuts = {"route": "Route this"}
    heard: list[dict[str, Any]] = []

    @bolt.shortcut("route")
    async def take(ack: Any, shortcut: dict[str, Any]) -> None:
        heard.append(shortcut)
        await ack()

    ts = await playground.people.say("U0ANA", "#reviews", "please review")
    await playground.people.shortcut("U0DANA", "#reviews", ts, "route")
    [one] = heard
    assert (one["user"]["id"], one["message"]["text"]) == ("U0DANA", "please review")


async def test_a_shortcut_that_is_not_offered_cannot_be_chosen(playground: Playground) -> None:
    ts = await playground.people.say("U0ANA", "#reviews", "please review")
    with pytest.raises(Impossible, match="no shortcut"):
        await playground.people.shortcut("U0DANA", "#reviews", ts, "route")
