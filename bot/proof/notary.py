"""The notary: signs the ledger's end every minute, and holds the ledger to it at the next start."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import structlog

from bot.clock import Clock
from bot.errors import Misconfigured
from bot.proof.checkpoints import CheckpointFile, Kind, Vouched, make_checkpoint
from bot.proof.keys import SigningKey
from storage.database import Rooms, Storage, StorageFailed

log = structlog.get_logger()

EVERY = timedelta(minutes=1)
"""What was written since can be cut off without a trace; what is older cannot."""

TAIL = 1_000
"""Entries whose chain is checked at the start; `countersign ledger verify` checks all."""


class Notary:
    """Signs what the ledger ends with. `failure` says why the last try did not succeed."""

    def __init__(self, storage: Storage, file: Path, signing: SigningKey, clock: Clock) -> None:
        self._storage = storage
        self._file = CheckpointFile(file)
        self._signing = signing
        self._clock = clock
        self._signed: tuple[int, str] | None = None
        self._loop: asyncio.Task[None] | None = None
        self.failure: str | None = None

    async def start(self) -> None:
        """Hold the ledger's end against the last checkpoint, vouch for it, and go on doing so.

        Raises:
            Misconfigured: it does not fit: somebody has touched the ledger, or put back a backup
                without `countersign restore`.
        """
        tail = await self._storage.run(lambda rooms: rooms.ledger.tail())
        since = max(0, tail[0] - TAIL) if tail is not None else 0
        vouched = await asyncio.to_thread(self._file.vouched_after, since, self._signing.public)
        faults = [
            *vouched.faults,
            *await self._storage.run(lambda rooms: list(_end_faults(rooms, vouched.hashes, since))),
        ]
        if faults:
            raise Misconfigured("\n".join(["the ledger is not as it was left:", *faults]))
        if tail is not None and vouched.hashes.get(tail[0]) == tail[1]:
            self._signed = tail  # a bot that begins again and again adds no lines
        await self.vouch()
        self._loop = asyncio.create_task(self._run())

    def vouched(self) -> Vouched:
        """What the checkpoints say; reads their file.

        Raises:
            Misconfigured: the file is there and cannot be read.
        """
        return self._file.vouched(self._signing.public)

    async def stop(self) -> None:
        """Vouch once more, and stop."""
        if self._loop is not None:
            self._loop.cancel()
            await asyncio.gather(self._loop, return_exceptions=True)
            await self.vouch()

    async def vouch(self) -> None:
        """Sign the ledger's last entry, unless that was done before."""
        try:
            tail = await self._storage.run(lambda rooms: rooms.ledger.tail())
            if tail is not None and tail != self._signed:
                one = make_checkpoint(Kind.CHECKPOINT, tail, self._clock.now(), self._signing)
                await asyncio.to_thread(self._file.append, one)
                self._signed = tail
            self.failure = None
        except (StorageFailed, OSError) as exc:
            self.failure = f"the ledger's checkpoint cannot be written: {exc}"
            log.error("checkpoint_failed", problem=str(exc))  # noqa: TRY400 - no bug of ours

    async def _run(self) -> None:
        while True:
            await self._clock.until(self._clock.now() + EVERY)
            await self.vouch()


def _end_faults(rooms: Rooms, hashes: dict[int, str], since: int) -> Iterator[str]:
    """What does not fit after entry `since`, and at the highest entry that was signed.

    More may have been written since that one than is checked here; who has written the chain
    anew must not be able to hide that behind new entries.
    """
    yield from rooms.ledger.faults(hashes, since=since)
    signed = max(hashes, default=0)
    if 0 < signed <= since and rooms.ledger.hash_of(signed) != hashes[signed]:
        yield f"entry {signed} is not the one that was signed: the chain was written anew"
