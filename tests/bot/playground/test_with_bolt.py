"""A stock Bolt app meets the playground by both roads, and people get what they expect."""

from __future__ import annotations

from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.server import Playground

CARD: list[dict[str, Any]] = [
    {"type": "section", "text": {"type": "mrkdwn", "text": "*Review* `api!412`"}},
    {
        "type": "actions",
        "block_id": "card",
        "elements": [
            {
                "type": "button",
                "action_id": "review.approve",
                "text": {"type": "plain_text", "text": "Approve"},
                "value": "card-1",
            }
        ],
    },
]
DECLINE: dict[str, Any] = {
    "type": "modal",
    "callback_id": "review.decline",
    "private_metadata": "card-1",
    "title": {"type": "plain_text", "text": "Decline"},
    "submit": {"type": "plain_text", "text": "Decline"},
    "blocks": [
        {
            "type": "input",
            "block_id": "note",
            "label": {"type": "plain_text", "text": "Why?"},
            "element": {"type": "plain_text_input", "action_id": "text"},
        }
    ],
}


async def post_card(client: AsyncWebClient) -> str:
    posted = await client.chat_postMessage(channel="#reviews", text="Review api!412", blocks=CARD)
    return str(posted["ts"])


async def test_a_click_reaches_the_app_with_the_buttons_value(
    playground: Playground, client: AsyncWebClient, bolt: AsyncApp
) -> None:
    heard: list[dict[str, Any]] = []

    @bolt.action("review.approve")
    async def approve(ack: Any, body: dict[str, Any], action: dict[str, Any]) -> None:
        heard.append({"who": body["user"]["id"], "value": action["value"]})
        await ack()

    ts = await post_card(client)
    await playground.people.click("U0DANA", "#reviews", ts, "review.approve")

    assert heard == [{"who": "U0DANA", "value": "card-1"}]


async def test_a_modal_with_an_error_stays_open_until_it_is_mended(
    playground: Playground, client: AsyncWebClient, bolt: AsyncApp
) -> None:
    @bolt.action("review.approve")
    async def open_modal(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        await client.views_open(trigger_id=body["trigger_id"], view=DECLINE)
        await ack()

    @bolt.view("review.decline")
    async def decline(ack: Any, view: dict[str, Any]) -> None:
        note = view["state"]["values"]["note"]["text"]["value"]
        if len(note) < 5:
            await ack(response_action="errors", errors={"note": "Say a little more."})
        else:
            await ack()

    ts = await post_card(client)
    await playground.people.click("U0DANA", "#reviews", ts, "review.approve")
    too_short = await playground.people.submit_view("U0DANA", {"note": "no"})
    still_open = playground.workspace.views.top("U0DANA")
    mended = await playground.people.submit_view("U0DANA", {"note": "I am away"})

    assert too_short == {"note": "Say a little more."}
    assert still_open is not None
    assert still_open.errors == too_short
    assert mended == {}
    assert playground.workspace.views.top("U0DANA") is None


async def test_a_slash_commands_answer_is_seen_by_the_asker_alone(
    playground: Playground, bolt: AsyncApp
) -> None:
    @bolt.command("/review")
    async def review(ack: Any, command: dict[str, Any]) -> None:
        await ack(f"Nothing waits for you, {command['user_name']}: {command['text']}")

    await playground.people.slash("U0DANA", "#reviews", "/review", "mine")

    assert [m.text for m in playground.workspace.ephemerals("U0DANA")] == [
        "Nothing waits for you, dana: mine"
    ]
    assert playground.workspace.ephemerals("U0ANA") == []


async def test_opening_home_lets_the_app_publish_it(playground: Playground, bolt: AsyncApp) -> None:
    @bolt.event("app_home_opened")
    async def publish(event: dict[str, Any], client: AsyncWebClient) -> None:
        await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": CARD})

    await playground.people.open_home("U0DANA")
    await playground.until(lambda: playground.workspace.views.home("U0DANA"))

    home = playground.workspace.views.home("U0DANA")
    assert home is not None
    assert home.blocks[0]["text"]["text"] == "*Review* `api!412`"


async def test_respond_answers_by_the_response_url(
    playground: Playground, client: AsyncWebClient, bolt: AsyncApp
) -> None:
    @bolt.action("review.approve")
    async def approve(ack: Any, respond: Any) -> None:
        await ack()
        await respond(text="Taken.", replace_original=False)

    ts = await post_card(client)
    await playground.people.click("U0DANA", "#reviews", ts, "review.approve")
    await playground.until(lambda: playground.workspace.ephemerals("U0DANA"))

    assert [m.text for m in playground.workspace.ephemerals("U0DANA")] == ["Taken."]
