"""`POST /webhooks/github`: verified over the raw bytes, stored, answered; never decided on here."""

from __future__ import annotations

import structlog
from aiohttp import web

from bot.clock import Clock
from bot.forges.github_webhooks import Unusable, delivery_key, parse, verify
from bot.worker import Nudge
from storage.database import Storage

log = structlog.get_logger()

LONGEST_DELIVERY_ID = 100


class GitHubWebhook:
    """The address GitHub delivers to. `secrets` may hold two, while one replaces the other."""

    def __init__(
        self,
        forge: str,
        secrets: tuple[str, ...],
        storage: Storage,
        clock: Clock,
        events_waiting: Nudge,
    ) -> None:
        self._forge = forge
        self._secrets = secrets
        self._storage = storage
        self._clock = clock
        self._events_waiting = events_waiting

    async def handle(self, request: web.Request) -> web.Response:
        """401 for what GitHub did not sign; 2xx for everything it did, usable or not."""
        body = await request.read()
        if not verify(body, request.headers.get("X-Hub-Signature-256"), self._secrets):
            return web.Response(status=401, text="not signed with our secret")
        delivery = request.headers.get("X-GitHub-Delivery", "")[:LONGEST_DELIVERY_ID]
        key, now = delivery_key(delivery, body), self._clock.now()
        try:
            event = parse(request.headers.get("X-GitHub-Event", ""), body, self._forge)
        except Unusable as exc:
            problem, raw = str(exc), body[:65536].decode("utf-8", "replace")
            log.warning("delivery_unusable", delivery=delivery, problem=problem)
            await self._storage.run(lambda rooms: rooms.inbox.put_dead(key, raw, problem, now))
            return web.Response(status=202, text="kept, but unusable")
        if event is None:
            return web.Response(status=202, text="nothing to do")
        if await self._storage.run(lambda rooms: rooms.inbox.put(key, event, now)):
            self._events_waiting()
        return web.Response(status=202, text="stored")
