"""SIGTERM in the middle of a flood, while GitHub and Slack are slow: what becomes of it all.

Webhooks come as fast as they are answered, and people click. Then the bot is told to stop: within
ten seconds it must have ended well, with everything that was acknowledged kept. In the end it lives
on the same files in peace, and nothing may have been done twice.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.load.sending import Sent, deliver
from torture.aftermath import NUMBERS
from torture.place import APPROVERS, Life, Place
from torture.tally import Tally

ENDS_A_PLACE = 3
"""How many SIGTERMs make a part."""
SLOWEST = 12.0
"""Seconds until Slack answers at most, longer than it is waited for; GitHub, which is asked
ten times for a decision, takes so long once in `SELDOM` times, and otherwise `QUICKLY` at most."""
SELDOM, QUICKLY = 20, 0.4
FLOOD = 10.0
"""Seconds of it before the end at most."""
PATIENCE = 60.0
POLL = 0.01
POSTING = "chat.postMessage"


@dataclass(frozen=True, slots=True)
class Flood:
    """What pours in, and until when at most; how many calls of Slack there were before."""

    until: float
    calls: int
    webhooks: asyncio.Task[Sent]
    clicks: Sequence[asyncio.Task[None]]


def end_in_a_flood(ends: int, seed: int) -> Tally:
    """So many SIGTERMs in one life's work."""
    with TemporaryDirectory() as name:
        return asyncio.run(_ends(Path(name), random.Random(seed), ends))  # noqa: S311 - seeded


async def _ends(folder: Path, chance: random.Random, times: int) -> Tally:
    """End it so many times in a flood, then let it live in peace, and look."""
    async with Place(folder, chance) as place:
        for end in range(times):
            for number in NUMBERS:
                place.push(number, str(end))
            async with place.life() as life:
                await place.drained()
                await _end_in(_flood(place, life), place, life)
        async with place.life() as life:
            await place.drained()
            await place.end(life)
        place.judge()
    return place.tally


def _flood(place: Place, life: Life) -> Flood:
    """Webhooks as fast as they are answered, and everybody clicks on every card."""
    chance = place.chance
    place.slack.api.trouble.slow = lambda: chance.random() * SLOWEST
    place.github.faults.slow = lambda: _hesitation(chance)
    clicks = [
        asyncio.create_task(place.click(who, number, FLOOD * chance.random()))
        for who in APPROVERS
        for number in NUMBERS
    ]
    calls = len(place.slack.api.calls)
    webhooks = asyncio.create_task(deliver(life.port, PATIENCE, place.deliveries))
    return Flood(time.monotonic() + FLOOD, calls, webhooks, clicks)


def _hesitation(chance: random.Random) -> float:
    longest = SLOWEST if chance.random() * SELDOM < 1 else QUICKLY
    return chance.random() * longest


async def _said_something(flood: Flood, place: Place) -> None:
    """Wait until it is telling somebody something, which Slack takes its time for."""
    while POSTING not in place.slack.api.calls[flood.calls :]:
        if time.monotonic() > flood.until:
            return
        await asyncio.sleep(POLL)
    await asyncio.sleep(place.chance.random())


async def _end_in(flood: Flood, place: Place, life: Life) -> None:
    """Tell it to stop, and see how it ends."""
    await _said_something(flood, place)
    place.tally.tried["SIGTERM"] += 1
    await place.end(life)
    sent = await flood.webhooks
    place.acknowledged.webhooks |= sent.answered
    await asyncio.gather(*flood.clicks)
    place.github.faults.slow = place.slack.api.trouble.slow = lambda: 0.0
