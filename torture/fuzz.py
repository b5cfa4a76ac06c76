"""Garbage at every door: nothing crashes, nothing is slow, nothing is kept for ever."""

from __future__ import annotations

import asyncio
import random
import resource
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from storage.database import Storage
from tests.builders import NOW
from torture.doors import Door, bodies, bot_behind, headers, senders
from torture.folders import folder_in_memory
from torture.tally import Tally
from torture.texts import text_doors

PUBLIC = ("/webhooks/github", "/webhooks/gitlab", "/slack/events")
TEXTS = (
    *("policy files", "repositories' policies", "people files"),
    *("CODEOWNERS of GitHub", "CODEOWNERS of GitLab", "commit messages", "/review …"),
)
DOORS = (*(f"{path}: {what}" for path in PUBLIC for what in ("bodies", "headers")), *TEXTS)

SLOW = 0.05
TRIES = 3
"""A slow one is tried again: on a shared machine the first may have paid for its neighbours."""
GROWTH_MB = 50
LONGEST = {"headers": 2_000, "bodies": 30_000}
SWEPT_EVERY = 1_000
MONTHS = timedelta(days=100)

HOSTILE = (
    *(b"\x00", b"\xff\xfe", b"\xed\xa0\x80", b"\\ud800", b"NaN", b"1e999", b"-0", b"{", b"]"),
    *(b"9" * 400, b"[" * 400, b"{" * 200, b"&a *a ", b"!!python/object", b"<<: ", b"\r\n", b"\t"),
    *("\u202e".encode(), "\u2028".encode(), b"../" * 20, b"<!channel>", b"' OR 1=1 --", b"(a+)+$"),
    *(b"Co-Authored-By: " * 20, b"@" * 100, b"null", b"true", b'""', b": ", b"- ", b"#", b"*/**/"),
    b"a" * 3000,
)


def throw(name: str, count: int, seed: int) -> Tally:
    """So many inputs at one door."""
    with folder_in_memory() as folder:
        return asyncio.run(_throw(name, count, seed, Path(folder)))


async def _throw(name: str, count: int, seed: int, folder: Path) -> Tally:
    tally, chance = Tally(), random.Random(f"{name} {seed}")  # noqa: S311 - seeded
    longest = LONGEST["headers" if name.endswith("headers") else "bodies"]
    storage = Storage(folder / "countersign.db")
    async with _opened(name, storage, folder) as door:
        before = _memory()
        for thrown in door.longest:
            await _one(door, thrown, tally)
        for number in range(count):
            await _one(door, mutated(door.seeds, chance)[:longest], tally)
            if number % SWEPT_EVERY == 0:
                # What cannot be used is kept for months, which pass quickly here.
                await storage.run(lambda rooms: rooms.retention.purge(NOW + MONTHS))
        tally.measure("MB more", _memory() - before)
    storage.close()
    if tally.measured["MB more"] > GROWTH_MB:
        tally.faults.append(f"memory grew by {tally.measured['MB more']:.0f} MB")
    return tally


@asynccontextmanager
async def _opened(name: str, storage: Storage, folder: Path) -> AsyncIterator[Door]:
    path, _, what = name.partition(": ")
    if path not in PUBLIC:
        yield text_doors()[name]
        return
    async with bot_behind(storage, folder) as wire:
        sender = (await senders(storage))[path]
        yield headers(sender, wire) if what == "headers" else bodies(sender, wire)


async def _one(door: Door, thrown: bytes, tally: Tally) -> None:
    tally.tried["inputs"] += 1
    try:
        took = await _timed(door, thrown)
    except Exception as exc:  # noqa: BLE001 - this is what is looked for
        tally.faults.append(f"{type(exc).__name__}: {exc!s:.80} from {thrown[:200]!r}")
        return
    tally.measure("ms of CPU for one", took * 1000)
    if took > SLOW:
        tally.slow.append(f"{took * 1000:.0f} ms for {thrown[:200]!r}")


async def _timed(door: Door, thrown: bytes) -> float:
    """Seconds of CPU, of all our threads, that an input takes; of a slow one the best of three."""
    took = float("inf")
    for _ in range(TRIES):
        began = time.process_time()
        await door.act(thrown)
        took = min(took, time.process_time() - began)
        if took <= SLOW:
            break
    return took


def mutated(seeds: Sequence[bytes], chance: random.Random) -> bytes:
    """A real input after up to six mishaps."""
    text = bytearray(chance.choice(seeds))
    for _ in range(chance.randint(1, 6)):
        at = chance.randint(0, len(text))
        match chance.randrange(5):
            case 0:
                text[at:at] = chance.choice(HOSTILE)
            case 1:
                del text[at : at + chance.randint(1, 40)]
            case 2:
                other = chance.choice(seeds)
                start = chance.randint(0, len(other))
                text[at:at] = other[start : start + chance.randint(1, 200)]
            case 3:
                text[at : at + 1] = bytes([chance.randrange(256)])
            case _:
                text[at : at + len(text) // 4] = text[: len(text) // 4]
    return bytes(text)


def _memory() -> float:
    """The most memory that this process has held so far, in MB."""
    usage: Any = resource.getrusage(resource.RUSAGE_SELF)
    return float(usage.ru_maxrss) / 1024
