"""SIGKILL of `countersign run` at work: stock clients, the whole start, again and again.

Here every write to the forge is counted at the forge; the quicker trials have a stand-in that
looks before it writes, as the adapter does, and could not tell. Half of the kills come at a moment
nobody chose, half while the forge does what it was told and before it can say so.
"""

from __future__ import annotations

import asyncio
import random
import signal
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.load.deliveries import SECRET
from bench.load.sending import deliver
from tests.standins.faults import Faults
from torture.aftermath import NUMBERS
from torture.place import APPROVERS, Place
from torture.tally import Tally

CRASHES_A_PLACE = 10
"""How many SIGKILLs make a part."""
SECONDS = 1.0
"""So long webhooks come as fast as they are answered."""
SHORTEST, LONGEST = 0.2, 2.5
"""Seconds until the SIGKILL."""
WRITTEN_WITHIN = 30.0
PUSHED = 3
WRITES = ("/requested_reviewers", "/statuses/")


def crash(kills: int, seed: int) -> Tally:
    """So many SIGKILLs in one life's work."""
    with TemporaryDirectory() as name:
        return asyncio.run(_crash(Path(name), random.Random(seed), kills))  # noqa: S311 - seeded


async def _crash(folder: Path, chance: random.Random, kills: int) -> Tally:
    async with Place(folder, chance) as place:
        async with place.life() as life:
            await place.drained()
            await place.end(life)
        for kill in range(kills):
            for number in chance.sample(NUMBERS, PUSHED):
                place.push(number, f"{kill}")
            if kill % 2:
                await _kill_at_a_write(place, WRITES[kill // 2 % len(WRITES)])
            else:
                await _kill_at_random(place)
        async with place.life() as life:
            await place.drained()
            await place.end(life)
        place.judge()
        place.tally.tried["statuses"] += sum(map(len, place.github.statuses.values()))
    return place.tally


async def _kill_at_random(place: Place) -> None:
    """While webhooks and clicks come."""
    chance = place.chance
    async with place.life() as life:
        await place.drained()
        clicks = [
            asyncio.create_task(
                place.click(chance.choice(APPROVERS), number, chance.random() * LONGEST)
            )
            for number in NUMBERS
        ]
        coming = asyncio.create_task(deliver(life.port, SECONDS, place.deliveries))
        await asyncio.sleep(chance.uniform(SHORTEST, LONGEST))
        life.process.kill()
        place.acknowledged.webhooks |= (await coming).answered
        await asyncio.gather(*clicks)
    place.tally.tried["SIGKILL"] += 1


async def _kill_at_a_write(place: Place, path: str) -> None:
    """While somebody opens one merge request more: at such a write, which is done."""
    struck = asyncio.Event()
    async with place.life() as life:

        def meanwhile(method: str, where: str) -> None:
            if method == "POST" and path in where and not struck.is_set():
                life.process.kill()
                struck.set()

        place.github.server.faults.meanwhile = meanwhile
        place.github.hooks_to(
            f"http://127.0.0.1:{life.port}/webhooks/github", SECRET, automatic=True
        )
        place.open()
        try:
            await asyncio.wait_for(struck.wait(), WRITTEN_WITHIN)
        except TimeoutError:
            place.tally.faults.append(f"nothing was written to …{path}")
            life.process.kill()
        if (code := await life.process.wait()) != -signal.SIGKILL:
            place.tally.faults.append(f"it ended by itself, with {code}")
        await place.github.quiet()
        place.github.hooks.url = None
        place.github.server.faults = Faults()
    place.tally.tried[f"SIGKILL within POST …{path}"] += 1
