"""`make torture`: everything, in one table of what was tried and what was found."""

from __future__ import annotations

import argparse
import logging
import os
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import structlog
from rich.console import Console
from rich.table import Table
from structlog.typing import EventDict, WrappedLogger

from torture.deliveries import deliver
from torture.fuzz import throw
from torture.hours import pass_days
from torture.killing import Tally, kill_at_boundaries, kill_at_random
from torture.power import cut_power
from torture.weather import storm

READY_WITHIN = 5.0


def main() -> None:
    """Run, print, and exit 1 when anything was found."""
    parser = argparse.ArgumentParser(prog="python -m torture", description=__doc__)
    parser.add_argument(
        "--part", type=float, default=1.0, help="how much of it: 0.05 is a twentieth"
    )
    parser.add_argument("--seed", type=int, default=1, help="another seed, other accidents")
    parser.add_argument("--only", default="", help="trials whose name contains this")
    chosen = parser.parse_args()
    structlog.configure(processors=[_silence])
    logging.disable()
    console = Console(width=None if sys.stdout.isatty() else 120)
    table = Table("trial", "tried", "found", "slowest start", "seconds", show_lines=False)
    found: list[str] = []
    for name, trial in trials(chosen.part, chosen.seed):
        if chosen.only not in name:
            continue
        console.print(f"[dim]{name} …[/dim]")
        began = time.monotonic()
        for inner, tally in trial().items():
            judge(tally)
            tried = ", ".join(f"{count:,} {what}" for what, count in tally.tried.items())
            said = "nothing" if not tally.faults else f"{len(tally.faults)} faults"
            start = f"{tally.slowest_start:.2f} s" if tally.tried["lives"] else ""
            spent = f"{time.monotonic() - began:.0f}"
            table.add_row(f"{name}{inner}", tried, said, start, spent)
            found += [f"{name}{inner}: {fault}" for fault in tally.faults]
    console.print(table)
    for fault in found[:50]:
        console.print(fault, markup=False)
    sys.exit(bool(found))


def judge(tally: Tally) -> None:
    """A bot that takes long to be ready again is a fault as well."""
    if tally.slowest_start > READY_WITHIN:
        tally.faults.append(f"ready only after {tally.slowest_start:.1f} s")


def trials(part: float, seed: int) -> Iterator[tuple[str, Callable[[], dict[str, Tally]]]]:
    """Every trial by its name; `part` of 1 is what `make torture` runs."""

    def much(count: int) -> int:
        return max(1, round(count * part))

    yield "SIGKILL at boundaries", lambda: {"": kill_at_boundaries(much(8), seed)}
    yield "SIGKILL at random", lambda: {"": kill_at_random(much(200), seed)}
    yield "power cuts", lambda: {"": cut_power(much(200), seed)}
    yield "deliveries doubled, late, lost", lambda: {"": deliver(much(10_000), seed)}
    yield "forge and Slack failing", lambda: {"": storm(much(12), seed)}
    tick = timedelta(seconds=15) if part >= 1 else timedelta(minutes=10)
    yield "a day, DST, clock steps, two tick", lambda: {"": pass_days(tick)}
    yield (
        "garbage: ",
        lambda: throw(much(100_000), seed),
    )


def _silence(_logger: WrappedLogger, _method: str, _event: EventDict) -> EventDict:
    raise structlog.DropEvent


if __name__ == "__main__":
    os.environ.setdefault("PYTHONDONTWRITEBYTECODE", "1")
    main()
