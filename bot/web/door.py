"""The door before the pages, and the way through it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web

from bot.errors import Refused, Retryable
from bot.web.access import RETURN_PATH, Access, Viewer
from bot.web.templating import render

Page = Callable[[web.Request, Viewer | None], Awaitable[web.StreamResponse]]
"""What is behind the door; whoever came by a signed address has no name."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Door:
    """Lets members in. Whoever may not look learns nothing, not even what there is."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def routes(self) -> list[web.RouteDef]:
        """Where one signs in and out."""
        return [
            web.get("/sign-in", self._sign_in),
            web.get(RETURN_PATH, self._signed_in),
            web.post("/sign-out", self._sign_out),
        ]

    def members(self, page: Page, subject: Callable[[web.Request], str] | None = None) -> Handler:
        """The page for who signed in, or whose address proves the right to see its subject."""

        async def show(request: web.Request) -> web.StreamResponse:
            try:
                viewer = await self._access.viewer(request)
            except Retryable:
                text = "Slack cannot be asked who you are. Try again in a minute."
                return message("Not now", text, 503)
            if viewer is None and not (
                subject and await self._access.proves(request, subject(request))
            ):
                # Word for word the same for everything, whether it is there or not.
                offered = self._access.offers_sign_in
                return render("closed.html", 401, to=request.path_qs, sign_in=offered, viewer=None)
            return await page(request, viewer)

        return show

    async def _sign_in(self, request: web.Request) -> web.Response:
        return await self._access.begin(request.query.get("to", ""))

    async def _signed_in(self, request: web.Request) -> web.Response:
        try:
            return await self._access.finish(request)
        except Refused as exc:
            return message("Not signed in", f"Nobody was signed in: {exc}.", 403)
        except Retryable as exc:
            return message(
                "Not signed in", f"Nobody was signed in: {exc}. Try again in a minute.", 503
            )

    async def _sign_out(self, _request: web.Request) -> web.Response:
        return self._access.end()


def message(title: str, text: str, status: int, viewer: Viewer | None = None) -> web.Response:
    """A page that says one thing."""
    return render("message.html", status, title=title, text=text, viewer=viewer)
