"""The page in the browser: what each person sees, what they can do, and who is kept out."""

from __future__ import annotations

import re
from typing import Any

import aiohttp
import pytest
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from yarl import URL

from bot.playground.page import PanelState
from bot.playground.server import Playground
from tests.bot.playground.blocks import CARD, NOTE, modal


async def token_of(playground: Playground) -> str:
    """The run's token, from where the page's own script takes it."""
    async with aiohttp.ClientSession() as session, session.get(playground.base_url) as response:
        shell = await response.text()
    found = re.search(r'name="playground-token" content="(\w+)"', shell)
    assert found is not None
    return found[1]


async def see(playground: Playground, person: str, place: str = "") -> dict[str, Any]:
    async with (
        aiohttp.ClientSession() as session,
        session.get(
            f"{playground.base_url}/playground/state",
            params={"as": person, "in": place},
            headers={"X-Playground-Token": await token_of(playground)},
        ) as response,
    ):
        seen: dict[str, Any] = await response.json()
        return seen


async def do(playground: Playground, **wish: Any) -> dict[str, Any]:
    async with (
        aiohttp.ClientSession() as session,
        session.post(
            f"{playground.base_url}/playground/act",
            json=wish,
            headers={"X-Playground-Token": await token_of(playground)},
        ) as response,
    ):
        answer: dict[str, Any] = await response.json()
        return answer


async def test_a_person_sees_their_channels_and_the_app(playground: Playground) -> None:
    playground.workspace.add_channel("#payments", ["U0ANA"])

    anas = await see(playground, "U0ANA")
    danas = await see(playground, "U0DANA")
    assert [p["name"] for p in anas["places"]] == ["#reviews", "#payments", "Messages", "Home"]
    assert [p["name"] for p in danas["places"]] == ["#reviews", "Messages", "Home"]


async def test_bots_and_the_departed_are_nobody_to_be(playground: Playground) -> None:
    people = (await see(playground, "U0ANA"))["people"]

    assert [person["id"] for person in people] == ["U0ANA", "U0DANA", "U0GUEST", "U0FAR"]


async def test_an_ephemeral_is_seen_by_its_person_alone(
    playground: Playground, client: AsyncWebClient
) -> None:
    await client.chat_postEphemeral(channel="#reviews", user="U0DANA", text="psst")

    assert [m["text"] for m in (await see(playground, "U0DANA"))["messages"]] == ["psst"]
    assert (await see(playground, "U0ANA"))["messages"] == []


async def test_direct_messages_are_seen_by_their_person_alone(
    playground: Playground, client: AsyncWebClient
) -> None:
    await client.chat_postMessage(channel="U0DANA", text="your turn")

    danas = await see(playground, "U0DANA", "D0DANA")
    others = await see(playground, "U0ANA", "D0DANA")
    assert [m["text"] for m in danas["messages"]] == ["your turn"]
    assert (others["here"], others["messages"]) == ("C0REVIEWS", [])


async def test_replies_stand_below_their_parent(
    playground: Playground, client: AsyncWebClient
) -> None:
    parent = await client.chat_postMessage(channel="#reviews", text="parent")
    await client.chat_postMessage(channel="#reviews", text="reply", thread_ts=parent["ts"])

    [message] = (await see(playground, "U0DANA"))["messages"]
    assert [reply["text"] for reply in message["replies"]] == ["reply"]


