"""How long the bot takes to be ready on a database of years, next to one on an empty database."""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path

import click

from bench.load.process import MB
from bot.proof.checkpoints import CheckpointFile, Kind, make_checkpoint
from bot.proof.keys import open_signing_key
from bot.settings import proof_files
from routing.model import Ref
from routing.trail import Entry
from storage.database import Storage, reading
from tests.builders import HEAD, NOW
from tests.processes import a_place, asked, ends, running, says

A_BATCH = 5_000
CHECKPOINTS = 40_000
"""One a minute with something in it: half a year of working hours."""
STARTS = 3
"""Of each, by turns; the one in the middle is told."""


def beginning(rows: int) -> None:
    """Measure and print, with so many entries in the ledger."""
    with tempfile.TemporaryDirectory() as name:
        asyncio.run(_compare(Path(name), rows))


async def _compare(folder: Path, rows: int) -> None:
    empty, long = folder / "empty.db", folder / "long.db"
    await asyncio.to_thread(fill, empty, 0)
    signed = await asyncio.to_thread(fill, long, rows)
    took: dict[Path, list[float]] = {empty: [], long: []}
    async with a_place(folder) as (_, _, env):
        for _ in range(STARTS):
            for database, seconds in took.items():
                seconds.append(await _start({**env, "COUNTERSIGN_DATABASE": str(database)}))
    short, spent = (statistics.median(took[database]) for database in (empty, long))
    click.echo(
        f"start: ready after {short:.2f} s on an empty database, after {spent:.2f} s on one with"
        f" {rows:,} ledger rows ({long.stat().st_size / MB:.0f} MB) and {signed:,} checkpoints:"
        f" {spent / short:.2f} times as long"
    )


async def _start(env: Mapping[str, str]) -> float:
    """Seconds from the command to the first answer that it is ready."""
    began = time.monotonic()
    async with running(dict(env)) as process:
        said = await says(process, "serving")
        code, text = await asked("/readyz", said)
        took = time.monotonic() - began
        await ends(process)
    if code != HTTPStatus.OK:
        raise SystemExit(f"it is not ready: {text}")
    return took


def fill(database: Path, rows: int) -> int:
    """A database of so many entries, and checkpoints of one in so many, up to the last.

    Returns how many checkpoints.
    """
    kept = Storage(database)
    batch = [Entry("gate", {"head_sha": HEAD, "state": "success"}) for _ in range(A_BATCH)]
    for first in range(0, rows, A_BATCH):
        part = batch[: rows - first]
        kept.run_blocking(
            lambda rooms, part=part: rooms.ledger.append(Ref("github", "a/b", 1), part, NOW)  # type: ignore[misc]  # mypy knows no defaults of lambdas
        )
    kept.close()
    files = proof_files(database, None, None)
    signing = open_signing_key(files.key)
    step = max(1, rows // CHECKPOINTS)
    with reading(database) as looked_at:
        chain = looked_at.ledger.chain()
        tails = [(one.seq, one.hash) for one in chain if (rows - one.seq) % step == 0]
    CheckpointFile(files.checkpoints).append(
        *(make_checkpoint(Kind.CHECKPOINT, tail, NOW, signing) for tail in tails)
    )
    return len(tails)
