"""The start on a long ledger, whose end is checked before anything is done."""

from __future__ import annotations

import asyncio
import tempfile
import time
from pathlib import Path

import click
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bot.clock import SystemClock
from bot.proof.keys import SigningKey
from bot.proof.notary import Notary
from routing.model import Ref
from routing.trail import Entry
from storage.database import Storage
from tests.builders import HEAD, NOW

A_BATCH = 5_000


def beginning(rows: int) -> None:
    """Measure and print, with so many entries in the ledger."""
    with tempfile.TemporaryDirectory() as name:
        _begin(Path(name), rows)


def _begin(folder: Path, rows: int) -> None:
    path = folder / "countersign.db"
    kept = Storage(path)
    batch = [Entry("gate", {"head_sha": HEAD, "state": "success"}) for _ in range(A_BATCH)]
    for _ in range(rows // len(batch)):
        kept.run_blocking(lambda rooms: rooms.ledger.append(Ref("github", "a/b", 1), batch, NOW))
    kept.close()
    began = time.monotonic()
    kept = Storage(path)
    signing = SigningKey(Ed25519PrivateKey.generate())
    asyncio.run(_check(Notary(kept, folder / "checkpoints", signing, SystemClock())))
    spent = time.monotonic() - began
    click.echo(f"start: {spent:.2f} s with {rows:,} ledger rows, its end checked")
    kept.close()


async def _check(notary: Notary) -> None:
    await notary.start()
    await notary.stop()
