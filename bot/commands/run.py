"""`countersign run`: the bot."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import sys
from pathlib import Path

import click
import structlog
from aiohttp import web

from bot.app import Countersign, Edges, Front
from bot.clock import Clock, SystemClock
from bot.errors import Misconfigured
from bot.forge_settings import plain
from bot.logs import set_up_logs
from bot.policies import Policies
from bot.proof.keys import open_signing_key
from bot.proof.notary import Notary
from bot.settings import Settings, read_settings
from bot.slack.client import open_client
from bot.web.server import listen
from storage.copies import damage
from storage.database import Storage, StorageFailed
from storage.occupancy import held

log = structlog.get_logger()

CURE = "If the file is damaged, put a backup in its place: countersign restore PATH"
LOOKING_SECONDS = 1.0
"""How long the start waits for the whole file to be read; a larger one is read on meanwhile."""
HANDLER_SECONDS = 2.0
"""How long a request under way may take at shutdown; what it has not stored is sent again."""

EXAMPLE = """\b
Example:
  export COUNTERSIGN_PEOPLE=people.yml SLACK_BOT_TOKEN=xoxb-… SLACK_APP_TOKEN=xapp-…
  export GITHUB_TOKEN=ghp_… GITHUB_REPOSITORIES=acme/shop GITHUB_WEBHOOK_SECRET=…
  countersign run
"""


@click.command(epilog=EXAMPLE)
def run() -> None:
    """Run the bot until it is told to stop (SIGTERM or Ctrl+C)."""
    settings = read_settings()
    set_up_logs(secrets=settings.secrets())
    missing = settings.missing()
    if missing:
        raise Misconfigured("\n".join(missing))
    policies = Policies(settings.policy, settings.people)
    try:
        with held(settings.database, _standing_by):
            storage = Storage(settings.database)
            try:
                asyncio.run(_serve(settings, policies, storage))
            finally:
                storage.close()
    except StorageFailed as exc:
        raise Misconfigured(f"{exc}\n{CURE}") from exc


def _standing_by() -> None:
    log.info("standing_by", why="another bot works on this database; when it ends, we go on")


def _leave() -> None:
    """End now: Python would wait for threads that hang on the network, and have nothing of ours."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


async def _serve(settings: Settings, policies: Policies, storage: Storage) -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    clock, proof = SystemClock(), settings.proof
    notary = Notary(storage, proof.checkpoints, open_signing_key(proof.key), clock)
    bot = Countersign(_edges(settings, clock), storage, policies, clock, notary)
    looking = asyncio.create_task(_look_for_damage(settings.database, storage))
    await asyncio.wait([looking], timeout=LOOKING_SECONDS)
    async with bot:
        runner = web.AppRunner(bot.web, access_log=None, shutdown_timeout=HANDLER_SECONDS)
        port = await listen(runner, settings.host, settings.port)
        spare_the_collector()
        log.info("serving", host=settings.host, port=port)
        await stopping.wait()
        log.info("stopping")
        await runner.cleanup()
    looking.cancel()
    storage.close()
    _leave()


def spare_the_collector() -> None:
    """What is loaded at the start stays; walking over it for garbage would delay every click."""
    gc.collect()
    gc.freeze()


async def _look_for_damage(database: Path, storage: Storage) -> None:
    """Read the whole file once while the bot begins; a damaged one is not worked on."""
    found = await asyncio.to_thread(damage, database)
    if found is not None:
        log.critical("database_damaged", problem=found, cure=CURE)
        storage.condemn(found)


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
