"""Webhooks over real HTTP from one process to another, each answered only when it is on the disk.

As many as are answered, the same with a commit for each, 800 a second come what may with 500 at
once on top half-way, and as many as are answered by an intake that is killed again and again. After
each, every delivery that was answered is looked for.
"""

from __future__ import annotations

import asyncio
import random
import statistics
import tempfile
import threading
import time
from pathlib import Path

import click

import storage.database
from bench.load.deliveries import Deliveries
from bench.load.intake import DATABASE, intake
from bench.load.keeping import Kept, compare
from bench.load.process import cpu_seconds, resident_mb
from bench.load.sending import Sent, arrive, deliver

RATE = 800
BURST = 500
WARM_UP = 1.0
KILLS = 10
LONGEST_LIFE = 2.0
"""Seconds that an intake lives at most before it is killed."""


def webhooks(seconds: float) -> bool:
    """Measure and print; whether every delivery that was answered was kept, and once."""
    measured = (_flat_out(seconds, storage.database.TOGETHER), _flat_out(seconds, 1))
    return all([*measured, _paced(seconds), _killed()])


def _flat_out(seconds: float, together: int) -> bool:
    deliveries, sent = Deliveries(), Sent()
    with tempfile.TemporaryDirectory() as name:
        with intake(Path(name), together) as one:
            sent.add(asyncio.run(deliver(one.port, WARM_UP, deliveries)))
            pid, began = one.process.pid, time.monotonic()
            cpu, memory = cpu_seconds(pid), resident_mb(pid)
            more = asyncio.run(deliver(one.port, seconds, deliveries))
            spent, count = time.monotonic() - began, len(more.times)
            cpu, end = cpu_seconds(pid) - cpu, resident_mb(pid)
            sent.add(more)
        kept = compare(sent.answered, Path(name) / DATABASE)
    click.echo(
        f"webhooks, {'group commit' if together > 1 else 'a commit for each'}: "
        f"{count / spent:,.0f}/s for {spent:.0f} s, {_times(more)}, "
        f"CPU {cpu / count * 1e6:,.0f} us each, memory {memory:.0f} to {end:.0f} MB"
    )
    return _said(kept)


def _paced(seconds: float) -> bool:
    deliveries, sent = Deliveries(), Sent()
    with tempfile.TemporaryDirectory() as name:
        with intake(Path(name), storage.database.TOGETHER) as one:
            sent.add(asyncio.run(deliver(one.port, WARM_UP, deliveries)))
            for burst in (0, BURST):
                some = asyncio.run(arrive(one.port, seconds, RATE, burst, deliveries))
                more = f" and {burst} at once on top" if burst else ""
                click.echo(f"webhooks, {RATE}/s arriving{more}: {_times(some)}")
                sent.add(some)
        return _said(compare(sent.answered, Path(name) / DATABASE))


def _killed() -> bool:
    """SIGKILL in full flight; what was not answered is delivered to the next one again."""
    deliveries, sent = Deliveries(), Sent()
    chance = random.Random(1)  # noqa: S311 - moments, no secret
    with tempfile.TemporaryDirectory() as name:
        for _ in range(KILLS):
            with intake(Path(name), storage.database.TOGETHER) as one:
                after = chance.uniform(0.1, LONGEST_LIFE)
                threading.Timer(after, one.process.kill).start()
                sent.add(asyncio.run(deliver(one.port, 2 * LONGEST_LIFE, deliveries)))
        with intake(Path(name), storage.database.TOGETHER) as one:
            sent.add(asyncio.run(deliver(one.port, WARM_UP, deliveries)))
        kept = compare(sent.answered, Path(name) / DATABASE)
    click.echo(
        f"webhooks, {KILLS} times SIGKILL in full flight: {sent.unanswered:,} had no answer and "
        "were delivered again"
    )
    return _said(kept)


def _times(sent: Sent) -> str:
    tail = statistics.quantiles(sent.times, n=100)
    refused = ", ".join(f"{count:,} answered {status}" for status, count in sent.refused.items())
    return (
        f"{len(sent.times):,} answered, p50 {tail[49] * 1000:.0f} ms, p99 {tail[98] * 1000:.0f} ms,"
        f" slowest {max(sent.times) * 1000:.0f} ms, {refused or 'none refused'}"
    )


def _said(kept: Kept) -> bool:
    click.echo(f"    {kept}")
    return kept.is_exact
