"""The disk is full, or somebody else holds the database: refused, said, and gone on with by itself.

While it lasts, webhooks come and are answered 503 where they cannot be kept, people click on cards
and push. Afterwards the same process is ready again; everything that was acknowledged is kept and
decided, and no gate has opened that nobody signed.
"""

from __future__ import annotations

import asyncio
import random
import sqlite3
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import aiohttp

from bench.load.sending import arrive
from torture.aftermath import NUMBERS, wrong_gates
from torture.place import APPROVERS, Life, Place
from torture.preload import MISSING, build
from torture.tally import Tally

OUTAGES_A_PLACE = 5
"""How many full disks make a part."""
FULL, LOCKED = (1.0, 4.0), (8.0, 9.0)
"""Seconds that it lasts. A bot waits five for a lock, and what comes meanwhile one more."""
ANSWERED_WITHIN = 10.0
"""Seconds; forges hang up after that."""
CROWD, FEW = 100, 20
"""Webhooks a second."""
BEFORE = 1.0
UNAVAILABLE, READY = 503, 200
POLL = 0.1
READY_WITHIN = 60.0


def run_out(outages: int, seed: int) -> Tally:
    """So many full disks, and a lock at last, in one life."""
    with TemporaryDirectory() as name:
        return asyncio.run(_run_out(Path(name), random.Random(seed), outages))  # noqa: S311 - seeded


async def _run_out(folder: Path, chance: random.Random, times: int) -> Tally:
    async with Place(folder, chance) as place:
        library, flag = build("full_disk", folder), folder / "full"
        if library is None:
            place.tally.tried[MISSING] = 1
        shim = {"LD_PRELOAD": str(library), "FULL_FOLDER": f"{folder}/", "FULL_WHILE": str(flag)}
        async with place.life(shim if library else None) as life:
            for _ in range(times if library else 0):
                lasting = chance.uniform(*FULL)
                await _Outage(place, life, CROWD).passes(_full(flag, place.database), lasting)
                place.tally.tried["full disks"] += 1
            await _Outage(place, life, FEW).passes(_locked(place.database), chance.uniform(*LOCKED))
            place.tally.tried["locks"] += 1
            await place.end(life)
        place.judge()
    return place.tally


@contextmanager
def _full(flag: Path, database: Path) -> Iterator[None]:
    flag.touch()
    try:
        with closing(sqlite3.connect(database)) as other:
            # The log has room for a few megabytes where others were before: it is taken away.
            other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        yield
    finally:
        flag.unlink()


@contextmanager
def _locked(database: Path) -> Iterator[None]:
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


class _Outage:
    """One of them, and what comes in meanwhile: so many webhooks a second."""

    def __init__(self, place: Place, life: Life, rate: int) -> None:
        self.place, self.life, self.rate = place, life, rate

    async def passes(self, outage: AbstractContextManager[None], seconds: float) -> None:
        """From a bot that has nothing to do to a bot that is ready again."""
        place, chance = self.place, self.place.chance
        numbers = chance.sample(NUMBERS, len(NUMBERS))
        clicked, pushed = numbers[: len(numbers) // 2], numbers[len(numbers) // 2 :]
        for number in clicked:
            place.push(number, f"{time.time()}")
        await arrive(self.life.port, BEFORE, self.rate, 0, place.deliveries)
        await place.drained()
        coming = asyncio.create_task(
            arrive(self.life.port, BEFORE + seconds, self.rate, 0, place.deliveries)
        )
        await asyncio.sleep(chance.random() * BEFORE)
        until = time.monotonic() + seconds
        with outage:
            for number in pushed:
                place.push(number, f"{time.time()}")
            clicks = [
                asyncio.create_task(
                    place.click(
                        chance.choice(APPROVERS), number, chance.random() * (seconds + BEFORE)
                    )
                )
                for number in clicked
            ]
            said = await self._unready(until)
        await self._ready_again()
        await asyncio.gather(*clicks)
        sent = await coming
        place.acknowledged.webhooks |= sent.answered
        place.tally.tried["answers of 503"] += sent.refused[UNAVAILABLE]
        place.tally.measure("s until answered", max(sent.times))
        if max(sent.times) > ANSWERED_WITHIN:
            place.tally.faults.append(f"a webhook waited {max(sent.times):.1f} s for its answer")
        if set(sent.refused) != {UNAVAILABLE}:
            place.tally.faults.append(f"not refused as it must be: {dict(sent.refused)}")
        await place.drained()
        place.tally.faults += wrong_gates(place.acknowledged, place.github)
        if not said:
            place.tally.faults.append("nothing could be kept, and it said that it was ready")

    async def _unready(self, until: float) -> bool:
        """Whether `/readyz` names the database before that moment; which is waited for anyway."""
        said = False
        while time.monotonic() < until:
            status, text = await self._asked()
            said = said or (status == UNAVAILABLE and "database" in text)
            await asyncio.sleep(POLL)
        return said

    async def _ready_again(self) -> None:
        began = time.monotonic()
        while (await self._asked())[0] != READY:
            if time.monotonic() - began > READY_WITHIN:
                self.place.tally.faults.append(f"not ready {READY_WITHIN:.0f} s after an outage")
                return
            await asyncio.sleep(POLL)
        self.place.tally.measure("s until ready again", time.monotonic() - began)

    async def _asked(self) -> tuple[int, str]:
        address = f"http://127.0.0.1:{self.life.port}/readyz"
        async with aiohttp.ClientSession() as http, http.get(address) as answer:
            return answer.status, await answer.text()
