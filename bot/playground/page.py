"""The workspace in the browser: one page, its state as JSON, and what people do on it."""

from __future__ import annotations

import asyncio
import secrets
from contextlib import suppress
from importlib.resources import files
from typing import Any, NotRequired, Protocol, TypedDict

from aiohttp import web

from bot.playground.guard import guarded
from bot.playground.nouns import Json
from bot.playground.people import People
from bot.playground.refusal import ApiRefusal, Impossible, NotAcknowledged
from bot.playground.scene import scene
from bot.playground.workspace import Workspace

STATIC = files("bot.playground") / "static"
KINDS = {"html": "text/html", "js": "text/javascript", "css": "text/css"}
HEARTBEAT = 15.0
"""Seconds between two lines on a quiet stream, by which a closed browser is noticed."""


class PanelButton(TypedDict):
    """A button of the side panel: `name` and `fields` come back to `Panel.act`."""

    name: str
    label: str
    fields: NotRequired[dict[str, str]]
    style: NotRequired[str]


class PanelItem(TypedDict):
    """One merge request: its gate ("pending", "success", "failure") and lines that explain it."""

    title: str
    state: str
    detail: NotRequired[str]
    lines: NotRequired[list[str]]
    url: NotRequired[str]
    buttons: NotRequired[list[PanelButton]]


class PanelLink(TypedDict):
    """A page that opens beside the workspace."""

    label: str
    url: str


class PanelState(TypedDict):
    """What the side panel shows."""

    title: str
    links: NotRequired[list[PanelLink]]
    items: list[PanelItem]
    buttons: NotRequired[list[PanelButton]]


class Panel(Protocol):
    """What whoever runs the playground shows beside the workspace."""

    def state(self) -> PanelState:
        """What to show now; `Playground.touch` says that it has changed."""
        ...

    async def act(self, name: str, fields: dict[str, str]) -> str:
        """Do what a button says; returns a sentence to show."""
        ...


class News(Protocol):
    """Where the page hears that something has changed."""

    version: int

    async def changed(self, version: int) -> int:
        """Return the version as soon as it is another one than this."""
        ...


