"""The pages people look at: read from the storage, made into values, laid out."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict

from aiohttp import web

from bot.clock import Clock
from bot.insights.plots import PLOTS, THEMES, render_plot
from bot.insights.reading import Remembered, first_monday, read_insights
from bot.proof.checkpoints import Vouched
from bot.proof.verifying import UNSIGNED, Verified, verify
from bot.web.access import Viewer
from bot.web.addresses import decision_path
from bot.web.door import Door, message
from bot.web.pages.decision import DecisionPage, decision_page
from bot.web.pages.insights import insights_page, parse_weeks
from bot.web.pages.ledger import A_PAGE, Asked, ledger_page, parse_asked
from bot.web.templating import render, static
from routing.forge_words import words_of
from routing.hindsight.insights import Insights
from routing.model import Ref
from storage.database import Rooms, Storage
from storage.ledger import Opened

LONGEST_NUMBER = 12
A_BATCH = 500
"""Entries taken into the index, or exported, within one transaction."""


class Site:
    """Every page, behind the door. `vouched` reads the ledger's checkpoints."""

    def __init__(
        self,
        storage: Storage,
        door: Door,
        clock: Clock,
        vouched: Callable[[], Vouched] = lambda: UNSIGNED,
    ) -> None:
        self._storage = storage
        self._clock = clock
        self._door = door
        self._vouched = vouched
        self._weeks = Remembered()

    def routes(self) -> list[web.RouteDef]:
        """Where they are."""
        members = self._door.members
        return [
            web.get(
                "/reviews/{forge}/{project:.+}/{number:[0-9]+}",
                members(self._decision, lambda request: decision_path(_ref(request))),
            ),
            web.get("/ledger", members(self._ledger)),
            web.post("/ledger/verify", members(self._verify)),
            web.get("/ledger/export.jsonl", members(self._export)),
            web.get("/insights", members(self._insights)),
            web.get("/insights/{plot:[a-z]+}.{theme:[a-z]+}.svg", members(self._plot)),
            *self._door.routes(),
            web.get("/static/{name}", static),
        ]

    async def _decision(self, request: web.Request, viewer: Viewer | None) -> web.StreamResponse:
        ref = _ref(request)

        def read(rooms: Rooms) -> DecisionPage | None:
            review = rooms.reviews.get(ref)
            return decision_page(review, rooms.ledger.entries(str(ref))) if review else None

        page = await self._storage.read(read)
        if page is None:
            text = f"Countersign has not seen this {words_of(ref.forge).request}."
            return message("Nothing here", text, 404, viewer)
        return render("decision.html", page=page, viewer=viewer)

    async def _ledger(self, request: web.Request, viewer: Viewer | None) -> web.StreamResponse:
        return await self._ledger_page(parse_asked(request.query), viewer)

    async def _verify(self, _request: web.Request, viewer: Viewer | None) -> web.StreamResponse:
        verified = await self._storage.read(lambda rooms: verify(rooms.ledger, self._vouched()))
        return await self._ledger_page(parse_asked({}), viewer, verified)

    async def _ledger_page(
        self, asked: Asked, viewer: Viewer | None, verified: Verified | None = None
    ) -> web.Response:
        await self._index()

        def read(rooms: Rooms) -> tuple[Sequence[Opened], Sequence[str], int]:
            search = rooms.ledger_search
            found = search.find(asked.wanted, asked.before, A_PAGE + 1)
            return found, search.kinds(), rooms.ledger.count()

        page = ledger_page(asked, *await self._storage.read(read))
        return render("ledger.html", page=page, viewer=viewer, verified=verified)

    async def _export(self, request: web.Request, _viewer: Viewer | None) -> web.StreamResponse:
        await self._index()
        wanted = parse_asked(request.query).wanted
        stream = web.StreamResponse(
            headers={"Content-Type": "application/jsonl", "Cache-Control": "no-store"}
        )
        await stream.prepare(request)
        before: int | None = None
        while found := await self._found(Asked(wanted, before), A_BATCH):
            lines = (json.dumps({**asdict(one), "data": json.loads(one.data)}) for one in found)
            await stream.write("".join(f"{line}\n" for line in lines).encode())
            before = found[-1].seq
        return stream

    async def _found(self, asked: Asked, most: int) -> Sequence[Opened]:
        return await self._storage.read(
            lambda rooms: rooms.ledger_search.find(asked.wanted, asked.before, most)
        )

    async def _insights(self, request: web.Request, viewer: Viewer | None) -> web.StreamResponse:
        weeks = parse_weeks(request.query)
        page = insights_page(await self._gained(weeks), weeks)
        return render("insights.html", page=page, viewer=viewer)

    async def _plot(self, request: web.Request, _viewer: Viewer | None) -> web.StreamResponse:
        name, theme = request.match_info["plot"], request.match_info["theme"]
        if name not in PLOTS or theme not in THEMES:
            raise web.HTTPNotFound
        insights = await self._gained(parse_weeks(request.query))
        drawn = await asyncio.to_thread(render_plot, name, insights.weeks, theme)
        headers = {"Cache-Control": "private, max-age=60"}
        return web.Response(text=drawn, content_type="image/svg+xml", headers=headers)

    async def _gained(self, weeks: int) -> Insights:
        first = first_monday(self._clock.now().date(), weeks)
        return await read_insights(self._storage, first, weeks, self._weeks)

    async def _index(self) -> None:
        """Take in what was written since the last look; decisions get their turn in between."""
        while await self._storage.run(lambda rooms: rooms.ledger_search.catch_up(A_BATCH)):
            pass


def _ref(request: web.Request) -> Ref:
    found = request.match_info
    return Ref(found["forge"], found["project"], int(found["number"][:LONGEST_NUMBER]))
