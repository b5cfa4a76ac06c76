"""Slack's ways in: signed HTTP requests checked before Bolt sees them, and Socket Mode."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress

import structlog
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import Clock
from storage.database import StorageFailed

log = structlog.get_logger()

REPLAY_SECONDS = 300
"""A signed request older or newer than this is somebody replaying it."""
WATCH_SECONDS = 20.0
DOWN_SECONDS = 60.0
"""A socket down for longer gets a new address: slack_sdk retries a refused one for ever."""


def bolt_app(client: AsyncWebClient, signing_secret: str | None) -> AsyncApp:
    """A Bolt app for one workspace. Requests by HTTP were verified before they get here."""
    silent = logging.getLogger("countersign.bolt")
    silent.setLevel(logging.ERROR)

    async def authorize() -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=None, team_id=None, bot_token=client.token)

    app = AsyncApp(
        client=client,
        logger=silent,
        signing_secret=signing_secret or "",
        authorize=authorize,
        request_verification_enabled=False,
        process_before_response=False,
    )
    app.error(_say_what_failed)

    @app.middleware
    async def with_our_client(
        context: AsyncBoltContext,
        next: Callable[[], Awaitable[None]],  # noqa: A002 - Bolt's name
    ) -> None:
        """Bolt makes a client for each request; ours knows what has been asked of Slack."""
        context["client"] = client
        await next()

    return app


async def _say_what_failed(error: Exception) -> BoltResponse:
    """A payload without what it must hold is refused; when we cannot keep it, Slack is told so."""
    if isinstance(error, StorageFailed):
        log.error("intake_failed", path="/slack/events", problem=str(error))
        return BoltResponse(status=503, body="cannot store anything now")
    log.error("slack_payload_unusable", exc_info=error)
    return BoltResponse(status=400, body="not a payload of Slack's")


def is_signed(headers: Mapping[str, str], body: bytes, secret: str, now: float) -> bool:
    """Whether Slack signed this request lately. Never raises, whatever the headers hold."""
    stamp, given = (
        headers.get("X-Slack-Request-Timestamp", ""),
        headers.get("X-Slack-Signature", ""),
    )
    if not secret or not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12):  # noqa: PLR2004 - seconds
        return False
    if abs(now - int(stamp)) > REPLAY_SECONDS:
        return False
    base = b"v0:" + stamp.encode() + b":" + body
    right = "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()
    return hmac.compare_digest(right.encode(), given.encode("utf-8", "surrogatepass"))


class SlackHttp:
    """`POST /slack/events`."""

    def __init__(self, app: AsyncApp, signing_secret: str, clock: Clock) -> None:
        self._app = app
        self._secret = signing_secret
        self._clock = clock

    async def handle(self, request: web.Request) -> web.Response:
        """Verify, then let Bolt answer; a body that is no text is refused like a bad signature."""
        body = await request.read()
        now = self._clock.now().timestamp()
        if not is_signed(request.headers, body, self._secret, now):
            return web.Response(status=401, text="not signed by Slack")
        try:
            body.decode("utf-8")
        except UnicodeDecodeError:
            return web.Response(status=400, text="not UTF-8")
        try:
            understood = await to_bolt_request(request)
            answer = await self._app.async_dispatch(understood)
        except (ValueError, TypeError, AttributeError, LookupError):
            # Bolt takes every payload apart before anybody has looked at its shape. What our own
            # listeners raise does not come out here: `_say_what_failed` answers it.
            return web.Response(status=400, text="not a payload of Slack's")
        return await to_aiohttp_response(answer)


class SlackSocket:
    """Socket Mode with a watchdog."""

    def __init__(self, app: AsyncApp, app_token: str, client: AsyncWebClient) -> None:
        self._app = app
        self._token = app_token
        self._client = client
        self._handler: AsyncSocketModeHandler | None = None
        self._watchdog: asyncio.Task[None] | None = None
        self.connected = False

    async def connect(self) -> None:
        """Open the socket and watch over it."""
        # Made here, not before: the handler opens an HTTP session as soon as it exists.
        handler = AsyncSocketModeHandler(self._app, self._token, web_client=self._client)
        self._handler = handler
        await handler.connect_async()  # type: ignore[no-untyped-call]  # Bolt has no types
        self.connected = True
        self._watchdog = asyncio.create_task(self._watch(handler))

    async def close(self) -> None:
        """Hang up."""
        if self._watchdog is not None:
            self._watchdog.cancel()
            with suppress(asyncio.CancelledError):
                await self._watchdog
        if self._handler is not None:
            await self._handler.close_async()  # type: ignore[no-untyped-call]  # Bolt has no types

    async def _watch(self, handler: AsyncSocketModeHandler) -> None:
        down = 0.0
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            self.connected = await handler.client.is_connected()
            down = 0.0 if self.connected else down + WATCH_SECONDS
            if down > DOWN_SECONDS:
                log.warning("slack_socket_down", seconds=down)
                handler.client.wss_uri = None
                down = 0.0
