"""Socket Mode: the app calls us, and what happens travels over its WebSocket in envelopes."""

from __future__ import annotations

import asyncio
import secrets
from uuid import uuid4

from aiohttp import WSMsgType, web

from bot.playground.methods import TIER_1, Method
from bot.playground.nouns import APP_ID, Json
from bot.playground.refusal import NotAcknowledged


class Sockets:
    """The app's open WebSockets and the envelopes it has not acknowledged yet.

    Slack spreads envelopes over all connections; here the newest takes them.
    """

    def __init__(self) -> None:
        self.base_url = ""
        self._tickets: set[str] = set()
        self._open: list[web.WebSocketResponse] = []
        self._waiting: dict[str, asyncio.Future[Json]] = {}
        self._connected = asyncio.Event()
        self._disconnected = asyncio.Event()

    def method(self) -> Method:
        """`apps.connections.open`, which hands out a URL for one connection."""
        name = "apps.connections.open"
        return Method(name, lambda _workspace, _args: self._ticket(), None, TIER_1, "app")

    def routes(self) -> list[web.RouteDef]:
        """Where it is served."""
        return [web.get("/link/", self._accept)]

    @property
    def connected(self) -> bool:
        """Whether the app has a socket open."""
        return bool(self._open)

    async def wait_connected(self) -> None:
        """Return once the app has a socket open."""
        await self._connected.wait()

    async def wait_disconnected(self) -> None:
        """Return once the app has no socket open any more."""
        await self._disconnected.wait()

    async def send(self, kind: str, payload: Json, seconds: float, attempt: int = 0) -> Json:
        """Send one envelope; returns the acknowledgement's payload, empty when it has none.

        Raises `NotAcknowledged` when there is no socket or no answer within `seconds`.
        """
        if not self._open:
            raise NotAcknowledged("the app has no socket open")
        envelope_id = str(uuid4())
        envelope: Json = {
            "envelope_id": envelope_id,
            "type": kind,
            "payload": payload,
            "accepts_response_payload": kind != "events_api",
        }
        if kind == "events_api":
            envelope |= {"retry_attempt": attempt, "retry_reason": "timeout" if attempt else ""}
        acknowledged: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self._waiting[envelope_id] = acknowledged
        try:
            await self._open[-1].send_json(envelope)
            async with asyncio.timeout(seconds):
                return await acknowledged
        except (TimeoutError, ConnectionError) as exc:
            raise NotAcknowledged(f"no acknowledgement over the socket ({kind})") from exc
        finally:
            del self._waiting[envelope_id]

    async def disconnect(self, reason: str = "refresh_requested") -> None:
        """Ask the app to connect anew, as Slack does every few hours; then hang up."""
        sockets, self._open = self._open, []
        self._note()
        for socket in sockets:
            await socket.send_json(
                {"type": "disconnect", "reason": reason, "debug_info": {"host": "playground"}}
            )

    async def close(self) -> None:
        """Hang up on everybody."""
        for socket in list(self._open):
            await socket.close()

    def _ticket(self) -> Json:
        ticket = secrets.token_hex(8)
        self._tickets.add(ticket)
        address = self.base_url.replace("http://", "ws://", 1)
        return {"url": f"{address}/link/?ticket={ticket}&app_id={APP_ID}"}

    async def _accept(self, request: web.Request) -> web.StreamResponse:
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            raise web.HTTPRequestTimeout(text="this URL was good for one connection")
        self._tickets.remove(ticket)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json(
            {
                "type": "hello",
                "num_connections": len(self._open) + 1,
                "debug_info": {"host": "playground", "approximate_connection_time": 18060},
                "connection_info": {"app_id": APP_ID},
            }
        )
        self._open.append(socket)
        self._note()
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self._acknowledge(message.json())
        finally:
            if socket in self._open:
                self._open.remove(socket)
            self._note()
        return socket

    def _note(self) -> None:
        """Let those know who wait for a socket to open or for the last to close."""
        now, other = self._connected, self._disconnected
        if not self._open:
            now, other = other, now
        now.set()
        other.clear()

    def _acknowledge(self, answer: Json) -> None:
        waiting = self._waiting.get(answer.get("envelope_id", ""))
        if waiting is not None and not waiting.done():
            waiting.set_result(answer.get("payload") or {})
