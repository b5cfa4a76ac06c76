"""`POST /webhooks/…`: verified over the raw bytes, stored, answered; never decided on here."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog
from aiohttp import web

from bot.clock import Clock
from bot.forges.hooks import Hook
from bot.forges.payloads import Unusable
from bot.worker import Nudge
from routing.events import Event
from storage.database import Storage

log = structlog.get_logger()

LARGE = 1_000_000
"""Bytes. To hash and read more takes so long that it is done in a thread."""


@dataclass(frozen=True, slots=True)
class _Delivery:
    """What the forge has signed: its key, and its event or the problem with it."""

    key: str
    event: Event | None
    problem: str | None = None


class ForgeWebhook:
    """The address that a forge delivers to."""

    def __init__(self, hook: Hook, storage: Storage, clock: Clock, events_waiting: Nudge) -> None:
        self._hook = hook
        self._storage = storage
        self._clock = clock
        self._events_waiting = events_waiting

    async def handle(self, request: web.Request) -> web.Response:
        """401 for what the forge did not sign; 2xx for everything it did, usable or not.

        GitLab switches a webhook off that is answered with errors four times in a row.
        """
        body, headers, now = await request.read(), request.headers, self._clock.now()
        if len(body) > LARGE:
            delivery = await asyncio.to_thread(self._read, body, headers, now)
        else:
            delivery = self._read(body, headers, now)
        if delivery is None:
            return web.Response(status=401, text="not signed with our secret")
        key, event, problem = delivery.key, delivery.event, delivery.problem
        if problem is not None:
            raw = body[:65536].decode("utf-8", "replace")
            log.warning("delivery_unusable", forge=self._hook.forge, delivery=key, problem=problem)
            await self._storage.run(lambda rooms: rooms.inbox.put_dead(key, raw, problem, now))
            return web.Response(status=202, text="kept, but unusable")
        if event is None:
            return web.Response(status=202, text="nothing to do")
        if await self._storage.run(lambda rooms: rooms.inbox.put(key, event, now)):
            self._events_waiting()
        return web.Response(status=202, text="stored")

    def _read(self, body: bytes, headers: Mapping[str, str], now: datetime) -> _Delivery | None:
        """What was delivered; None when the forge has not signed it."""
        if not self._hook.is_genuine(body, headers, now):
            return None
        key = self._hook.key(body, headers)
        try:
            return _Delivery(key, self._hook.event(body, headers))
        except Unusable as exc:
            return _Delivery(key, None, str(exc))
