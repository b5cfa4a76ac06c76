"""Every trial of `make torture`, cut into parts that run side by side without touching each other.

A part is the same for the same seed, however many run at once.
"""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import structlog
from structlog.typing import EventDict, WrappedLogger

from bot.schedule import TICK
from torture.copying import kill_copies
from torture.crashing import CRASHES_A_PLACE, crash
from torture.deliveries import deliver
from torture.ending import ENDS_A_PLACE, end_in_a_flood
from torture.fuzz import DOORS, throw
from torture.hours import DAYS, pass_day
from torture.killing import KILLS_A_STORY, kill_at_boundary, kill_at_random
from torture.life import BOUNDARIES
from torture.lost_log import lose_log
from torture.outages import OUTAGES_A_PLACE, run_out
from torture.power import CUTS_A_LIFE, cut_power
from torture.quotas import press
from torture.tally import Tally
from torture.tampering import HANDS, read_through, tamper
from torture.weather import storm
from torture.wounds import wound

READY_WITHIN = 5.0
SPARSE = timedelta(minutes=10)
"""How far apart the ticks of a day are where less than all is tried."""
LEAST_HOURS, LEAST_REQUESTS = 0.1, 6
STORIES = 5
"""How many stories of random kills make a part."""


Much = Callable[[int], int]
"""How much of a count is tried."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a trial; `work` is called in a process of its own.

    One that `waits` spends most of its time so: for a Slack that takes a message a second.
    """

    trial: str
    work: Callable[[], Tally]
    waits: bool = False


def trials(share: float, seed: int) -> Iterator[Part]:
    """All parts, in the order of the table; a share of 1 is what `make torture` runs."""

    def much(count: int) -> int:
        return max(1, round(count * share))

    # What takes the longest begins first, so that nobody waits for it in the end.
    hours, requests = max(2 * share, LEAST_HOURS), max(LEAST_REQUESTS, much(40))
    yield Part("quotas while they fail", partial(press, hours, seed, requests))
    yield Part("forge and Slack failing", partial(storm, much(12), seed))
    yield Part("deliveries doubled, late, lost", partial(deliver, much(10_000), seed))
    yield from _deaths(much, seed)
    yield from _files(much, seed)
    tick = TICK if share >= 1 else SPARSE
    for day in DAYS:
        for is_set in (False, True):
            yield Part(
                "24 h, DST, clock steps, two tick", partial(pass_day, day, tick, is_set=is_set)
            )
    for door in DOORS:
        yield Part(f"garbage: {door}", partial(throw, door, much(100_000), seed))


def _deaths(much: Much, seed: int) -> Iterator[Part]:
    """The bot ends, as it should or not."""
    for boundary in BOUNDARIES:
        work = partial(kill_at_boundary, boundary, much(8), seed)
        yield Part("SIGKILL at every boundary", work)
    for number, kills in enumerate(_cut(much(200), STORIES * KILLS_A_STORY)):
        yield Part("SIGKILL at random", partial(kill_at_random, kills, seed * 100 + number))
    for number, kills in enumerate(_cut(max(2, much(30)), CRASHES_A_PLACE)):
        work = partial(crash, kills, seed * 100 + number)
        yield Part("SIGKILL of the whole bot", work, waits=True)
    for number, ends in enumerate(_cut(much(9), ENDS_A_PLACE)):
        work = partial(end_in_a_flood, ends, seed * 100 + number)
        yield Part("SIGTERM in a flood", work, waits=True)
    for number, cuts in enumerate(_cut(much(200), CUTS_A_LIFE)):
        yield Part("power cuts", partial(cut_power, cuts, seed * 1000 + number))


def _files(much: Much, seed: int) -> Iterator[Part]:
    """Something befalls the database and what is proven by it."""
    for number, outages in enumerate(_cut(much(10), OUTAGES_A_PLACE)):
        work = partial(run_out, outages, seed * 100 + number)
        yield Part("full disk, locked database", work, waits=True)
    yield Part("damaged file", partial(wound, much(1_000), much(20), seed))
    yield Part("lost log", partial(lose_log, much(20), seed))
    yield Part("SIGKILL in backup and restore", partial(kill_copies, max(4, much(200)), seed))
    yield Part("hands on the ledger", partial(tamper, max(len(HANDS), much(1_000)), seed))
    yield Part("long ledger", partial(read_through, much(1_000_000)))


def undergo(part: Part, *, timed: bool = True) -> Tally:
    """Run a part, quietly.

    A trial that breaks off is a fault, and so is, where it is `timed`, what was slow: beside tests
    that would tell how busy the machine is.
    """
    structlog.configure(processors=[_silence])
    logging.disable()
    began = time.monotonic()
    try:
        tally = part.work()
    except Exception:  # noqa: BLE001 - the other trials go on, and the table says it
        tally = Tally(faults=[f"it broke off: {traceback.format_exc()}"])
    tally.seconds = time.monotonic() - began
    for start in ("s until ready", "s until it served"):
        if (took := tally.measured.get(start, 0.0)) > READY_WITHIN:
            tally.slow.append(f"{took:.1f} {start}")
    if timed:
        tally.faults += tally.slow
    return tally


def _cut(count: int, size: int) -> Iterator[int]:
    while count > 0:
        yield min(count, size)
        count -= size


def _silence(_logger: WrappedLogger, _method: str, _event: EventDict) -> EventDict:
    raise structlog.DropEvent
