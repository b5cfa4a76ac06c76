"""The aiohttp application: every address Countersign answers on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable

import structlog
from aiohttp import web

from bot.web.templating import add_headers
from storage.database import StorageFailed

log = structlog.get_logger()

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

FORGE_BODY = 26 * 1024 * 1024
"""GitHub sends up to 25 MB; aiohttp's own limit of 1 MiB would drop real deliveries."""
SLACK_BODY = 1024 * 1024

BACKLOG = 1024
"""Connections that may wait to be taken. Where they come all at once, Linux passes over those
beyond, and their senders try again only after a second; aiohttp's own number is 128."""


@web.middleware
async def fail_closed(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Say 503 when an event could not be stored, so that the sender knows it is not ours yet."""
    try:
        return await handler(request)
    except StorageFailed:
        log.exception("intake_failed", path=request.path)
        return web.Response(status=503, text="cannot store anything now; deliver it again later")


def small(handler: Handler) -> Handler:
    """The handler, for bodies of Slack's size only; of larger ones no more than that is read."""

    async def checked(request: web.Request) -> web.StreamResponse:
        request = request.clone(client_max_size=SLACK_BODY)
        try:
            await request.read()
        except web.HTTPRequestEntityTooLarge:
            return web.Response(status=413, text="too large for a request of Slack's")
        return await handler(request)

    return checked


def web_application(
    routes: dict[str, Handler], pages: dict[str, Handler], more: Iterable[web.RouteDef] = ()
) -> web.Application:
    """The application: `routes` take POST, `pages` take GET, `more` say themselves what."""
    application = web.Application(client_max_size=FORGE_BODY, middlewares=[fail_closed])
    all_routes = (
        *(web.post(path, handler) for path, handler in routes.items()),
        *(web.get(path, handler) for path, handler in pages.items()),
        *more,
    )
    application.add_routes(
        web.route(
            one.method,
            one.path,
            one.handler,
            **{**one.kwargs, "expect_handler": _only_continue},
        )
        for one in all_routes
    )
    application.on_response_prepare.append(add_headers)
    return application


async def _only_continue(request: web.Request) -> web.Response | None:
    """What aiohttp does, but for an `Expect` that is no text: it would be quoted, which fails."""
    if request.headers["Expect"].lower() != "100-continue":
        return web.Response(status=417, text="no such expectation can be met")
    await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    return None


def runner_of(application: web.Application, shutdown_timeout: float = 60.0) -> web.AppRunner:
    """What runs it; `shutdown_timeout` is how many seconds a request under way may take at the end.

    Bodies are left as they were sent: what is signed is their bytes, and whoever has signed nothing
    is not worth unpacking for. No forge and no Slack compresses what it sends.
    """
    return web.AppRunner(
        application, access_log=None, auto_decompress=False, shutdown_timeout=shutdown_timeout
    )


async def listen(runner: web.AppRunner, host: str, port: int) -> int:
    """Serve what the runner runs; returns the port, which is a free one for 0."""
    await runner.setup()
    await web.TCPSite(runner, host, port, backlog=BACKLOG).start()
    taken: int = runner.addresses[0][1]
    return taken
