"""`countersign run`: the bot."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import NoReturn

import click
import structlog
from aiohttp import web

from bot.app import Countersign, Edges, Front
from bot.clock import Clock, SystemClock
from bot.errors import Misconfigured
from bot.forge_settings import plain
from bot.logs import set_up_logs
from bot.memory import share_one_heap, spare_the_collector
from bot.policies import Policies
from bot.proof.keys import open_signing_key
from bot.proof.notary import Notary
from bot.settings import Settings, read_settings
from bot.slack.client import open_client
from bot.standby import take_over
from bot.web.server import listen, runner_of
from storage.copies import damage
from storage.database import Storage, StorageFailed
from storage.occupancy import Lease
from storage.write_ahead import commits_in, passed_over

log = structlog.get_logger()

CURE = "If the file is damaged, put a backup in its place: countersign restore PATH"
SMALL = 32 * 1024 * 1024
"""Bytes of a database that is read through before anything is done: a tenth of a second. A larger
one is read while the bot begins, which otherwise would take the longer the longer it has run."""
SAY_IT_AGAIN = (
    "check the disk; whatever is open is read from the forge again, but clicks of the last minutes"
    " may be lost: who has approved and sees a shut gate has to approve again"
)
LOOKING_SECONDS = 1.0
"""How long the start waits for that at most, however slow the disk is."""
HANDLER_SECONDS = 2.0
"""How long a request under way may take at shutdown; what it has not stored is sent again."""
ENDING_SECONDS = 8.5
"""How long all of it may take: platforms kill after ten. Whatever hangs longer, for what reason
ever (a locked database, a forge that does not answer), is not waited for; nothing that was
acknowledged is in it."""

EXAMPLE = """\b
Example:
  export COUNTERSIGN_PEOPLE=people.yml SLACK_BOT_TOKEN=xoxb-… SLACK_APP_TOKEN=xapp-…
  export GITHUB_TOKEN=ghp_… GITHUB_REPOSITORIES=acme/shop GITHUB_WEBHOOK_SECRET=…
  countersign run
"""


@click.command(epilog=EXAMPLE)
def run() -> None:
    """Run the bot until it is told to stop (SIGTERM or Ctrl+C)."""
    share_one_heap()
    settings = read_settings()
    set_up_logs(secrets=settings.secrets())
    missing = settings.missing()
    if missing:
        raise Misconfigured("\n".join(missing))
    policies = Policies(settings.policy, settings.people)
    try:
        with Lease(settings.database) as lease:
            asyncio.run(_run(settings, policies, lease))
    except StorageFailed as exc:
        raise Misconfigured(f"{exc}\n{CURE}") from exc


async def _run(settings: Settings, policies: Policies, lease: Lease) -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    if not await take_over(lease, settings.host, settings.port, stopping):
        _leave()
    storage = _opened(settings.database)
    clock, proof = SystemClock(), settings.proof
    notary = Notary(storage, proof.checkpoints, open_signing_key(proof.key), clock)
    bot = Countersign(_edges(settings, clock), storage, policies, clock, notary)
    runner = runner_of(bot.web, HANDLER_SECONDS)
    looking = asyncio.create_task(look_for_damage(settings.database, storage))
    await looked_through(settings.database, looking)
    try:
        if await _unless(stopping, bot.start()):
            port = await listen(runner, settings.host, settings.port)
            spare_the_collector()
            log.info("serving", host=settings.host, port=port)
            await stopping.wait()
    finally:
        log.info("stopping")
        await asyncio.wait(
            [asyncio.create_task(_end(runner, bot, storage))], timeout=ENDING_SECONDS
        )
    _leave()


async def _unless(stopping: asyncio.Event, starting: Coroutine[None, None, None]) -> bool:
    """Whether it came to its end before it was time to stop.

    Raises whatever comes out of it.
    """
    start, stop = asyncio.create_task(starting), asyncio.create_task(stopping.wait())
    await asyncio.wait([start, stop], return_when=asyncio.FIRST_COMPLETED)
    stop.cancel()
    if not start.done():
        start.cancel()
        return False
    start.result()
    return True


async def _end(runner: web.AppRunner, bot: Countersign, storage: Storage) -> None:
    """Take in nothing more, let what is in hand finish, and let go of the file."""
    await runner.cleanup()
    await bot.stop()
    await asyncio.to_thread(storage.close)


def _leave() -> NoReturn:
    """End now: Python would wait for threads that hang on the network, and have nothing of ours."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def _opened(database: Path) -> Storage:
    """The storage. What of its log was lost on the disk is said: only people can say it again."""
    commits = commits_in(database)
    storage = Storage(database)
    lost = passed_over(commits, storage.taken_in()) if commits else 0
    if lost:
        log.critical("log_damaged", database=str(database), transactions=lost, cure=SAY_IT_AGAIN)
    return storage


async def look_for_damage(database: Path, storage: Storage) -> None:
    """Read the whole file once; a damaged one is not worked on from then on."""
    found = await asyncio.to_thread(damage, database)
    if found is not None:
        log.critical("database_damaged", problem=found, cure=CURE)
        storage.condemn(found)


async def looked_through(database: Path, looking: asyncio.Task[None]) -> None:
    """Wait until a small file is read; a large one is read on meanwhile."""
    if database.stat().st_size <= SMALL:  # noqa: ASYNC240 - once
        await asyncio.wait([looking], timeout=LOOKING_SECONDS)


def _edges(settings: Settings, clock: Clock) -> Edges:
    opened = settings.open_forges()
    return Edges(
        forges={forge.name: forge for forge, _ in opened},
        slack=open_client(plain(settings.slack_bot_token), settings.slack_api_url, clock),
        signing_secret=plain(settings.slack_signing_secret) or None,
        app_token=plain(settings.slack_app_token) or None,
        hooks=tuple(hook for _, hook in opened),
        metrics_token=plain(settings.metrics_token) or None,
        front=_front(settings),
    )


def _front(settings: Settings) -> Front:
    secret = plain(settings.slack_client_secret)
    app = (settings.slack_client_id, secret) if settings.slack_client_id and secret else None
    return Front(settings.public_url, settings.link_days, app)
