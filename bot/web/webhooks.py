"""`POST /webhooks/…`: verified over the raw bytes, stored, answered; never decided on here."""

from __future__ import annotations

import structlog
from aiohttp import web

from bot.clock import Clock
from bot.forges.hooks import Hook
from bot.forges.payloads import Unusable
from bot.worker import Nudge
from storage.database import Storage

log = structlog.get_logger()


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
        body, now = await request.read(), self._clock.now()
        if not self._hook.is_genuine(body, request.headers, now):
            return web.Response(status=401, text="not signed with our secret")
        key = self._hook.key(body, request.headers)
        try:
            event = self._hook.event(body, request.headers)
        except Unusable as exc:
            problem, raw = str(exc), body[:65536].decode("utf-8", "replace")
            log.warning("delivery_unusable", forge=self._hook.forge, delivery=key, problem=problem)
            await self._storage.run(lambda rooms: rooms.inbox.put_dead(key, raw, problem, now))
            return web.Response(status=202, text="kept, but unusable")
        if event is None:
            return web.Response(status=202, text="nothing to do")
        if await self._storage.run(lambda rooms: rooms.inbox.put(key, event, now)):
            self._events_waiting()
        return web.Response(status=202, text="stored")
