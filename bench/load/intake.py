"""The intake as a process of its own: what signs nothing is refused, what is signed is stored."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click

import storage.database
from bench.load.deliveries import SECRET
from bot.clock import SystemClock
from bot.forges.github.webhooks import GitHubHook
from bot.web.server import listen, runner_of, web_application
from bot.web.webhooks import ForgeWebhook
from storage.database import Storage

DATABASE = "countersign.db"


@dataclass(frozen=True, slots=True)
class Intake:
    """The process, and where it listens."""

    process: subprocess.Popen[bytes]
    port: int


@contextmanager
def intake(folder: Path, together: int) -> Iterator[Intake]:
    """An intake on the database in this folder; it is ended at the end, if it was not before."""
    words = [sys.executable, "-m", "bench.load.intake", str(folder), str(together)]
    process = subprocess.Popen(words, stdout=subprocess.PIPE)  # noqa: S603 - our own words
    try:
        if process.stdout is None:
            raise AssertionError
        yield Intake(process, int(process.stdout.readline()))
    finally:
        process.terminate()
        process.wait()


async def _serve(folder: Path) -> None:
    kept = Storage(folder / DATABASE)
    hook = ForgeWebhook(GitHubHook("github", (SECRET,)), kept, SystemClock(), lambda: None)
    runner = runner_of(web_application({"/webhooks/github": hook.handle}, {}))
    click.echo(await listen(runner, "127.0.0.1", 0))
    await asyncio.Event().wait()


if __name__ == "__main__":
    storage.database.TOGETHER = int(sys.argv[2])
    asyncio.run(_serve(Path(sys.argv[1])))
