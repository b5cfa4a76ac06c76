"""How fast a clone's history is imported, beside `git log` itself, and how fast it is asked.

Run it with `python -m bench.history`: it makes a clone of 50,000 commits with a million touched
files (a few minutes), or measures the one named with `--repo`. Both readings take turns, so that
what else the machine does hits both; the best of each counts.
"""

from __future__ import annotations

import asyncio
import random
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import click

from bench.big_clone import make_clone
from bot.git.clone import Clone
from bot.git.history import import_history
from bot.learning import Learning
from routing.model import Account, Change, ChangedFile, MergeRequest, Ref, State
from routing.people import People
from storage.database import Rooms, Storage

PROJECT = "clone measured"
WINDOW = timedelta(days=365)
CHANGE = 10
"""Files of a usual change, in up to three folders."""
QUESTIONS = 200


@click.command()
@click.option("--repo", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--commits", default=50_000, show_default=True, help="Of the clone to make.")
@click.option("--files", default=20, show_default=True, help="Touched by each of them.")
@click.option("--turns", default=3, show_default=True)
def main(repo: Path | None, commits: int, files: int, turns: int) -> None:
    """Print the seconds of both readings, their ratio, and the time of one question."""
    with tempfile.TemporaryDirectory() as folder:
        if repo is None:
            repo = Path(folder) / "clone"
            click.echo(f"making a clone of {commits} commits …")
            make_clone(repo, commits, files)
        asyncio.run(_measure(Clone(repo), Path(folder), turns))


async def _measure(clone: Clone, folder: Path, turns: int) -> None:
    tip = await clone.commit_of("HEAD")
    logs, imports = list[float](), list[float]()
    for turn in range(turns):
        logs.append(_timed(lambda: _git_log(clone.path)))
        storage = Storage(folder / f"{turn}.db")
        began = time.perf_counter()
        count = await import_history(clone, storage, PROJECT, tip, lambda _: None)
        imports.append(time.perf_counter() - began)
        click.echo(f"  turn {turn + 1}: git log {logs[-1]:.2f} s, import {imports[-1]:.2f} s")
        if turn < turns - 1:
            storage.close()
    click.echo(f"{count} commits: {min(imports) / min(logs):.2f} times git log --name-only")
    await _ask(clone, storage)
    storage.close()


async def _ask(clone: Clone, storage: Storage) -> None:
    """Ask for the history near usual changes, as the gathering of facts does."""
    chance = random.Random(3)  # noqa: S311 - a sample
    listed = (await clone.text("ls-tree", "-r", "-z", "--name-only", "HEAD")).split("\0")
    latest = max((await storage.run(lambda it: it.history.last_seen(PROJECT))).values())
    times, found = list[float](), list[int]()
    for _ in range(QUESTIONS):
        starts = [chance.randrange(len(listed)) for _ in range(3)]
        paths = [path for start in starts for path in listed[start : start + 4] if path][:CHANGE]
        work = _near(paths, latest - WINDOW)
        began = time.perf_counter()
        found.append(await storage.run(work))
        times.append(1000 * (time.perf_counter() - began))
    await _weigh(storage, listed[:CHANGE], latest)
    ninth = statistics.quantiles(times, n=10)[-1]
    click.echo(
        f"near {CHANGE} files: median {statistics.median(times):.1f} ms, "
        f"nine in ten within {ninth:.1f} ms, {statistics.mean(found):.0f} changes each"
    )


async def _weigh(storage: Storage, paths: list[str], now: datetime) -> None:
    """Weigh a change as the bot does: the first time everything is learnt, then it is known."""
    change = Change(
        MergeRequest(
            Ref("bench", PROJECT, 1), "1", "Work", "", Account("bench", "1", "ana"), State.OPEN,
            False, "0" * 40, "work", "main", "0" * 40, "", now,
        ),
        tuple(ChangedFile(path, 1, 0) for path in paths),
        (),
    )  # fmt: skip
    learning = Learning(storage)
    for turn in ("first", "next"):
        began = time.process_time()
        weighed = await learning.weigh(PROJECT, change, People(()), now)
        took = 1000 * (time.process_time() - began)
        click.echo(f"weighed {turn}: {took:.1f} ms of the processor, {weighed.changes} changes")


def _near(paths: list[str], since: datetime) -> Callable[[Rooms], int]:
    return lambda rooms: len(rooms.history.near(PROJECT, paths, since))


def _timed(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _git_log(repo: Path) -> None:
    command = ["git", "log", "--name-only"]
    subprocess.run(command, cwd=repo, stdout=subprocess.DEVNULL, check=True)  # noqa: S603 - our own git


if __name__ == "__main__":
    main()