async def test_a_click_on_the_page_reaches_the_app(
    playground: Playground, client: AsyncWebClient, bolt: AsyncApp
) -> None:
    @bolt.action("review.approve")
    async def approve(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        await client.views_open(trigger_id=body["trigger_id"], view=modal(NOTE))
        await ack()

    posted = await client.chat_postMessage(channel="#reviews", text="x", blocks=CARD)
    click = {"do": "click", "in": "C0REVIEWS", "ts": posted["ts"], "action": "review.approve"}
    answer = await do(playground, **{"as": "U0DANA"}, **click)

    assert answer == {"ok": True, "note": ""}
    assert (await see(playground, "U0DANA"))["modal"]["title"]["text"] == "Decline"
    assert (await see(playground, "U0ANA"))["modal"] is None


async def test_a_modals_errors_are_on_the_page(
    playground: Playground, client: AsyncWebClient
) -> None:
    trigger = playground.workspace.handles.new_trigger("U0DANA")
    await client.views_open(trigger_id=trigger, view=modal(NOTE))
    await do(playground, **{"as": "U0DANA"}, do="submit", filled={"note.entry": ""})

    errors = (await see(playground, "U0DANA"))["modal"]["errors"]
    assert errors == {"note": "Please complete this required field."}


async def test_a_line_that_begins_with_a_slash_is_a_command(
    playground: Playground, bolt: AsyncApp
) -> None:
    @bolt.command("/review")
    async def review(ack: Any, command: dict[str, Any]) -> None:
        await ack(f"You asked for {command['text']}.")

    wish = {"as": "U0DANA", "in": "C0REVIEWS", "text": "/review mine"}
    await do(playground, do="write", **wish)

    messages = (await see(playground, "U0DANA"))["messages"]
    assert [(m["text"], m["private"]) for m in messages] == [("You asked for mine.", True)]


async def test_any_other_line_is_a_message(playground: Playground) -> None:
    wish = {"as": "U0DANA", "in": "C0REVIEWS", "text": "good morning"}
    await do(playground, do="write", **wish)

    assert [m.text for m in playground.workspace.messages("#reviews")] == ["good morning"]


async def test_what_cannot_be_done_is_told_in_a_sentence(playground: Playground) -> None:
    impossible = await do(playground, **{"as": "U0DANA"}, do="submit", filled={})
    command = {"as": "U0DANA", "in": "C0REVIEWS", "text": "/review"}
    unheard = await do(playground, do="write", **command)
    unknown = await do(playground, **{"as": "U0WHO"}, do="home")

    assert impossible == {"ok": False, "note": "U0DANA has no modal open"}
    assert unheard["note"].startswith("The app did not answer")
    assert unknown["note"] == "Slack refused: user_not_found"


async def test_opening_the_home_tab_tells_the_app(playground: Playground, bolt: AsyncApp) -> None:
    @bolt.event("app_home_opened")
    async def publish(event: dict[str, Any], client: AsyncWebClient) -> None:
        await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": CARD})

    await do(playground, **{"as": "U0DANA"}, do="home")
    await playground.until(lambda: playground.workspace.home("U0DANA"))

    seen = await see(playground, "U0DANA", "home")
    assert (seen["here"], len(seen["home"])) == ("home", len(CARD))


async def test_a_home_tab_nobody_answers_for_keeps_nobody_waiting(playground: Playground) -> None:
    answer = await do(playground, **{"as": "U0DANA"}, do="home")

    assert answer == {"ok": True, "note": ""}


class OnePanel:
    """A panel with one merge request, which remembers what was done."""

    def __init__(self) -> None:
        self.done: list[tuple[str, dict[str, str]]] = []

    def state(self) -> PanelState:
        return {"title": "Merge requests", "items": [{"title": "api!412", "state": "pending"}]}

    async def act(self, name: str, fields: dict[str, str]) -> str:
        self.done.append((name, fields))
        return "A commit was pushed."


async def test_the_panel_is_shown_and_its_buttons_work(playground: Playground) -> None:
    assert (await see(playground, "U0DANA"))["panel"] is None
    playground.panel = panel = OnePanel()

    answer = await do(playground, do="panel", name="push", fields={"ref": "412"})

    assert (await see(playground, "U0DANA"))["panel"]["items"][0]["title"] == "api!412"
    assert answer["note"] == "A commit was pushed."
    assert panel.done == [("push", {"ref": "412"})]


async def test_news_comes_by_itself(playground: Playground) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{playground.base_url}/playground/news") as stream,
    ):
        before = await stream.content.readline()
        await stream.content.readline()
        await playground.people.say("U0ANA", "#reviews", "news")
        after = await stream.content.readline()

    assert before.startswith(b"data: ")
    assert int(after.removeprefix(b"data: ")) > int(before.removeprefix(b"data: "))


# Who is kept out


@pytest.mark.parametrize("headers", [{}, {"X-Playground-Token": "guessed"}], ids=["none", "wrong"])
async def test_without_the_runs_token_nothing_is_shown_or_done(
    playground: Playground, headers: dict[str, str]
) -> None:
    async with aiohttp.ClientSession(headers=headers) as session:
        async with session.get(f"{playground.base_url}/playground/state") as state:
            assert state.status == 403
        wish = {"as": "U0DANA", "do": "write", "in": "C0REVIEWS", "text": "forged"}
        async with session.post(f"{playground.base_url}/playground/act", json=wish) as act:
            assert act.status == 403

    assert playground.workspace.messages("#reviews") == []


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil"])
async def test_under_a_foreign_name_nothing_is_served(playground: Playground, host: str) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.get(playground.base_url, headers={"Host": host}) as response,
    ):
        assert response.status == 403
        assert playground.page.token not in await response.text()


async def test_localhost_is_this_machine_too(playground: Playground) -> None:
    port = playground.base_url.rpartition(":")[2]
    async with (
        aiohttp.ClientSession() as session,
        session.get(playground.base_url, headers={"Host": f"localhost:{port}"}) as response,
    ):
        assert response.status == 200


async def test_the_page_loads_nothing_from_elsewhere(playground: Playground) -> None:
    async with aiohttp.ClientSession() as session, session.get(playground.base_url) as response:
        shell = await response.text()
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        for address in re.findall(r'(?:src|href)="([^"#][^"]*)"', shell):
            if address.startswith("/"):
                async with session.get(f"{playground.base_url}{address}") as asset:
                    assert asset.status == 200, address
            else:
                assert address.startswith("data:"), address


async def test_static_files_are_these_and_no_others(playground: Playground) -> None:
    async with aiohttp.ClientSession() as session:
        for name in ("..%2Fpage.py", "%2Fetc%2Fpasswd", "nothing.js"):
            address = f"{playground.base_url}/playground/static/{name}"
            async with session.get(URL(address, encoded=True)) as response:
                assert response.status == 404, name


async def test_a_permalink_leads_to_its_channel(client: AsyncWebClient) -> None:
    posted = await client.chat_postMessage(channel="#reviews", text="x")
    link = await client.chat_getPermalink(channel=posted["channel"], message_ts=posted["ts"])
    async with (
        aiohttp.ClientSession() as session,
        session.get(link["permalink"], allow_redirects=False) as response,
    ):
        assert response.headers["Location"] == "/#C0REVIEWS"
