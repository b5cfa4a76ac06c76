"""`python -m bench.slack_day`: a day of 500 merge requests for 200 people, on a simulated clock.

The whole bot runs, and speaks by stock slack_sdk and Bolt over HTTP with a workspace whose rate
limits hold on the same clock; only the forge is one in memory. Ends with 1 when anything is wrong.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import random
import sys
import time
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import structlog
from rich.console import Console
from rich.table import Table

import bot.schedule
from bench.slack_day.calls import Recording
from bench.slack_day.diary import Diary
from bench.slack_day.findings import Findings, find
from bench.slack_day.life import MIDNIGHT, Life
from bench.slack_day.town import TownForge, people_file, policy_file
from bench.workplace import Workplace
from bot.clock import StoryClock

FAULTS_SHOWN = 40


def main() -> None:
    """Play the day and print what it came to."""
    parser = argparse.ArgumentParser(prog="python -m bench.slack_day")
    parser.add_argument("--requests", type=int, default=500)
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", dest="as_json")
    chosen = parser.parse_args()
    logging.disable(logging.CRITICAL)
    structlog.configure(processors=[_drop])
    # To look at every open change again all five minutes says nothing to anybody, and takes hours.
    bot.schedule.RECONCILE = timedelta(hours=6)
    began, spent = time.monotonic(), time.process_time()
    with TemporaryDirectory() as folder:
        findings = asyncio.run(play(Path(folder), chosen.requests, chosen.people, chosen.seed))
    if chosen.as_json:
        sys.stdout.write(json.dumps(asdict(findings)) + "\n")
    else:
        console = Console(width=None if sys.stdout.isatty() else 110)
        show(findings, console)
        console.print(
            f"{time.monotonic() - began:.0f} s, {time.process_time() - spent:.0f} s of CPU, "
            "the workspace included"
        )
    sys.exit(bool(findings.faults))


async def play(folder: Path, requests: int, people: int, seed: int) -> Findings:
    """One day of so many, and what was found."""
    clock, forge = StoryClock(MIDNIGHT), TownForge()
    chance = random.Random(seed)  # noqa: S311 - the same people for the same seed
    place = Workplace(folder, (policy_file(), people_file(people, chance)), clock, forge)
    recording = Recording(clock)
    place.slack.api.pacing = recording
    place.slack.limits_on = True
    diary = Diary(place.slack.workspace)
    async with place:
        life = Life(place, forge, clock, seed)
        life.plan(requests)
        await life.play()
        return await find(place, recording.calls, diary, life.done)


def show(findings: Findings, console: Console) -> None:
    """One table, then what was wrong."""
    table = Table("what", "", show_lines=False)
    for name, counts in (
        ("people", findings.did),
        ("posted", findings.posted),
        ("told directly", findings.told),
        ("added below it", findings.below),
        ("steps of the ladder", findings.steps),
    ):
        said = ", ".join(f"{count:,} {what}" for what, count in counts.items())
        table.add_row(name, said)
    for one in findings.calls:
        table.add_row(
            one.method, f"{one.calls:,} calls, at most {one.most} of {one.allowed} in a minute"
        )
    table.add_row("to one channel in one second", f"{findings.crowded} at most")
    table.add_row("calls over a limit (429)", str(findings.refused))
    table.add_row(
        "asks", f"{findings.asks:,}, of each {findings.most_told_of_one_ask} direct message at most"
    )
    table.add_row("direct messages to one person", f"{findings.most_direct} at most in two days")
    middle, longest = findings.late
    table.add_row(
        "from ask to direct message", f"{middle:.0f} s in the middle, {longest:.0f} s at most"
    )
    table.add_row("wrong", str(len(findings.faults)) if findings.faults else "nothing")
    console.print(table)
    for fault in findings.faults[:FAULTS_SHOWN]:
        console.print(fault, markup=False)
    if len(findings.faults) > FAULTS_SHOWN:
        console.print(f"+{len(findings.faults) - FAULTS_SHOWN} more")


def _drop(_logger: object, _method: str, _event: object) -> dict[str, object]:
    raise structlog.DropEvent


if __name__ == "__main__":
    main()
