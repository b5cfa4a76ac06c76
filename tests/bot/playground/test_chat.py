"""Posting, updating and deleting: what is kept, and what Slack refuses."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.nouns import Message, User
from bot.playground.server import Playground
from tests.bot.playground.blocks import CARD, section
from tests.bot.playground.conftest import StoppedClock
from tests.bot.playground.test_web_api import error_of


async def post(client: AsyncWebClient, **more: Any) -> dict[str, Any]:
    answer = await client.chat_postMessage(**{"channel": "#reviews", "text": "x", **more})
    assert isinstance(answer.data, dict)
    return answer.data


async def test_timestamps_rise_even_while_the_clock_stands(client: AsyncWebClient) -> None:
    stamps = [(await post(client))["ts"] for _ in range(3)]

    assert stamps == ["1772442000.000000", "1772442000.000001", "1772442000.000002"]


async def test_timestamps_follow_the_clock(client: AsyncWebClient, clock: StoppedClock) -> None:
    await post(client)
    clock.advance(minutes=1)

    assert (await post(client))["ts"] == "1772442060.000000"


async def test_metadata_is_kept_with_the_message(
    playground: Playground, client: AsyncWebClient
) -> None:
    metadata = {"event_type": "countersign", "event_payload": {"effect": "e-1"}}
    posted = await post(client, metadata=metadata)

    assert playground.workspace.message("#reviews", posted["ts"]).metadata == metadata


async def test_an_update_without_metadata_keeps_it(
    playground: Playground, client: AsyncWebClient
) -> None:
    metadata = {"event_type": "countersign", "event_payload": {"effect": "e-1"}}
    posted = await post(client, metadata=metadata)
    await client.chat_update(channel=posted["channel"], ts=posted["ts"], text="new")

    assert playground.workspace.message("#reviews", posted["ts"]).metadata == metadata


async def test_malformed_metadata_is_refused(client: AsyncWebClient) -> None:
    call = client.chat_postMessage(channel="#reviews", text="x", metadata={"effect": "e-1"})

    assert await error_of(call) == "invalid_metadata_format"


async def test_bad_blocks_are_refused_with_slacks_own_words(client: AsyncWebClient) -> None:
    call = client.chat_postMessage(channel="#reviews", text="x", blocks=[section("x" * 3001)])

    assert await error_of(call) == "invalid_blocks"


@pytest.mark.parametrize(
    ("channel", "error"),
    [
        ("#nowhere", "channel_not_found"),
        ("C0NOWHERE", "channel_not_found"),
        ("#elsewhere", "not_in_channel"),
        ("#secret", "channel_not_found"),
        ("U0GONE", "user_disabled"),
    ],
)
async def test_the_app_writes_only_where_it_is(
    playground: Playground, client: AsyncWebClient, channel: str, error: str
) -> None:
    playground.workspace.add_channel("#elsewhere", ["U0ANA"], invite_bot=False)
    playground.workspace.add_channel("#secret", ["U0ANA"], private=True, invite_bot=False)

    assert await error_of(client.chat_postMessage(channel=channel, text="x")) == error


async def test_a_message_of_nothing_is_no_text(client: AsyncWebClient) -> None:
    call = client.api_call("chat.postMessage", json={"channel": "#reviews"})

    assert await error_of(call) == "no_text"


async def test_a_message_of_40001_characters_is_too_long(client: AsyncWebClient) -> None:
    call = client.chat_postMessage(channel="#reviews", text="x" * 40_001)

    assert await error_of(call) == "msg_too_long"


async def test_an_update_takes_4000_characters_and_no_more(client: AsyncWebClient) -> None:
    posted = await post(client)
    where = {"channel": posted["channel"], "ts": posted["ts"]}
    await client.chat_update(**where, text="x" * 4_000)

    assert await error_of(client.chat_update(**where, text="x" * 4_001)) == "msg_too_long"


async def test_an_update_changes_text_and_blocks_in_place(
    playground: Playground, client: AsyncWebClient
) -> None:
    posted = await post(client, blocks=CARD)
    await client.chat_update(
        channel=posted["channel"], ts=posted["ts"], text="new", blocks=[section("new")]
    )

    [message] = playground.workspace.messages("#reviews")
    assert (message.ts, message.text, len(message.blocks)) == (posted["ts"], "new", 1)
    assert message.edited_ts is not None


async def test_an_update_without_blocks_keeps_them(
    playground: Playground, client: AsyncWebClient
) -> None:
    posted = await post(client, blocks=CARD)
    await client.chat_update(channel=posted["channel"], ts=posted["ts"], text="new")

    assert len(playground.workspace.messages("#reviews")[0].blocks) == len(CARD)


async def test_an_update_with_an_empty_list_takes_blocks_away(
    playground: Playground, client: AsyncWebClient
) -> None:
    posted = await post(client, blocks=CARD)
    await client.chat_update(channel=posted["channel"], ts=posted["ts"], text="new", blocks=[])

    assert playground.workspace.messages("#reviews")[0].blocks == ()


async def test_an_update_needs_the_channels_id(client: AsyncWebClient) -> None:
    posted = await post(client)
    call = client.chat_update(channel="#reviews", ts=posted["ts"], text="new")

    assert await error_of(call) == "channel_not_found"


async def test_an_update_of_no_message_is_message_not_found(client: AsyncWebClient) -> None:
    posted = await post(client)
    call = client.chat_update(channel=posted["channel"], ts="1.000000", text="new")

    assert await error_of(call) == "message_not_found"


async def test_other_peoples_messages_are_not_the_apps_to_change(
    playground: Playground, client: AsyncWebClient
) -> None:
    ts = await playground.people.say("U0ANA", "#reviews", "mine")
    channel = playground.workspace.channel("#reviews").id

    update = client.chat_update(channel=channel, ts=ts, text="yours")
    assert await error_of(update) == "cant_update_message"
    assert await error_of(client.chat_delete(channel=channel, ts=ts)) == "cant_delete_message"


async def test_a_deleted_message_is_gone(playground: Playground, client: AsyncWebClient) -> None:
    posted = await post(client)
    await client.chat_delete(channel=posted["channel"], ts=posted["ts"])

    assert playground.workspace.messages("#reviews") == []


async def test_a_reply_stands_in_the_thread_and_not_in_the_channel(
    playground: Playground, client: AsyncWebClient
) -> None:
    parent = await post(client, text="parent")
    await post(client, text="reply", thread_ts=parent["ts"])
    workspace = playground.workspace

    assert [m.text for m in workspace.messages("#reviews")] == ["parent"]
    assert [m.text for m in workspace.thread("#reviews", parent["ts"])] == ["reply"]


async def test_a_reply_to_nothing_is_refused(client: AsyncWebClient) -> None:
    call = client.chat_postMessage(channel="#reviews", text="x", thread_ts="1.000000")

    assert await error_of(call) == "thread_not_found"


async def test_an_ephemeral_is_seen_by_one_person(
    playground: Playground, client: AsyncWebClient
) -> None:
    await client.chat_postEphemeral(channel="#reviews", user="U0DANA", text="psst")
    workspace = playground.workspace

    assert [m.text for m in workspace.ephemerals("U0DANA")] == ["psst"]
    assert (workspace.ephemerals("U0ANA"), workspace.messages("#reviews")) == ([], [])


async def test_an_ephemeral_reply_is_no_part_of_the_thread(
    playground: Playground, client: AsyncWebClient
) -> None:
    parent = await post(client)
    await client.chat_postEphemeral(
        channel="#reviews", user="U0DANA", text="psst", thread_ts=parent["ts"]
    )

    assert playground.workspace.thread("#reviews", parent["ts"]) == []


async def test_an_ephemeral_cannot_be_updated(
    client: AsyncWebClient, playground: Playground
) -> None:
    sent = await client.chat_postEphemeral(channel="#reviews", user="U0DANA", text="psst")
    channel = playground.workspace.channel("#reviews").id
    call = client.chat_update(channel=channel, ts=sent["message_ts"], text="new")

    assert await error_of(call) == "message_not_found"


async def test_an_ephemeral_for_somebody_outside_the_channel_is_refused(
    client: AsyncWebClient,
) -> None:
    call = client.chat_postEphemeral(channel="#reviews", user="U0GUEST", text="psst")

    assert await error_of(call) == "user_not_in_channel"


async def test_a_message_to_a_person_is_a_direct_one(
    playground: Playground, client: AsyncWebClient
) -> None:
    posted = await post(client, channel="U0DANA", text="your turn")

    assert posted["channel"] == "D0DANA"
    assert [m.text for m in playground.workspace.dms("U0DANA")] == ["your turn"]
    assert playground.workspace.dms("U0ANA") == []


async def test_a_permalink_leads_to_the_page(
    playground: Playground, client: AsyncWebClient
) -> None:
    posted = await post(client)
    found = await client.chat_getPermalink(channel=posted["channel"], message_ts=posted["ts"])

    expected = f"{playground.base_url}/archives/C0REVIEWS/p1772442000000000"
    assert found["permalink"] == expected


async def test_a_reaction_is_given_once(playground: Playground, client: AsyncWebClient) -> None:
    playground.workspace.scopes |= {"reactions:write"}
    posted = await post(client)
    mark = {"channel": posted["channel"], "timestamp": posted["ts"], "name": "eyes"}
    await client.reactions_add(**mark)

    assert await error_of(client.reactions_add(**mark)) == "already_reacted"
    shown = playground.workspace.messages("#reviews")[0].as_json()
    assert shown["reactions"] == [{"name": "eyes", "users": ["U0COUNTERSIGN"]}]


async def test_messages_come_in_the_order_of_their_time(playground: Playground) -> None:
    workspace = playground.workspace
    for ts in ("10000000000.000000", "9999999999.000000"):
        workspace.post(Message("C0REVIEWS", ts, "U0ANA", ts))

    assert [m.ts for m in workspace.messages("#reviews")] == [
        "9999999999.000000",
        "10000000000.000000",
    ]


async def test_a_bot_cannot_be_written_to(playground: Playground, client: AsyncWebClient) -> None:
    playground.workspace.add_user(User("U0BOT", "robo", "Robo", bot=True))

    assert await error_of(client.chat_postMessage(channel="U0BOT", text="x")) == "cannot_dm_bot"
