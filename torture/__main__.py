"""`make torture`: everything, in one table of what was tried and what was found."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import partial
from multiprocessing import get_context

from rich.console import Console
from rich.table import Table

from torture.tally import Tally
from torture.trials import Part, trials, undergo

FAULTS_SHOWN = 50


def main() -> None:
    """Run, print, and exit 1 when anything was found."""
    parser = argparse.ArgumentParser(prog="python -m torture", description=__doc__)
    parser.add_argument(
        "--part", type=float, default=1.0, help="how much of it: 0.05 is a twentieth"
    )
    parser.add_argument("--seed", type=int, default=1, help="another seed, other accidents")
    parser.add_argument("--only", default="", help="trials whose name contains this")
    parser.add_argument(
        "--jobs",
        type=int,
        default=os.cpu_count() or 1,
        help="how many work side by side; from 2 on, as many that mostly wait run beside them",
    )
    chosen = parser.parse_args()
    console = Console(width=None if sys.stdout.isatty() else 140)
    began = time.monotonic()
    parts = [part for part in trials(chosen.part, chosen.seed) if chosen.only in part.trial]
    table = {part.trial: Tally() for part in parts}
    for part, tally in _results(parts, chosen.jobs, timed=chosen.part >= 1):
        table[part.trial].add(tally)
        console.print(f"[dim]{part.trial}: {tally.seconds:.0f} s[/dim]")
    console.print(_rendered(table))
    console.print(
        f"seed {chosen.seed}, {time.monotonic() - began:.0f} s, {chosen.jobs} worked at a time"
    )
    for name, tally in table.items():
        for slow in tally.slow:
            console.print(f"slow: {name}: {slow}", markup=False, highlight=False)
    found = [f"{name}: {fault}" for name, tally in table.items() for fault in tally.faults]
    for fault in found[:FAULTS_SHOWN]:
        console.print(fault, markup=False)
    sys.exit(bool(found))


def _results(parts: Sequence[Part], jobs: int, *, timed: bool) -> Iterator[tuple[Part, Tally]]:
    """What each part came to, as they end."""
    work = partial(undergo, timed=timed)
    if jobs == 1:
        yield from ((part, work(part)) for part in parts)
        return
    # A process of its own for each: what it holds in memory is its own, and so is its clock.
    context = get_context("forkserver")
    context.set_forkserver_preload(["torture.trials"])
    with (
        ProcessPoolExecutor(jobs, context, max_tasks_per_child=1) as working,
        ProcessPoolExecutor(jobs, context, max_tasks_per_child=1) as waiting,
    ):
        under_way = {
            (waiting if part.waits else working).submit(work, part): part for part in parts
        }
        yield from ((under_way[one], one.result()) for one in as_completed(under_way))


def _rendered(table: Mapping[str, Tally]) -> Table:
    shown = Table("trial", "tried", "worst", "found", "seconds", show_lines=False)
    for name, tally in table.items():
        tried = ", ".join(f"{count:,} {what}" for what, count in tally.tried.items())
        worst = ", ".join(f"{value:.3g} {what}" for what, value in tally.measured.items())
        found = f"{len(tally.faults)} faults" if tally.faults else "nothing"
        shown.add_row(name, tried, worst, found, f"{tally.seconds:.0f}")
    return shown


if __name__ == "__main__":
    os.environ.setdefault("PYTHONDONTWRITEBYTECODE", "1")
    main()
