"""How the app is told: signed, in the right form, again when it failed, over a socket or HTTP."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import aiohttp
import pytest
from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import SystemClock
from bot.playground.delivery import Delivery, Patience
from bot.playground.refusal import NotAcknowledged
from bot.playground.server import Playground
from tests.bot.playground.blocks import CARD
from tests.bot.playground.conftest import StoppedClock, no_pause


@dataclass
class Listener:
    """An app made of nothing: keeps what it is told and answers with the statuses given."""

    url: str = ""
    statuses: list[int] = field(default_factory=list)
    heard: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        self.heard.append((dict(request.headers), await request.read()))
        return web.Response(status=self.statuses.pop(0) if self.statuses else 200)


@pytest.fixture
async def listener(playground: Playground) -> AsyncIterator[Listener]:
    it = Listener()
    application = web.Application()
    application.router.add_post("/slack/events", it.take)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    it.url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    playground.deliver_to(it.url)
    yield it
    await runner.cleanup()


async def test_every_delivery_is_signed(playground: Playground, listener: Listener) -> None:
    await playground.people.slash("U0DANA", "#reviews", "/review", "mine")

    [(headers, body)] = listener.heard
    assert SignatureVerifier(playground.signing_secret).is_valid_request(body, headers)
    assert not SignatureVerifier("another secret").is_valid_request(body, headers)


async def test_a_click_is_a_form_with_one_payload(
    playground: Playground, client: AsyncWebClient, listener: Listener
) -> None:
    posted = await client.chat_postMessage(channel="#reviews", text="x", blocks=CARD)
    await playground.people.click("U0DANA", "#reviews", posted["ts"], "review.approve")

    [(headers, body)] = listener.heard
    payload = json.loads(parse_qs(body.decode())["payload"][0])
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert payload["type"] == "block_actions"


async def test_a_slash_command_is_a_plain_form(playground: Playground, listener: Listener) -> None:
    await playground.people.slash("U0DANA", "#reviews", "/review", "a & b")

    [(_, body)] = listener.heard
    form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
    assert (form["command"], form["text"], form["user_id"]) == ("/review", "a & b", "U0DANA")
    assert (form["channel_id"], form["channel_name"]) == ("C0REVIEWS", "reviews")


async def test_an_event_is_json(playground: Playground, listener: Listener) -> None:
    await playground.people.open_home("U0DANA")

    [(headers, body)] = listener.heard
    assert headers["Content-Type"] == "application/json"
    assert json.loads(body)["event"]["type"] == "app_home_opened"
    assert "X-Slack-Retry-Num" not in headers


async def test_an_event_that_failed_is_told_again_with_its_number(
    playground: Playground, listener: Listener
) -> None:
    listener.statuses = [500, 404]
    await playground.people.open_home("U0DANA")

    assert [headers.get("X-Slack-Retry-Num") for headers, _ in listener.heard] == [None, "1", "2"]
    assert len({json.loads(body)["event_id"] for _, body in listener.heard}) == 1


async def test_an_event_is_given_up_after_three_retries(
    playground: Playground, listener: Listener
) -> None:
    listener.statuses = [500] * 9
    with pytest.raises(NotAcknowledged):
        await playground.people.open_home("U0DANA")

    assert len(listener.heard) == 4


async def test_a_click_that_failed_is_not_told_again(
    playground: Playground, client: AsyncWebClient, listener: Listener
) -> None:
    listener.statuses = [500]
    posted = await client.chat_postMessage(channel="#reviews", text="x", blocks=CARD)
    with pytest.raises(NotAcknowledged, match="answered 500"):
        await playground.people.click("U0DANA", "#reviews", posted["ts"], "review.approve")

    assert len(listener.heard) == 1


async def test_a_delivery_can_be_repeated_word_for_word(
    playground: Playground, client: AsyncWebClient, listener: Listener
) -> None:
    posted = await client.chat_postMessage(channel="#reviews", text="x", blocks=CARD)
    await playground.people.click("U0DANA", "#reviews", posted["ts"], "review.approve")
    await playground.courier.repeat(playground.courier.sent[-1])

    [(_, first), (_, second)] = listener.heard
    assert first == second


async def test_an_app_that_is_too_slow_has_not_acknowledged(clock: StoppedClock) -> None:
    hold = asyncio.Event()

    async def never(_request: web.Request) -> web.Response:
        await hold.wait()
        return web.Response()

    application = web.Application()
    application.router.add_post("/", never)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with Playground(clock, patience=Patience(ack_seconds=0.05)) as playground:
        playground.deliver_to(f"http://127.0.0.1:{runner.addresses[0][1]}/")
        with pytest.raises(NotAcknowledged, match="no answer"):
            await playground.courier.deliver(Delivery("interactive", {}))
    hold.set()
    await runner.cleanup()


async def test_without_url_and_socket_nobody_is_told(playground: Playground) -> None:
    with pytest.raises(NotAcknowledged, match="no socket open"):
        await playground.people.slash("U0DANA", "#reviews", "/review")


async def test_a_sockets_address_is_good_for_one_connection(
    playground: Playground,
) -> None:
    opener = AsyncWebClient(base_url=playground.api_url)
    url = (await opener.apps_connections_open(app_token=playground.app_token))["url"]
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(url) as socket:
            assert (await socket.receive_json())["type"] == "hello"
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(url)


async def test_asked_to_reconnect_bolt_comes_back_and_goes_on(
    playground: Playground, over_socket: AsyncApp
) -> None:
    @over_socket.command("/review")
    async def review(ack: Any) -> None:
        await ack("Here again.")

    await playground.sockets.disconnect()
    await playground.sockets.wait_connected()
    await playground.people.slash("U0DANA", "#reviews", "/review")

    assert [m.text for m in playground.workspace.ephemerals("U0DANA")] == ["Here again."]


async def test_over_a_socket_an_event_that_failed_is_told_again(clock: StoppedClock) -> None:
    patience = Patience(ack_seconds=0.1, pause=no_pause)
    async with Playground(clock, patience=patience) as playground:
        opener = AsyncWebClient(base_url=playground.api_url)
        url = (await opener.apps_connections_open(app_token=playground.app_token))["url"]
        async with aiohttp.ClientSession() as session, session.ws_connect(url) as socket:
            await socket.receive_json()
            telling = asyncio.create_task(playground.people.tell({"type": "test"}))
            first = await socket.receive_json()
            second = await socket.receive_json()
            await socket.send_json({"envelope_id": second["envelope_id"]})
            await telling

    assert (first["retry_attempt"], second["retry_attempt"]) == (0, 1)
    assert first["payload"] == second["payload"]


async def test_bolt_refuses_what_another_secret_signed(
    playground: Playground, client: AsyncWebClient, over_http: AsyncApp
) -> None:
    @over_http.action("review.approve")
    async def approve(ack: Any) -> None:
        await ack()

    posted = await client.chat_postMessage(channel="#reviews", text="x", blocks=CARD)
    playground.courier.secret = "another secret"
    with pytest.raises(NotAcknowledged, match="answered 401"):
        await playground.people.click("U0DANA", "#reviews", posted["ts"], "review.approve")


async def test_a_bolt_app_that_closes_leaves_no_socket_behind(
    playground: Playground, app: AsyncApp
) -> None:
    handler = AsyncSocketModeHandler(app, playground.app_token)
    await handler.connect_async()  # type: ignore[no-untyped-call]  # Bolt has no types
    await playground.sockets.wait_connected()
    await handler.close_async()  # type: ignore[no-untyped-call]  # Bolt has no types
    await playground.sockets.wait_disconnected()

    assert not playground.sockets.connected


async def test_the_signing_clock_is_the_playgrounds_own_unless_told(clock: StoppedClock) -> None:
    async with Playground(clock) as playground:
        assert playground.courier.signing_clock is clock
        playground.courier.signing_clock = SystemClock()
        assert playground.courier.signing_clock.now() > clock.now()
