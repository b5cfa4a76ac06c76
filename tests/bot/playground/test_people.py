"""What people can do, what they cannot, and what the app hears of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.nouns import Json
from bot.playground.refusal import ApiRefusal, Impossible, NotAcknowledged
from bot.playground.server import Playground
from tests.bot.playground.blocks import (
    CARD,
    NOTE,
    actions,
    button,
    field,
    modal,
    options,
    plain,
    section,
)
from tests.bot.playground.conftest import StoppedClock


class Ear:
    """The plainest Socket Mode app: acknowledges everything with `ack`, keeps what it heard."""

    def __init__(self) -> None:
        self.heard: list[Json] = []
        self.ack: Json | None = None

    async def listen(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        async for message in socket:
            envelope = message.json()
            if "envelope_id" in envelope:
                self.heard.append(envelope["payload"])
                answer = {"payload": self.ack} if self.ack is not None else {}
                await socket.send_json({"envelope_id": envelope["envelope_id"], **answer})


@pytest.fixture
async def ear(playground: Playground) -> AsyncIterator[Ear]:
    it = Ear()
    opener = AsyncWebClient(base_url=playground.api_url)
    url = (await opener.apps_connections_open(app_token=playground.app_token))["url"]
    async with aiohttp.ClientSession() as session, session.ws_connect(url) as socket:
        listening = asyncio.create_task(it.listen(socket))
        await playground.sockets.wait_connected()
        yield it
        await socket.close()
        await listening


async def post(client: AsyncWebClient, *blocks: Json, channel: str = "#reviews") -> str:
    sent = await client.chat_postMessage(channel=channel, text="x", blocks=list(blocks) or CARD)
    return str(sent["ts"])


async def open_modal(playground: Playground, *blocks: Json, **more: Any) -> None:
    content = modal(*blocks, **more)
    client = AsyncWebClient(playground.bot_token, base_url=playground.api_url)
    trigger = playground.workspace.handles.new_trigger("U0DANA")
    await client.views_open(trigger_id=trigger, view=content)


# Clicking


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


# Modals


async def test_a_submission_carries_values_metadata_and_hash(
    playground: Playground, ear: Ear
) -> None:
    await open_modal(playground, NOTE, private_metadata="card-1")
    await playground.people.submit_view("U0DANA", {"note": "I am away"})

    view = ear.heard[0]["view"]
    assert ear.heard[0]["type"] == "view_submission"
    assert (view["callback_id"], view["private_metadata"]) == ("review.decline", "card-1")
    assert view["hash"]
    assert view["state"]["values"] == {
        "note": {"note.entry": {"type": "plain_text_input", "value": "I am away"}}
    }


async def test_every_kind_of_input_has_slacks_state(playground: Playground, ear: Ear) -> None:
    pick = {"options": options("busy", "away")}
    await open_modal(
        playground,
        field("reason", {"type": "radio_buttons", **pick}),
        field("also", {"type": "checkboxes", **pick}),
        field("menu", {"type": "static_select", **pick}),
        field("who", {"type": "users_select"}),
        field("day", {"type": "datepicker", "initial_date": "2026-03-09"}),
        field("team", {"type": "multi_users_select"}),
    )
    errors = await playground.people.submit_view(
        "U0DANA",
        {"reason": "busy", "also": ["busy", "away"], "menu.entry": "away", "who": "U0ANA"}
        | {"team": ["U0ANA"]},
    )

    assert errors == {}
    states = {
        block: next(iter(entry.values()))
        for block, entry in ear.heard[0]["view"]["state"]["values"].items()
    }
    assert states["reason"]["selected_option"]["value"] == "busy"
    assert [o["value"] for o in states["also"]["selected_options"]] == ["busy", "away"]
    assert states["menu"]["selected_option"]["value"] == "away"
    assert states["who"]["selected_user"] == "U0ANA"
    assert states["day"]["selected_date"] == "2026-03-09"
    assert states["team"]["selected_users"] == ["U0ANA"]


async def test_a_required_input_left_empty_never_reaches_the_app(
    playground: Playground, ear: Ear
) -> None:
    await open_modal(playground, NOTE)
    errors = await playground.people.submit_view("U0DANA")

    assert errors == {"note": "Please complete this required field."}
    assert ear.heard == []


async def test_an_optional_input_may_stay_empty(playground: Playground, ear: Ear) -> None:
    await open_modal(playground, {**NOTE, "optional": True})
    errors = await playground.people.submit_view("U0DANA")

    assert errors == {}
    assert ear.heard[0]["view"]["state"]["values"]["note"]["note.entry"]["value"] is None


async def test_an_initial_value_can_be_emptied(playground: Playground, ear: Ear) -> None:
    entry = {"type": "plain_text_input", "initial_value": "suggested"}
    await open_modal(playground, field("note", entry, optional=True))
    await playground.people.submit_view("U0DANA", {"note": ""})

    assert ear.heard[0]["view"]["state"]["values"]["note"]["note.entry"]["value"] is None


@pytest.mark.parametrize(("text", "words"), [("ab", "at least 3"), ("abcdef", "at most 5")])
async def test_too_short_and_too_long_are_told_by_slack_itself(
    playground: Playground, ear: Ear, text: str, words: str
) -> None:
    entry = {"type": "plain_text_input", "min_length": 3, "max_length": 5}
    await open_modal(playground, field("note", entry))
    errors = await playground.people.submit_view("U0DANA", {"note": text})

    assert words in errors["note"]
    assert ear.heard == []


async def test_what_has_no_input_cannot_be_entered(playground: Playground, ear: Ear) -> None:
    await open_modal(playground, NOTE)
    with pytest.raises(Impossible, match="no such input: colour"):
        await playground.people.submit_view("U0DANA", {"note": "x", "colour": "red"})

    assert ear.heard == []


async def test_an_acknowledged_submission_closes_the_modal(
    playground: Playground, ear: Ear
) -> None:
    await open_modal(playground, NOTE)
    await playground.people.submit_view("U0DANA", {"note": "x"})

    assert ear.heard
    assert playground.workspace.view_of("U0DANA") is None


async def test_the_answer_can_show_another_view(playground: Playground, ear: Ear) -> None:
    await open_modal(playground, NOTE)
    ear.ack = {"response_action": "update", "view": modal(section("Thank you"))}
    await playground.people.submit_view("U0DANA", {"note": "x"})

    view = playground.workspace.view_of("U0DANA")
    assert view is not None
    assert view.blocks[0]["text"]["text"] == "Thank you"


async def test_the_answer_can_push_a_view_and_closing_it_shows_the_first(
    playground: Playground, ear: Ear
) -> None:
    await open_modal(playground, NOTE)
    ear.ack = {"response_action": "push", "view": modal(section("Sure?"))}
    await playground.people.submit_view("U0DANA", {"note": "x"})
    await playground.people.close_view("U0DANA")

    view = playground.workspace.view_of("U0DANA")
    assert view is not None
    assert view.blocks[0]["type"] == "input"


async def test_the_answer_can_clear_all_views(playground: Playground, ear: Ear) -> None:
    await open_modal(playground, NOTE)
    ear.ack = {"response_action": "push", "view": modal(NOTE)}
    await playground.people.submit_view("U0DANA", {"note": "x"})
    ear.ack = {"response_action": "clear"}
    await playground.people.submit_view("U0DANA", {"note": "x"})

    assert playground.workspace.view_of("U0DANA") is None


@pytest.mark.parametrize(
    "ack",
    [
        {"response_action": "errors", "errors": {"elsewhere": "no such input"}},
        {"response_action": "errors", "errors": {}},
        {"response_action": "applaud"},
        {"response_action": "update", "view": modal(section(""))},
    ],
    ids=["error for no input", "no errors", "unknown action", "bad view"],
)
async def test_an_answer_slack_would_not_understand_is_refused(
    playground: Playground, ear: Ear, ack: Json
) -> None:
    await open_modal(playground, NOTE)
    ear.ack = ack
    with pytest.raises(ApiRefusal):
        await playground.people.submit_view("U0DANA", {"note": "x"})

    assert playground.workspace.view_of("U0DANA") is not None


@pytest.mark.parametrize(("asked", "heard"), [(True, ["view_closed"]), (False, [])])
async def test_the_app_hears_of_a_closed_modal_only_if_it_asked(
    playground: Playground, ear: Ear, asked: bool, heard: list[str]
) -> None:
    await open_modal(playground, NOTE, notify_on_close=asked)
    await playground.people.close_view("U0DANA")

    assert [payload["type"] for payload in ear.heard] == heard


async def test_a_submission_nobody_acknowledges_leaves_the_modal_open(
    playground: Playground,
) -> None:
    await open_modal(playground, NOTE)
    with pytest.raises(NotAcknowledged):
        await playground.people.submit_view("U0DANA", {"note": "x"})

    assert playground.workspace.view_of("U0DANA") is not None


# Writing


async def test_the_app_hears_a_mention_and_nothing_else(playground: Playground, ear: Ear) -> None:
    await playground.people.say("U0ANA", "#reviews", "hello all")
    await playground.people.say("U0ANA", "#reviews", "hello <@U0COUNTERSIGN>")

    assert [heard["event"]["type"] for heard in ear.heard] == ["app_mention"]
    assert len(playground.workspace.messages("#reviews")) == 2


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
