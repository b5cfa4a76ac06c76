"""What people can click and write, what they cannot, and what the app hears of it."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.nouns import Json
from bot.playground.refusal import Impossible
from bot.playground.server import Playground
from tests.bot.playground.blocks import CARD, NOTE, actions, button, modal, options, plain, section
from tests.bot.playground.conftest import StoppedClock
from tests.bot.playground.ear import Ear, open_modal, post


async def test_a_click_tells_who_where_and_what(
    playground: Playground, client: AsyncWebClient, ear: Ear
) -> None:
    ts = await post(client)
    await playground.people.click("U0DANA", "#reviews", ts, "review.approve")

    [heard] = ear.heard
    assert heard["user"] == {
        "id": "U0DANA",
        "username": "dana",
        "name": "dana",
        "team_id": "T0PLAYGROUND",
    }
    assert heard["container"]["message_ts"] == heard["message"]["ts"] == ts
    assert heard["channel"] == {"id": "C0REVIEWS", "name": "reviews"}
    [action] = heard["actions"]
    assert (action["action_id"], action["block_id"], action["value"], action["type"]) == (
        "review.approve",
        "card",
        "card-1",
        "button",
    )


async def test_a_stranger_clicks_with_the_team_of_their_own(
    playground: Playground, client: AsyncWebClient, ear: Ear
) -> None:
    await playground.people.click("U0FAR", "#reviews", await post(client), "review.approve")

    assert ear.heard[0]["user"]["team_id"] == "T0ELSEWHERE"
    assert ear.heard[0]["team"]["id"] == "T0PLAYGROUND"


async def test_a_button_that_is_not_there_cannot_be_clicked(
    playground: Playground, client: AsyncWebClient, ear: Ear
) -> None:
    ts = await post(client, section("no buttons"))
    with pytest.raises(Impossible, match=r"nothing called 'review\.approve'"):
        await playground.people.click("U0DANA", "#reviews", ts, "review.approve")

    assert ear.heard == []


async def test_a_button_that_was_edited_away_cannot_be_clicked(
    playground: Playground, client: AsyncWebClient, ear: Ear
) -> None:
    ts = await post(client)
    await client.chat_update(channel="C0REVIEWS", ts=ts, text="x", blocks=[section("done")])
    with pytest.raises(Impossible):
        await playground.people.click("U0DANA", "#reviews", ts, "review.approve")

    assert ear.heard == []


@pytest.mark.parametrize("user", ["U0GUEST", "U0GONE", "U0COUNTERSIGN"])
async def test_outsiders_the_departed_and_bots_cannot_click(
    playground: Playground, client: AsyncWebClient, ear: Ear, user: str
) -> None:
    playground.workspace.channel("#reviews").members.add("U0GONE")
    with pytest.raises(Impossible):
        await playground.people.click(user, "#reviews", await post(client), "review.approve")

    assert ear.heard == []


async def test_the_second_of_two_buttons_with_one_id_is_told_by_its_value(
    playground: Playground, client: AsyncWebClient, ear: Ear
) -> None:
    ts = await post(
        client,
        {**actions(button(value="first")), "block_id": "one"},
        {**actions(button(value="second")), "block_id": "two"},
    )
    await playground.people.click("U0DANA", "#reviews", ts, "review.approve", "second")

    assert ear.heard[0]["actions"][0]["block_id"] == "two"


async def test_a_button_within_a_card_of_a_carousel_can_be_clicked(
    playground: Playground, client: AsyncWebClient, ear: Ear
) -> None:
    cards = [{"type": "card", "title": plain(n), "actions": [button(value=n)]} for n in "ab"]
    ts = await post(client, {"type": "carousel", "elements": cards})
    await playground.people.click("U0DANA", "#reviews", ts, "review.approve", "b")

    [action] = ear.heard[0]["actions"]
    assert (action["value"], action["block_id"]) == ("b", "block-1-2")


async def test_where_action_ids_repeat_the_block_tells_what_was_chosen(
    playground: Playground, client: AsyncWebClient, ear: Ear
) -> None:
    picker = {"type": "datepicker", "action_id": "value"}
    blocks = [{**section("When?"), "block_id": one, "accessory": picker} for one in ("a", "b")]
    ts = await post(client, *blocks)
    await playground.people.click("U0DANA", "#reviews", ts, "b", "2026-03-09")

    [action] = ear.heard[0]["actions"]
    assert (action["block_id"], action["selected_date"]) == ("b", "2026-03-09")


async def test_a_vote_says_which_way_it_went(
    playground: Playground, client: AsyncWebClient, ear: Ear
) -> None:
    votes = {"type": "feedback_buttons", "action_id": "vote"} | {
        f"{one}_button": {"text": plain(one), "value": one} for one in ("positive", "negative")
    }
    ts = await post(client, {"type": "context_actions", "elements": [votes]})
    await playground.people.click("U0DANA", "#reviews", ts, "vote", "negative")

    assert ear.heard[0]["actions"][0]["value"] == "negative"


async def test_an_option_is_chosen_by_its_value(
    playground: Playground, client: AsyncWebClient, ear: Ear
) -> None:
    menu = {"type": "overflow", "action_id": "more", "options": options("mute", "reassign")}
    ts = await post(client, actions(menu))
    await playground.people.click("U0DANA", "#reviews", ts, "more", "reassign")

    assert ear.heard[0]["actions"][0]["selected_option"]["value"] == "reassign"


async def test_an_option_that_is_not_offered_cannot_be_chosen(
    playground: Playground, client: AsyncWebClient, ear: Ear
) -> None:
    menu = {"type": "overflow", "action_id": "more", "options": options("mute")}
    ts = await post(client, actions(menu))
    with pytest.raises(Impossible, match="offers no option 'burn'"):
        await playground.people.click("U0DANA", "#reviews", ts, "more", "burn")

    assert ear.heard == []


async def test_somebody_elses_ephemeral_cannot_be_clicked(
    playground: Playground, client: AsyncWebClient, ear: Ear
) -> None:
    sent = await client.chat_postEphemeral(channel="#reviews", user="U0DANA", text="x", blocks=CARD)
    with pytest.raises(Impossible):
        await playground.people.click("U0ANA", "#reviews", sent["message_ts"], "review.approve")
    await playground.people.click("U0DANA", "#reviews", sent["message_ts"], "review.approve")

    [heard] = ear.heard
    assert heard["container"]["is_ephemeral"] is True
    assert "message" not in heard


async def test_each_click_has_a_trigger_of_its_own(
    playground: Playground, client: AsyncWebClient, ear: Ear
) -> None:
    ts = await post(client)
    for _ in range(2):
        await playground.people.click("U0DANA", "#reviews", ts, "review.approve")
    for heard in ear.heard:
        await client.views_open(trigger_id=heard["trigger_id"], view=modal(NOTE))

    assert playground.workspace.view_of("U0DANA") is not None


async def test_a_click_in_the_home_tab_carries_the_view(
    playground: Playground, client: AsyncWebClient, ear: Ear
) -> None:
    await client.views_publish(user_id="U0DANA", view={"type": "home", "blocks": CARD})
    await playground.people.click_home("U0DANA", "review.approve")

    [heard] = ear.heard
    assert (heard["container"]["type"], heard["view"]["type"]) == ("view", "home")
    assert "message" not in heard


async def test_a_click_in_a_modal_carries_what_stands_in_its_inputs(
    playground: Playground, ear: Ear
) -> None:
    await open_modal(playground, NOTE, actions(button("preview")))
    await playground.people.click_view("U0DANA", "preview", filled={"note": "half a sen"})

    values = ear.heard[0]["view"]["state"]["values"]
    assert values["note"]["note.entry"]["value"] == "half a sen"


# Response URLs


async def respond(heard: Json, **body: Any) -> int:
    async with (
        aiohttp.ClientSession() as session,
        session.post(heard["response_url"], json=body) as response,
    ):
        return response.status


@pytest.fixture
async def clicked(playground: Playground, client: AsyncWebClient, ear: Ear) -> Json:
    await playground.people.click("U0DANA", "#reviews", await post(client), "review.approve")
    return ear.heard[0]


async def test_a_response_can_replace_the_message(playground: Playground, clicked: Json) -> None:
    await respond(clicked, text="Approved.", replace_original=True, blocks=[])

    assert [m.text for m in playground.workspace.messages("#reviews")] == ["Approved."]


async def test_a_response_can_delete_the_message(playground: Playground, clicked: Json) -> None:
    await respond(clicked, delete_original=True)

    assert playground.workspace.messages("#reviews") == []


async def test_a_response_to_the_channel_is_seen_by_all(
    playground: Playground, clicked: Json
) -> None:
    await respond(clicked, text="All hear this.", response_type="in_channel")

    assert playground.workspace.messages("#reviews")[-1].text == "All hear this."


async def test_a_response_url_serves_five_times(playground: Playground, clicked: Json) -> None:
    statuses = [await respond(clicked, text="again") for _ in range(6)]

    assert statuses == [200] * 5 + [404]
    assert len(playground.workspace.ephemerals("U0DANA")) == 5


async def test_a_response_url_serves_half_an_hour(clicked: Json, clock: StoppedClock) -> None:
    clock.advance(minutes=30)
    in_time = await respond(clicked, text="in time")
    clock.advance(seconds=1)

    assert (in_time, await respond(clicked, text="late")) == (200, 404)


# Writing


async def test_the_app_hears_a_mention_and_nothing_else(playground: Playground, ear: Ear) -> None:
    await playground.people.say("U0ANA", "#reviews", "hello all")
    await playground.people.say("U0ANA", "#reviews", "hello <@U0COUNTERSIGN>")

    assert [heard["event"]["type"] for heard in ear.heard] == ["app_mention"]
    assert len(playground.workspace.messages("#reviews")) == 2


async def test_a_reply_stands_in_the_thread(
    playground: Playground, client: AsyncWebClient, ear: Ear
) -> None:
    ts = await post(client)
    await playground.people.say("U0ANA", "#reviews", "looking, <@U0COUNTERSIGN>", ts)

    assert [m.user for m in playground.workspace.thread("#reviews", ts)] == ["U0ANA"]
    assert ear.heard[0]["event"]["thread_ts"] == ts


async def test_nobody_replies_to_a_reply_or_gives_commands_in_a_thread(
    playground: Playground, client: AsyncWebClient
) -> None:
    ts = await post(client)
    reply = await playground.people.say("U0ANA", "#reviews", "looking", ts)
    with pytest.raises(Impossible, match="nobody can reply"):
        await playground.people.say("U0ANA", "#reviews", "more", reply)
    with pytest.raises(Impossible, match="no commands in threads"):
        await playground.people.say("U0ANA", "#reviews", "/review mine", ts)


async def test_a_command_answered_to_the_channel_is_seen_by_all(
    playground: Playground, ear: Ear
) -> None:
    ear.ack = {"text": "Three reviews are open.", "response_type": "in_channel"}
    await playground.people.slash("U0DANA", "#reviews", "/review", "all")

    assert [m.text for m in playground.workspace.messages("#reviews")] == [
        "Three reviews are open."
    ]


async def test_confirm_texts_are_no_obstacle(
    playground: Playground, client: AsyncWebClient, ear: Ear
) -> None:
    sure = {"title": plain("Sure?"), "text": plain("x"), "confirm": plain("Yes")}
    ts = await post(client, actions(button(confirm={**sure, "deny": plain("No")})))
    await playground.people.click("U0DANA", "#reviews", ts, "review.approve")

    assert len(ear.heard) == 1