class Page:
    """Serves the page at `/`, and under `/playground/` what it asks for."""

    def __init__(self, workspace: Workspace, people: People, news: News) -> None:
        self.panel: Panel | None = None
        self.token = secrets.token_hex(16)
        self._workspace = workspace
        self._people = people
        self._news = news
        self._closing = False
        self._errands: set[asyncio.Task[None]] = set()

    def routes(self) -> list[web.RouteDef]:
        """Where it is served."""
        return [
            web.get("/", self._shell),
            web.get("/archives/{channel}/p{ts}", self._permalink),
            web.get("/playground/static/{name}", self._static),
            web.get("/playground/files/{id}", self._file),
            web.get("/playground/news", self._stream),
            web.get("/playground/state", guarded(self.token, self._state)),
            web.post("/playground/act", guarded(self.token, self._act)),
            web.post("/playground/suggest", guarded(self.token, self._suggest)),
            web.post("/playground/upload", guarded(self.token, self._upload)),
        ]

    def close(self) -> None:
        """Let the open streams end at the next change, and give up what is still being told."""
        self._closing = True
        for errand in self._errands:
            errand.cancel()

    async def _shell(self, _request: web.Request) -> web.Response:
        shell = (STATIC / "index.html").read_text(encoding="utf-8")
        return web.Response(text=shell.replace("{{ token }}", self.token), content_type="text/html")

    async def _static(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        known = {file.name for file in STATIC.iterdir()}
        if name not in known:
            raise web.HTTPNotFound
        return web.Response(
            text=(STATIC / name).read_text(encoding="utf-8"),
            content_type=KINDS[name.rpartition(".")[2]],
            headers={"Cache-Control": "no-store"},
        )

    async def _permalink(self, request: web.Request) -> web.Response:
        """A message's own address leads to its channel on the page."""
        raise web.HTTPFound(f"/#{request.match_info['channel']}")

    async def _file(self, request: web.Request) -> web.Response:
        """A picture; its id cannot be guessed, and no other site may show it."""
        file = self._workspace.files.picture(request.match_info["id"])
        if file is None:
            raise web.HTTPNotFound
        headers = {"Cache-Control": "no-store", "Cross-Origin-Resource-Policy": "same-origin"}
        return web.Response(body=file.content, content_type=file.picture_type, headers=headers)

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        """Server-sent events that carry a version number and nothing else."""
        stream = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        )
        await stream.prepare(request)
        version = -1
        while not self._closing:
            try:
                async with asyncio.timeout(HEARTBEAT):
                    version = await self._news.changed(version)
                line = f"data: {version}\n\n"
            except TimeoutError:
                line = ": quiet\n\n"
            try:
                await stream.write(line.encode())
            except ConnectionError:
                break
        return stream

    async def _state(self, request: web.Request) -> web.Response:
        try:
            seen = scene(self._workspace, request.query.get("as", ""), request.query.get("in", ""))
        except ApiRefusal as refusal:
            raise web.HTTPNotFound(text=refusal.code) from refusal
        panel = self.panel.state() if self.panel else None
        return web.json_response({**seen, "version": self._news.version, "panel": panel})

    async def _act(self, request: web.Request) -> web.Response:
        try:
            note = await self._do(await request.json())
        except Impossible as no:
            return web.json_response({"ok": False, "note": str(no)})
        except NotAcknowledged as silence:
            return web.json_response({"ok": False, "note": f"The app did not answer: {silence}"})
        except ApiRefusal as refusal:
            return web.json_response({"ok": False, "note": f"Slack refused: {refusal}"})
        return web.json_response({"ok": True, "note": note})

    async def _suggest(self, request: web.Request) -> web.Response:
        """What the app suggests to what is typed; nothing where it does not answer."""
        wish = await request.json()
        try:
            options = await self._people.suggest(
                wish["as"], wish["place"], wish["action"], wish["typed"]
            )
        except (Impossible, NotAcknowledged, ApiRefusal) as problem:
            return web.json_response({"options": [], "note": str(problem)})
        return web.json_response({"options": options})

    async def _upload(self, request: web.Request) -> web.Response:
        """A file that somebody chose in a form; the server takes a megabyte at most."""
        person = self._workspace.user(request.query["as"])
        content = await request.read()
        if not content:
            raise web.HTTPBadRequest(text="it is empty")
        file = self._workspace.files.send(person.id, request.query["name"], content)
        return web.json_response({"id": file.id})

    def _tell_home(self, person: str) -> None:
        """Tell the app that its Home tab was opened, without waiting: people do not, either."""

        async def tell() -> None:
            with suppress(NotAcknowledged):
                await self._people.open_home(person)

        errand = asyncio.create_task(tell())
        self._errands.add(errand)
        errand.add_done_callback(self._errands.discard)

    async def _do(self, wish: Json) -> str:
        """Do what the page asks for; returns a sentence to show, often none."""
        person: Any = wish.get("as", "")
        match wish:
            case {"do": "click", "in": str(where), "ts": str(ts), "action": str(action)}:
                await self._people.click(person, where, ts, action, wish.get("option"))
            case {"do": "shortcut", "in": str(where), "ts": str(ts), "id": str(callback_id)}:
                await self._people.shortcut(person, where, ts, callback_id)
            case {"do": "write", "in": str(where), "text": str(text), "thread": str(ts)}:
                await self._people.say(person, where, text, ts)
            case {"do": "write", "in": str(where), "text": str(text)} if text.startswith("/"):
                command, _, rest = text.partition(" ")
                await self._people.slash(person, where, command, rest.strip())
            case {"do": "write", "in": str(where), "text": str(text)}:
                await self._people.say(person, where, text)
            case {"do": "panel", "name": str(name)} if self.panel is not None:
                return await self.panel.act(name, wish.get("fields", {}))
            case _:
                await self._do_in_view(person, wish)
        return ""

    async def _do_in_view(self, person: Any, wish: Json) -> None:
        """What is done in a modal or the Home tab."""
        match wish:
            case {"do": "click-view", "action": str(action)}:
                option, filled = wish.get("option"), wish.get("filled")
                await self._people.click_view(person, action, option, filled)
            case {"do": "click-home", "action": str(action)}:
                await self._people.click_home(person, action, wish.get("option"))
            case {"do": "submit", "filled": dict(filled)}:
                await self._people.submit_view(person, filled)
            case {"do": "close"}:
                await self._people.close_view(person)
            case {"do": "home"}:
                self._workspace.user(person)
                self._tell_home(person)
            case _:
                raise web.HTTPBadRequest(text="the page asked for something unknown")
