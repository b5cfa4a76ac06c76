"""`/healthz`: the process answers. `/readyz`: every part works, or which does not and why."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web

Troubles = Callable[[], Awaitable[tuple[str, ...]]]
"""What is wrong right now, in sentences; nothing when all is well."""


class Health:
    """The two pages a platform asks."""

    def __init__(self, troubles: Troubles) -> None:
        self._troubles = troubles

    async def alive(self, _request: web.Request) -> web.Response:
        """200 as long as the process can answer."""
        return web.json_response({"alive": True})

    async def ready(self, _request: web.Request) -> web.Response:
        """200 when every part works, else 503 with the reasons."""
        troubles = await self._troubles()
        return web.json_response(
            {"ready": not troubles, "problems": list(troubles)}, status=503 if troubles else 200
        )
