"""Keeping other websites, open in the same browser, out of the playground."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable

from aiohttp import web
from yarl import URL

TOKEN_HEADER = "X-Playground-Token"  # noqa: S105  a header's name
_HOSTS = frozenset({"127.0.0.1", "localhost"})
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def local_only(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer only to this machine's own names, so that no foreign name can be pointed at us."""
    if URL(f"http://{request.host}").host not in _HOSTS:
        raise web.HTTPForbidden(text="the playground answers to 127.0.0.1 and localhost only")
    return await handler(request)


async def add_headers(_request: web.Request, response: web.StreamResponse) -> None:
    """Tell the browser to load nothing from elsewhere and to show the page in no frame."""
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"


def guarded(token: str, handler: Handler) -> Handler:
    """The handler, for requests that carry the run's own token, as only our page can."""

    async def check(request: web.Request) -> web.StreamResponse:
        given = request.headers.get(TOKEN_HEADER, "")
        if not hmac.compare_digest(given.encode(), token.encode()):
            raise web.HTTPForbidden(text=f"{TOKEN_HEADER} is missing or of another run")
        return await handler(request)

    return check
