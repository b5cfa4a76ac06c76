"""Webhook deliveries of a stand-in: a test may drop, double and reorder them."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Mapping
from typing import Protocol

import aiohttp

NAMESPACE = uuid.UUID("5d9f0f64-5a6b-4b43-9f6a-7d3a1a0c9e11")


class Delivery(Protocol):
    """One webhook call; `answer` is the HTTP status it got, None before or when nobody answered."""

    id: str
    body: bytes
    answer: int | None

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers that the forge sends."""
        ...


class Deliveries:
    """Where deliveries go, and those still waiting: an ordinary list for tests to rearrange."""

    def __init__(self) -> None:
        self.waiting: list[Delivery] = []
        self.sent: list[Delivery] = []
        self.url: str | None = None
        self.secret = ""
        self.automatic = False
        self._count = 0
        self._session: aiohttp.ClientSession | None = None
        self._under_way: set[asyncio.Task[object]] = set()

    def next_id(self) -> str:
        """An id that no delivery had before; the same in every run."""
        self._count += 1
        return str(uuid.uuid5(NAMESPACE, str(self._count)))

    def put(self, delivery: Delivery) -> None:
        """Put a delivery in line, and send it where that is automatic."""
        self.waiting.append(delivery)
        if self.automatic:
            task = asyncio.get_running_loop().create_task(self.deliver())
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

    async def deliver(self) -> list[int | None]:
        """Send everything that waits, in order; returns what was answered."""
        answers = []
        while self.waiting:
            delivery = self.waiting.pop(0)
            await self.send(delivery)
            answers.append(delivery.answer)
        return answers

    async def send(self, delivery: Delivery) -> None:
        """Send one delivery, new or old. A forge waits 10 s and does not try again."""
        if self.url is None:
            raise RuntimeError("no webhook is configured: call hooks_to first")
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10))
        self.sent.append(delivery)
        try:
            async with self._session.post(
                self.url, data=delivery.body, headers=delivery.headers, allow_redirects=False
            ) as response:
                delivery.answer = response.status
        except (aiohttp.ClientError, TimeoutError):
            delivery.answer = None

    async def quiet(self) -> None:
        """Wait until nothing is under way any more."""
        while self._under_way:
            await asyncio.gather(*self._under_way)

    async def close(self) -> None:
        """Finish, and let the connection go."""
        await self.quiet()
        if self._session is not None:
            await self._session.close()
