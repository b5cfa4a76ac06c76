"""Standing by: another bot works on the database; as soon as it ends, however it ends, we go on."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import structlog
from aiohttp import web

from bot.forges.guarantees import Finding, Standing
from bot.web.health import Health
from bot.web.server import listen, runner_of, web_application
from storage.occupancy import Lease

log = structlog.get_logger()

PAUSE = 0.2
"""Seconds between two looks whether the other has ended."""
WHY = "another bot works on this database"
CURE = "nothing to do: when that one ends, this one goes on"


async def standing_by() -> tuple[Finding, ...]:
    """The one trouble there is meanwhile."""
    return (Finding("lease", Standing.OPEN, WHY, CURE),)


async def take_over(lease: Lease, host: str, port: int, stopping: asyncio.Event) -> bool:
    """Wait for the lease; False when it is time to stop before.

    Meanwhile the process says that it lives and is not ready, where the address is free: on one
    machine the other bot may have it.
    """
    if lease.take():
        return True
    runner = runner_of(_waiting_room())
    taken: int | None = None
    with suppress(OSError):
        taken = await listen(runner, host, port)
    log.info("standing_by", why=f"{WHY}; {CURE}", host=host, port=taken)
    try:
        while not stopping.is_set():
            if lease.take():
                return True
            with suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), PAUSE)
        return False
    finally:
        await runner.cleanup()


def _waiting_room() -> web.Application:
    health = Health(standing_by)
    more = [web.route("*", "/{path:.*}", _not_here)]
    return web_application({}, {"/healthz": health.alive, "/readyz": health.ready}, more)


async def _not_here(_request: web.Request) -> web.Response:
    return web.Response(status=503, text=f"{WHY}; ask that one, or again later")
