"""A damaged file: found at the start and said, nothing read from it or written to it, put back.

Wounds are what disks do to whole pages: noise, zeros, another page's content, an end that is gone.
SQLite keeps no checksums, so two things are left out that nobody could see: noise in pages that
hold only the rest of a long text, and another page in the place of a table that fits on one. What
people and the bot decided is in the ledger, which seals its own.
"""

from __future__ import annotations

import asyncio
import json
import random
import sqlite3
from asyncio.subprocess import Process
from contextlib import closing
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import aiohttp

from bench.load.sending import arrive
from storage.copies import damage
from tests.processes import countersign, running
from torture.aftermath import NUMBERS
from torture.place import APPROVERS, Place
from torture.tally import Tally

PAGE, HEADER = 4096, 100
TREES = (2, 5, 10, 13)
"""What the first byte of a page says that belongs to a table or to an index."""
KINDS = ("noise", "zeros", "another page", "cut", "header")
UNAVAILABLE = 503
SECONDS, RATE = 0.5, 50
PATIENCE = 30.0


def wound(wounds: int, starts: int, seed: int) -> Tally:
    """So many wounds that are looked for, and so many that a bot is started on."""
    with TemporaryDirectory() as name:
        return asyncio.run(_wound(Path(name), random.Random(seed), wounds, starts))  # noqa: S311 - seeded


async def _wound(folder: Path, chance: random.Random, wounds: int, starts: int) -> Tally:
    async with Place(folder, chance) as place:
        backup = folder / "backup.db"
        async with place.life() as life:
            await place.drained()
            for number in NUMBERS[::2]:
                await place.click(chance.choice(APPROVERS), number, 0)
            sent = await arrive(life.port, SECONDS, RATE, 0, place.deliveries)
            place.acknowledged.webhooks |= sent.answered
            await place.drained()
            await _told(place, "backup", str(backup))
            await place.end(life)
        whole = backup.read_bytes()
        for number in range(wounds):
            _looked_for(folder / "wounded.db", whole, KINDS[number % len(KINDS)], place)
        for number in range(starts):
            kind = KINDS[number % len(KINDS)]
            place.database.write_bytes(wounded(whole, kind, chance))
            if damage(place.database) is not None:
                await _started_on(place, kind)
        await _told(place, "restore", str(backup))
        async with place.life() as life:
            await place.drained()
            await place.end(life)
        place.judge()
    return place.tally


def wounded(whole: bytes, kind: str, chance: random.Random) -> bytes:
    """What is left of a file."""
    left = bytearray(whole)
    trees = [
        at for at in range(0, len(whole), PAGE) if whole[at + (HEADER if at == 0 else 0)] in TREES
    ]
    at, other = chance.sample(trees, 2)
    if kind == "another page":
        at = chance.choice([one for one in trees if one not in _roots(whole) and one != other])
    match kind:
        case "noise":
            left[at : at + PAGE] = chance.randbytes(PAGE)
        case "zeros":
            left[at : at + PAGE] = bytes(PAGE)
        case "another page":
            left[at : at + PAGE] = whole[other : other + PAGE]
        case "cut":
            del left[chance.randrange(1, len(whole) // PAGE) * PAGE :]
        case _:
            left[:HEADER] = chance.randbytes(HEADER)
    return bytes(left)


@cache
def _roots(whole: bytes) -> frozenset[int]:
    """Where the first page of each table and index lies."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.deserialize(whole)
        pages = connection.execute("SELECT rootpage FROM sqlite_master WHERE rootpage > 0")
        return frozenset((page - 1) * PAGE for (page,) in pages)


def _looked_for(path: Path, whole: bytes, kind: str, place: Place) -> None:
    """A wound that is not found must be none: everything reads as it did."""
    path.write_bytes(whole)
    before = _all_there_is(path)
    path.write_bytes(wounded(whole, kind, place.chance))
    if damage(path) is not None:
        place.tally.tried["wounds found"] += 1
    elif _all_there_is(path) == before:
        place.tally.tried["wounds without consequence"] += 1
    else:
        place.tally.faults.append(f"{kind}: the file reads otherwise, and no damage was found")


def _all_there_is(path: Path) -> list[str]:
    try:
        with closing(sqlite3.connect(path)) as connection:
            return list(connection.iterdump())
    except (sqlite3.Error, UnicodeDecodeError) as exc:
        return [str(exc)]


async def _told(place: Place, *words: str) -> None:
    """A command that must succeed."""
    code, _, errors = await countersign(*words, env=place.env)
    if code:
        place.tally.faults.append(f"{' '.join(words[:1])} ended with {code}: {errors}")


async def _started_on(place: Place, kind: str) -> None:
    """It must say what is wrong and what to do, and neither take anything in nor end badly."""
    place.tally.tried["starts on a damaged file"] += 1
    before = {number: place.github.gate(number) for number in NUMBERS}
    async with running(place.env) as process:
        port, said = await beginning(process)
        if port is not None:
            reading_on = asyncio.create_task(process.communicate())
            ready, taken = await _asked(place, port)
            process.terminate()
            _, rest = await reading_on
            said += rest.decode()
            if ready != UNAVAILABLE:
                place.tally.faults.append(f"{kind}: /readyz answered {ready}")
            if taken:
                place.tally.faults.append(f"{kind}: {taken} webhooks were taken in")
    if "countersign restore" not in said or str(place.database) not in said:
        place.tally.faults.append(f"{kind}: it did not say the file and the cure: {said[-500:]}")
    if "Traceback" in said:
        place.tally.faults.append(f"{kind}: it ended in a traceback: {said[-500:]}")
    if {number: place.github.gate(number) for number in NUMBERS} != before:
        place.tally.faults.append(f"{kind}: a gate changed")


async def beginning(process: Process) -> tuple[int | None, str]:
    """Where it serves, unless it ends before, and what it has said so far."""
    port, said = None, ""
    if process.stderr is None:
        raise AssertionError
    async with asyncio.timeout(PATIENCE):
        while port is None and (line := await process.stderr.readline()):
            said += line.decode()
            port = _port(line)
    return port, said


def _port(line: bytes) -> int | None:
    if not line.startswith(b"{"):
        return None
    said = json.loads(line)
    return int(said["port"]) if said["event"] == "serving" else None


async def _asked(place: Place, port: int) -> tuple[int, int]:
    """What `/readyz` answers, and how many webhooks are taken in."""
    sent = await arrive(port, SECONDS, RATE, 0, place.deliveries)
    async with (
        aiohttp.ClientSession() as http,
        http.get(f"http://127.0.0.1:{port}/readyz") as answer,
    ):
        return answer.status, len(sent.answered)
