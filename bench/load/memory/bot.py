"""The whole bot as a process of its own, as `countersign run` puts it together.

Only forge and clock are others: the forge is a passing one, and time goes on when it is told to,
so that a month goes by in half an hour.
"""

from __future__ import annotations

import asyncio
import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import click
import structlog
from aiohttp import web

import bot.learning
from bench.load.deliveries import SECRET
from bench.load.intake import DATABASE
from bench.load.memory.forge import PassingForge, TellingHook
from bot.app import Countersign, Edges, Front
from bot.clock import StoryClock
from bot.forges.github.webhooks import GitHubHook
from bot.memory import share_one_heap, spare_the_collector
from bot.policies import Policies
from bot.proof.keys import open_signing_key
from bot.proof.notary import Notary
from bot.slack.client import open_client
from bot.web.server import listen, runner_of
from storage.database import Storage

LEARNT = 300
"""So many past changes are learnt from at most, not 20,000: that much is there when the measuring
begins, and is let go of and read again time after time."""
SEAT = "seat.json"


@dataclass(frozen=True, slots=True)
class Seat:
    """When it begins, and its place in a workspace."""

    begins: str
    token: str
    api_url: str
    signing_secret: str


@dataclass(frozen=True, slots=True)
class Running:
    """The process, and where it listens."""

    pid: int
    url: str


@contextmanager
def running(folder: Path, seat: Seat) -> Iterator[Running]:
    """The bot on policy.yml, people.yml and the database in this folder."""
    (folder / SEAT).write_text(json.dumps(asdict(seat)), "utf-8")
    words = [sys.executable, "-m", "bench.load.memory.bot", str(folder)]
    process = subprocess.Popen(words, stdout=subprocess.PIPE)  # noqa: S603 - our own words
    try:
        if process.stdout is None:
            raise AssertionError
        yield Running(process.pid, f"http://127.0.0.1:{int(process.stdout.readline())}")
    finally:
        process.kill()
        process.wait()


async def _serve(folder: Path, seat: Seat) -> None:
    clock = StoryClock(datetime.fromisoformat(seat.begins))
    storage, forge = Storage(folder / DATABASE), PassingForge(clock)
    edges = Edges(
        forges={forge.name: forge},
        slack=open_client(seat.token, seat.api_url, clock),
        signing_secret=seat.signing_secret,
        hooks=(TellingHook(GitHubHook(forge.name, (SECRET,)), forge),),
        front=Front("https://countersign.example"),
    )
    policies = Policies(folder / "policy.yml", folder / "people.yml")
    key = open_signing_key(folder / "ledger.key")
    notary = Notary(storage, folder / "checkpoints", key, clock)
    whole = Countersign(edges, storage, policies, clock, notary)

    async def pass_time(request: web.Request) -> web.Response:
        """Everything that falls due until then, each at its moment, and a tick at the end.

        Answers with how many blocks of memory live objects take.
        """
        until = datetime.fromisoformat(request.query["until"])
        while (moment := await whole.next_moment()) is not None and moment <= until:
            clock.move_to(moment)
            await whole.settled()
        clock.move_to(until)
        await whole.schedule.tick()
        await whole.settled()
        return web.Response(text=str(sys.getallocatedblocks()))

    whole.web.router.add_post("/time", pass_time)
    async with whole:
        port = await listen(runner_of(whole.web), "127.0.0.1", 0)
        spare_the_collector()
        click.echo(port)
        await asyncio.Event().wait()


def _drop(_logger: object, _method: str, _event: object) -> dict[str, object]:
    raise structlog.DropEvent


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    structlog.configure(processors=[_drop])
    bot.learning.MOST = LEARNT
    share_one_heap()
    home = Path(sys.argv[1])
    asyncio.run(_serve(home, Seat(**json.loads((home / SEAT).read_text("utf-8")))))
