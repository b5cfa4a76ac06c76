"""HTTP without a network: aiohttp's own parser, router and handlers, fed with bytes by hand.

A connection over TCP costs more than the request that it carries; nothing of ours lies between
the two. Each request has a connection to itself, which is hung up after its answer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, Self

from aiohttp import web

from bot.web.server import runner_of

CONTINUE = 100
PATIENCE = 10.0
"""Seconds until a request that nobody answers is a fault."""


class Wire:
    """The bot's web application, ready to be asked. Use as `async with Wire(application) as wire`.

    Raises `TimeoutError` when there is no answer.
    """

    def __init__(self, application: web.Application) -> None:
        self._runner = runner_of(application)

    async def __aenter__(self) -> Self:
        """Make the application ready."""
        await self._runner.setup()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Let go of it."""
        await self._runner.cleanup()

    async def post(self, path: str, headers: Mapping[str, bytes], body: bytes) -> int:
        """The status that a POST is answered with; headers are sent as they are, byte by byte."""
        lines = [b"POST " + path.encode() + b" HTTP/1.1", b"Host: bot"]
        lines.append(b"Content-Length: %d" % len(body))
        lines += [name.encode() + b": " + value for name, value in headers.items()]
        return await self._ask(b"\r\n".join([*lines, b"", body]))

    async def _ask(self, raw: bytes) -> int:
        server = self._runner.server
        if server is None:
            raise AssertionError
        protocol, end = server(), _End()
        protocol.connection_made(end)
        protocol.data_received(raw)
        try:
            return await asyncio.wait_for(end.status, PATIENCE)
        finally:
            protocol.connection_lost(None)


class _End(asyncio.Transport):
    """The far end of a connection: it reads the status of the first answer."""

    def __init__(self) -> None:
        super().__init__({"peername": ("127.0.0.1", 1)})
        self.status: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._closing = False

    def write(self, data: Any) -> None:
        """The answer begins with "HTTP/1.1 202 "; what comes before it with "HTTP/1.1 100 "."""
        status = int(bytes(data[9:12])) if not self.status.done() else CONTINUE
        if status != CONTINUE:
            self.status.set_result(status)

    def is_closing(self) -> bool:
        """Whether it was hung up."""
        return self._closing

    def close(self) -> None:
        """Hang up. Who was never answered is told so by the status 0."""
        self._closing = True
        if not self.status.done():
            self.status.set_result(0)

    def abort(self) -> None:
        """The same."""
        self.close()

    def pause_reading(self) -> None:
        """Everything was read already."""

    def resume_reading(self) -> None:
        """Everything was read already."""
