"""The playground: a Slack workspace served on this machine, from starting up to shutting down."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from types import TracebackType
from typing import Self

from aiohttp import web

from bot.clock import Clock, SystemClock
from bot.playground.delivery import Courier, Patience
from bot.playground.guard import add_headers, local_only
from bot.playground.nouns import TEAM_ID
from bot.playground.openid import OpenId
from bot.playground.page import Page, Panel
from bot.playground.people import People
from bot.playground.sockets import Sockets
from bot.playground.web_api import WebApi
from bot.playground.workspace import Workspace


class Playground:
    """A Slack workspace on 127.0.0.1, for stock `slack_sdk` and `slack_bolt`.

    `async with Playground(clock) as playground` serves it on `port`, or any free one. Then
    `workspace` is its memory and what people see, `people` what they do. What they do reaches
    the app over Socket Mode, or by HTTP once `deliver_to` has been told where.
    """

    def __init__(
        self, clock: Clock | None = None, port: int = 0, patience: Patience | None = None
    ) -> None:
        clock = clock or SystemClock()
        self.team_id = TEAM_ID
        self.bot_token = f"xoxb-playground-{secrets.token_hex(8)}"
        self.app_token = f"xapp-playground-{secrets.token_hex(8)}"
        self.signing_secret = secrets.token_hex(16)
        self.workspace = Workspace(clock)
        self.sockets = Sockets()
        self.courier = Courier(self.signing_secret, self.sockets, clock, patience or Patience())
        self.people = People(self.workspace, self.courier)
        tokens = {self.bot_token: "bot", self.app_token: "app"}
        self.api = WebApi(self.workspace, tokens, self.sockets.method())
        self.openid = OpenId(self.workspace)
        self.page = Page(self.workspace, self.people, self)
        self.version = 0
        self._changed = asyncio.Event()
        self._port = port
        self._runner: web.AppRunner | None = None
        self.more_routes: list[web.RouteDef] = []
        self.workspace.on_change = self.touch

    @property
    def base_url(self) -> str:
        """Where the workspace is served, such as `http://127.0.0.1:40001`."""
        return self.workspace.url.rstrip("/")

    @property
    def api_url(self) -> str:
        """The `base_url` for `AsyncWebClient`."""
        return f"{self.base_url}/api/"

    @property
    def panel(self) -> Panel | None:
        """What is shown beside the workspace in the browser."""
        return self.page.panel

    @panel.setter
    def panel(self, panel: Panel | None) -> None:
        self.page.panel = panel
        self.touch()

    @property
    def limits_on(self) -> bool:
        """Whether Slack's rate limits hold; off at first."""
        return self.api.pacing.on

    @limits_on.setter
    def limits_on(self, on: bool) -> None:
        self.api.pacing.on = on

    @property
    def down(self) -> bool:
        """Whether every Web API call fails with 503."""
        return self.api.trouble.down

    @down.setter
    def down(self, down: bool) -> None:
        self.api.trouble.down = down

    def fail_next(self, count: int, status: int = 500) -> None:
        """Let the next Web API calls fail with this HTTP status, nothing having been done.

        With 429 the answer is Slack's `ratelimited`, with a `Retry-After` of one second.
        """
        self.api.trouble.fail_next(count, status)

    def lose_next(self, count: int) -> None:
        """Let the next Web API calls be carried out, but the connection break before the answer."""
        self.api.trouble.lose_next(count)

    def deliver_to(self, request_url: str | None) -> None:
        """Deliver by signed HTTP to this URL; None goes back to Socket Mode."""
        self.courier.request_url = request_url

    async def start(self) -> None:
        """Begin to serve."""
        application = web.Application(middlewares=[local_only])
        for part in (self.openid, self.api, self.sockets, self.page):
            application.add_routes(part.routes())
        application.add_routes(self.more_routes)
        application.on_response_prepare.append(add_headers)
        application.on_shutdown.append(self._hang_up)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        _, self._port = self._runner.addresses[0][:2]
        self.workspace.url = f"http://127.0.0.1:{self._port}/"
        self.sockets.base_url = self.base_url

    async def stop(self) -> None:
        """Stop serving and hang up on everybody."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()

    def touch(self) -> None:
        """Say that something visible has changed."""
        self.version += 1
        self._changed.set()
        self._changed = asyncio.Event()

    async def changed(self, version: int) -> int:
        """Return the version as soon as it is another one than this."""
        while self.version == version:
            await self._changed.wait()
        return self.version

    async def until(self, condition: Callable[[], object], seconds: float = 5.0) -> None:
        """Return once the condition on what people see holds; `TimeoutError` after `seconds`."""
        async with asyncio.timeout(seconds):
            while not condition():
                await self.changed(self.version)

    async def _hang_up(self, _application: web.Application) -> None:
        self.page.close()
        self.touch()
        await self.sockets.close()
