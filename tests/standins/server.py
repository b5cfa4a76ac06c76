"""The HTTP of every stand-in for a forge: where it listens, and what goes wrong on the way."""

from __future__ import annotations

import asyncio
import json
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime

from aiohttp import web

from tests.standins.faults import Faults
from tests.standins.quotas import Quotas

Answering = Callable[[web.Request], Awaitable[web.StreamResponse]]


LEAST_WAIT = 60
"""Seconds to stay away after a 429 that names none."""


class Problem(Exception):
    """An answer that is not a success, in the forge's words."""

    def __init__(self, status: int, message: str, errors: Sequence[object] = ()) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.errors = errors


class StandInServer(ABC):
    """Listens, writes down what is asked (below `prefix`), and lets go wrong what `faults` say."""

    prefix = ""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now = now
        self.faults = Faults()
        self.quotas: Quotas | None = None
        self.requests: list[tuple[str, str]] = []
        self.url = ""

    @abstractmethod
    def _routes(self, router: web.UrlDispatcher) -> None:
        """Say what is answered where."""

    @abstractmethod
    def _refusal(self, problem: Problem) -> web.Response:
        """A refusal as the forge words it."""

    @abstractmethod
    def _limit(self) -> Problem:
        """What the forge says to whoever asks too much."""

    @abstractmethod
    def _headers(self) -> Mapping[str, str]:
        """What stands above every answer."""

    async def start(self) -> str:
        """Listen on a free port of 127.0.0.1; returns the address."""
        application = web.Application(middlewares=[self._guard])
        self._routes(application.router)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self.url

    async def stop(self) -> None:
        """Stop listening."""
        self.faults.road.set()
        await self._runner.cleanup()

    @web.middleware
    async def _guard(self, request: web.Request, handler: Answering) -> web.StreamResponse:
        self.requests.append((request.method, request.path.removeprefix(self.prefix)))
        self.faults.arrived.set()
        await self.faults.road.wait()
        await request.read()  # what has arrived is done, though the caller may be gone by then
        try:
            self._count(request)
            if late := self.faults.slow():
                await asyncio.sleep(late)
            if self.faults.is_cut():
                return self._cut(request)
            self._fail(request)
            self.faults.meanwhile(request.method, request.path)
            answer = await handler(request)
            if self.faults.lost_answers and request.method != "GET":
                self.faults.lost_answers -= 1
                return self._cut(request)
        except Problem as problem:
            return self._refusal(problem)
        except web.HTTPRedirection:
            raise
        except web.HTTPException as refusal:
            return self._refusal(Problem(refusal.status, refusal.reason))
        return answer

    def _cut(self, request: web.Request) -> web.Response:
        """End the connection; the answer goes nowhere."""
        if request.transport is not None:
            request.transport.abort()
        return web.Response()

    def _count(self, request: web.Request) -> None:
        if self.quotas is not None and self.quotas.refused_for(request.method, request.path):
            raise Problem(web.HTTPTooManyRequests.status_code, "Too many requests")

    def _fail(self, request: web.Request) -> None:
        status = self.faults.failure(request.method)
        if status is not None:
            too_many = status == web.HTTPTooManyRequests.status_code
            # Who waits no more cannot hear of it, and is not held to it.
            if too_many and self.quotas is not None and request.transport is not None:
                self.quotas.close(self.faults.retry_after or LEAST_WAIT)
            raise Problem(status, "Server Error")
        if self.faults.retry_after is not None or self.faults.limited_until is not None:
            raise self._limit()

    def _response(
        self, body: object, status: int = 200, more: Mapping[str, str] | None = None
    ) -> web.Response:
        headers = {**self._headers(), **(more or {})}
        if self.faults.retry_after is not None:
            headers["Retry-After"] = str(self.faults.retry_after)
        return web.Response(
            text=json.dumps(body), status=status, headers=headers, content_type="application/json"
        )


def number(query: Mapping[str, str], key: str, default: int) -> int:
    """A whole number of an address, such as the page that is asked for."""
    text = query.get(key, "")
    return int(text) if text.isdecimal() else default
