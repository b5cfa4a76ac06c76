"""A running playground with a stopped clock, and Bolt apps connected to it both ways."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import StoryClock, SystemClock
from bot.playground.delivery import Patience
from bot.playground.nouns import User
from bot.playground.server import Playground
from tests.bot.playground.ear import Ear, hearing


class StoppedClock(StoryClock):
    """Tells the same time, 2 March 2026 at nine, until it is moved."""

    def __init__(self) -> None:
        super().__init__(datetime(2026, 3, 2, 9, 0, tzinfo=UTC))

    def advance(self, **span: float) -> None:
        self.move_to(self.now() + timedelta(**span))


async def no_pause(_seconds: float) -> None:
    """Waits between retries take no time."""


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
async def playground(clock: StoppedClock) -> AsyncIterator[Playground]:
    async with Playground(clock, patience=Patience(pause=no_pause)) as running:
        running.courier.signing_clock = SystemClock()
        workspace = running.workspace
        workspace.add_user(User("U0ANA", "ana", "Ana Ruiz", "ana@example.com"))
        workspace.add_user(User("U0DANA", "dana", "Dana Ng", "dana@example.com"))
        workspace.add_user(User("U0GONE", "gone", "Gus One", "gone@example.com", deleted=True))
        workspace.add_user(User("U0GUEST", "guest", "Gia Est", "gia@example.com", guest=True))
        workspace.add_user(
            User("U0FAR", "far", "Finn Ar", "finn@example.org", team_id="T0ELSEWHERE")
        )
        workspace.add_channel("#reviews", ["U0ANA", "U0DANA", "U0FAR"])
        yield running


@pytest.fixture
def client(playground: Playground) -> AsyncWebClient:
    return AsyncWebClient(playground.bot_token, base_url=playground.api_url)


@pytest.fixture
def app(playground: Playground, client: AsyncWebClient) -> AsyncApp:
    return AsyncApp(signing_secret=playground.signing_secret, client=client)


@pytest.fixture
async def over_http(playground: Playground, app: AsyncApp) -> AsyncIterator[AsyncApp]:
    """A stock Bolt app that takes signed HTTP."""

    async def take(request: web.Request) -> web.Response:
        return await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(request)))

    application = web.Application()
    application.router.add_post("/slack/events", take)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    playground.deliver_to(f"http://127.0.0.1:{port}/slack/events")
    yield app
    await runner.cleanup()


@pytest.fixture
async def over_socket(playground: Playground, app: AsyncApp) -> AsyncIterator[AsyncApp]:
    """A stock Bolt app connected by Socket Mode."""
    handler = AsyncSocketModeHandler(app, playground.app_token)
    await handler.connect_async()  # type: ignore[no-untyped-call]  # Bolt has no types
    await playground.sockets.wait_connected()
    yield app
    await handler.close_async()  # type: ignore[no-untyped-call]  # Bolt has no types


@pytest.fixture(params=["over_http", "over_socket"])
def bolt(request: pytest.FixtureRequest) -> AsyncApp:
    """The same app, once by each road."""
    connected: AsyncApp = request.getfixturevalue(request.param)
    return connected


@pytest.fixture
async def ear(playground: Playground) -> AsyncIterator[Ear]:
    async with hearing(playground) as it:
        yield it
