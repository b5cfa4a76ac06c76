"""A bit of the write-ahead log turns over after a SIGKILL: what was kept behind it is gone.

No bot can have it back. It must say so, with what people have to do; SQLite says nothing.
"""

from __future__ import annotations

import asyncio
import random
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.load.sending import arrive
from storage.write_ahead import FRAME, HEADER, commits_in
from tests.processes import running
from torture.aftermath import lost
from torture.place import Place
from torture.tally import Tally
from torture.wounds import PAGE, beginning

SECONDS, RATE = 1.0, 50


def lose_log(times: int, seed: int) -> Tally:
    """So many bits, each in the log of the same killed bot."""
    with TemporaryDirectory() as name:
        return asyncio.run(_lose(Path(name), random.Random(seed), times))  # noqa: S311 - seeded


async def _lose(folder: Path, chance: random.Random, times: int) -> Tally:
    async with Place(folder, chance) as place:
        async with place.life() as life:
            await place.drained()
            sent = await arrive(life.port, SECONDS, RATE, 0, place.deliveries)
            place.acknowledged.webhooks |= sent.answered
            life.process.kill()
        log = place.database.with_name(f"{place.database.name}-wal")
        whole, kept = place.database.read_bytes(), log.read_bytes()
        last = commits_in(place.database)[-1]
        for _ in range(times):
            damaged = bytearray(kept)
            # In the first half: whatever the last transaction is, others lie behind it.
            frame = HEADER + chance.randrange(last // 2) * (FRAME + PAGE)
            damaged[frame + chance.randrange(FRAME, FRAME + PAGE)] ^= 1 << chance.randrange(8)
            place.database.write_bytes(whole)
            log.write_bytes(damaged)
            place.database.with_name(f"{place.database.name}-shm").unlink(missing_ok=True)
            await _begins(place)
    return place.tally


async def _begins(place: Place) -> None:
    async with running(place.env) as process:
        _, said = await beginning(process)
        process.kill()
        await process.communicate()
    gone = len(list(lost(place.acknowledged, place.database)))
    place.tally.tried["bits"] += 1
    place.tally.tried["bits that cost something acknowledged"] += bool(gone)
    if gone and "log_damaged" not in said:
        place.tally.faults.append("what was acknowledged is gone, and nothing was said")
