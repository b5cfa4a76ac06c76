"""Decisions, and the way from a click to the gate, with a forge that answers at once."""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from pathlib import Path

import click

from bench.load.deliveries import REQUESTS
from bot.clock import SystemClock
from bot.dispatcher import Dispatcher
from bot.engine import Engine
from bot.facts import Gatherer
from bot.worker import Nudge, Worker
from routing.events import ApprovalGiven, MergeRequestTouched
from routing.model import Ref
from storage.database import Rooms, Storage
from storage.inbox import Arrival
from storage.outbox import Task
from tests.bot.fakes import ListeningMessenger, MemoryForge, OpenDirectory, files_in
from tests.builders import NOW, a_change, a_click

ROUNDS = 5
PATIENCE = 30.0
"""Seconds after which something is wrong."""


def decisions() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name:
        asyncio.run(_decide(Path(name)))


async def _decide(folder: Path) -> None:
    kept, clock, forge = Storage(folder / "countersign.db"), SystemClock(), MemoryForge()
    refs = [Ref("github", "acme/shop", number) for number in range(1, REQUESTS + 1)]
    for ref in refs:
        forge.shows(a_change(ref=ref, head=_head(ref)))
    gatherer = Gatherer({"github": forge}, kept, files_in(folder), OpenDirectory(), clock)
    workers: list[Worker[Arrival] | Worker[Task]] = []

    def nudge() -> None:
        for worker in workers:
            worker.nudge()

    engine = Worker[Arrival](Engine(kept, gatherer, clock, nudge), clock)
    dispatcher = Worker[Task](
        Dispatcher(kept, {"github": forge}, ListeningMessenger(), clock, nudge), clock
    )
    workers += [engine, dispatcher]
    engine.start()
    began, cpu = time.monotonic(), time.process_time()
    for round_ in range(ROUNDS):

        def put(rooms: Rooms, round_: int = round_) -> None:
            for ref in refs:
                rooms.inbox.put(f"{ref} {round_}", MergeRequestTouched(ref), clock.now())

        await kept.run(put)
        engine.nudge()
        await engine.idle()
    count = REQUESTS * ROUNDS
    spent, used = time.monotonic() - began, time.process_time() - cpu
    click.echo(f"decisions: {count / spent:,.0f}/s, {used / count * 1000:.1f} ms of CPU each")
    dispatcher.start()
    dispatcher.nudge()
    await dispatcher.idle()
    times = [await _click(kept, forge, refs[index], nudge) for index in range(REQUESTS)]
    p50, p95 = statistics.median(times) * 1000, statistics.quantiles(times, n=20)[18] * 1000
    click.echo(f"click to gate: p50 {p50:.0f} ms, p95 {p95:.0f} ms")
    await engine.stop(1)
    await dispatcher.stop(1)
    kept.close()


def _head(ref: Ref) -> str:
    return f"{ref.number:010d}"


async def _click(kept: Storage, forge: MemoryForge, ref: Ref, nudge: Nudge) -> float:
    began, event = time.monotonic(), ApprovalGiven(ref, a_click("dana", head=_head(ref)))
    await kept.run(lambda rooms: rooms.inbox.put(f"click {ref}", event, NOW))
    nudge()
    while not (forge.gates and forge.gates[-1].ref == ref and forge.gates[-1].state == "success"):
        await asyncio.sleep(0.001)
        if time.monotonic() - began > PATIENCE:
            raise TimeoutError(str(ref))
    return time.monotonic() - began
