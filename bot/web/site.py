"""The pages people look at, and the door before them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web

from bot.errors import Refused, Retryable
from bot.web.access import RETURN_PATH, Access, Viewer
from bot.web.addresses import decision_path
from bot.web.pages.decision import decision_page
from bot.web.templating import render, static
from routing.model import Ref
from storage.database import Rooms, Storage

Page = Callable[[web.Request, Viewer | None], Awaitable[web.StreamResponse]]

LONGEST_NUMBER = 12


class Site:
    """Every page. Whoever may not look learns nothing, not even whether there is something."""

    def __init__(self, storage: Storage, access: Access) -> None:
        self._storage = storage
        self._access = access

    def routes(self) -> list[web.RouteDef]:
        """Where they are."""
        return [
            web.get("/reviews/{forge}/{project:.+}/{number:[0-9]+}", self._decision),
            web.get("/sign-in", self._sign_in),
            web.get(RETURN_PATH, self._signed_in),
            web.post("/sign-out", self._sign_out),
            web.get("/static/{name}", static),
        ]

    async def _decision(self, request: web.Request) -> web.StreamResponse:
        found = request.match_info
        number = int(found["number"][:LONGEST_NUMBER])
        ref = Ref(found["forge"], found["project"], number)

        async def show(_request: web.Request, viewer: Viewer | None) -> web.StreamResponse:
            def read(rooms: Rooms) -> object:
                review = rooms.reviews.get(ref)
                return review and decision_page(review, rooms.ledger.entries(str(ref)))

            page = await self._storage.run(read)
            if page is None:
                return self._nothing_here(viewer)
            return render("decision.html", page=page, viewer=viewer)

        return await self._for_members(request, show, subject=decision_path(ref))

    async def _for_members(
        self, request: web.Request, page: Page, subject: str | None = None
    ) -> web.StreamResponse:
        """The page, for who signed in, or whose address proves a right to the subject."""
        try:
            viewer = await self._access.viewer(request)
        except Retryable:
            return render(
                "message.html",
                503,
                title="Not now",
                text="Slack cannot be asked who you are. Try again in a minute.",
                viewer=None,
            )
        if viewer is None and (subject is None or not await self._access.proves(request, subject)):
            return self._closed(request)
        return await page(request, viewer)

    def _closed(self, request: web.Request) -> web.Response:
        """The same for everything: there to see or not."""
        return render(
            "closed.html", 401, to=request.path_qs, sign_in=self._access.offers_sign_in, viewer=None
        )

    def _nothing_here(self, viewer: Viewer | None) -> web.Response:
        return render(
            "message.html",
            404,
            title="Nothing here",
            text="Countersign has not seen this merge request.",
            viewer=viewer,
        )

    async def _sign_in(self, request: web.Request) -> web.Response:
        return await self._access.begin(request.query.get("to", ""))

    async def _signed_in(self, request: web.Request) -> web.Response:
        try:
            return await self._access.finish(request)
        except Refused as exc:
            text, status = f"Not signed in: {exc}.", 403
        except Retryable as exc:
            text, status = f"Not signed in: {exc}. Try again in a minute.", 503
        return render("message.html", status, title="Not signed in", text=text, viewer=None)

    async def _sign_out(self, _request: web.Request) -> web.Response:
        return self._access.end()
