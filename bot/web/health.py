"""`/healthz`: the process answers. `/readyz`: every part works, or which does not and why."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from aiohttp import web

from bot.forges.guarantees import Finding

Troubles = Callable[[], Awaitable[Sequence[Finding]]]
"""What is wrong right now; nothing when all is well."""


class Health:
    """The two pages a platform asks."""

    def __init__(self, troubles: Troubles) -> None:
        self._troubles = troubles

    async def alive(self, _request: web.Request) -> web.Response:
        """200 as long as the process can answer."""
        return web.json_response({"alive": True})

    async def ready(self, _request: web.Request) -> web.Response:
        """200 when every part works, else 503 with the reasons."""
        problems = [said_in_one(trouble) for trouble in await self._troubles()]
        return web.json_response(
            {"ready": not problems, "problems": problems}, status=503 if problems else 200
        )


def said_in_one(trouble: Finding) -> str:
    """A trouble in one line: the part, what is wrong, the next step."""
    cure = f"; {trouble.cure}" if trouble.cure else ""
    return f"{trouble.project}: {trouble.sentence}{cure}"
