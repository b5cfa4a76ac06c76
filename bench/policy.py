"""How long one decision takes: 3,000 files against 200 rules and 10,000 people.

    python -m bench.policy

Prints the CPU time (median and 95th percentile) of gathering the facts and of `advance()`, for
merge requests of that size, first seen and looked at again, and how it compares with those of a
tenth of each, with small ones, and where CODEOWNERS name a team for every folder.

It is as warm as a bot that has run for a while, and no warmer: policy, people and CODEOWNERS are
read and laid out, the ranking has learnt the past, and what was loaded at the start is no business
of the garbage collector's. Each merge request is of files that none of the nineteen before it
touched, so what is remembered of paths helps its later look alone. Both looks gather their facts
with the bot's own gatherer, from a storage on disk and a forge that answers at once, and the later
one starts from the review as the storage gives it back. The names, people and paths are invented.
"""

from __future__ import annotations

import asyncio
import gc
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import click

from bench.organisation import NOW, PROJECT, Size, change, codeowners, past, rulebook
from bot.clock import StoryClock
from bot.facts import Gatherer
from bot.forge_history import DONE, MERGED
from bot.policies import Policies, Rulebook
from routing.events import MergeRequestTouched
from routing.record import Review
from routing.review import advance
from storage.database import Rooms, Storage
from tests.bot.fakes import MemoryForge, OpenDirectory

RUNS = 60
WARMING = 2
"""So many merge requests go before those that are counted."""

SIZES = (
    Size(3_000, 200, 10_000),
    Size(300, 200, 10_000),
    Size(3_000, 20, 10_000),
    Size(3_000, 200, 1_000),
    Size(3, 5, 10_000),
    Size(3, 5, 100),
    Size(3_000, 200, 10_000, owned=True),
)

Times = Mapping[str, Sequence[float]]


@click.command()
@click.option("--runs", default=RUNS, show_default=True, help="Merge requests of each size.")
def main(runs: int) -> None:
    """Measure and print."""
    click.echo(f"{'':<76} {'median':>10} {'p95':>10} {'of the first':>13}")
    first: dict[str, float] = {}
    for size in SIZES:
        for what, times in measured(size, runs).items():
            median, p95 = statistics.median(times), statistics.quantiles(times, n=20)[-1]
            ratio = median / first.setdefault(what, median)
            click.echo(f"{f'{size}: {what}':<76} {median:>7.1f} ms {p95:>7.1f} ms {ratio:>12.2f}x")


def measured(size: Size, runs: int) -> Times:
    """The CPU times, in milliseconds, by what was done."""
    with tempfile.TemporaryDirectory() as folder:
        storage = Storage(Path(folder) / "countersign.db")
        scope = f"github/{PROJECT}"
        storage.run_blocking(lambda rooms: rooms.history.add(scope, past()))
        storage.run_blocking(lambda rooms: rooms.history.set_mark(scope, MERGED, DONE, NOW))
        try:
            return asyncio.run(_decide(size, runs, storage))
        finally:
            storage.close()


async def _decide(size: Size, runs: int, storage: Storage) -> Times:
    """Look at one merge request after the other, at each of them twice."""
    forge, watch = MemoryForge(files={"CODEOWNERS": codeowners()} if size.owned else {}), _Watch()
    policies = _InForce(rulebook(size))
    gatherer = Gatherer({forge.name: forge}, storage, policies, OpenDirectory(), StoryClock(NOW))
    for number in range(WARMING + runs):
        if number == WARMING:
            gc.collect()
            gc.freeze()
            watch.times.clear()
        review: Review | None = None
        for look in ("first seen", "again"):
            shown = change(number, size.files)
            ref = shown.merge_request.ref
            forge.shows(shown)
            with watch.on(f"gathering, {look}"):
                snapshot = await gatherer.gather(ref, review, None)
            with watch.on(f"advance(), {look}"):
                event = MergeRequestTouched(ref)
                decision = advance(review, event, snapshot.facts, snapshot.policy, NOW)
            review = await storage.run(partial(_kept, decision.review))
    gc.unfreeze()
    return watch.times


def _kept(review: Review, rooms: Rooms) -> Review | None:
    """The review as the storage gives it back."""
    rooms.reviews.save(review, NOW)
    return rooms.reviews.get(review.ref)


class _InForce(Policies):
    """Policy and people that stand in no file."""

    def __init__(self, current: Rulebook) -> None:
        self.current = current
        self.problems = ()


class _Watch:
    """The CPU time of all threads, by what was done."""

    def __init__(self) -> None:
        self.times: defaultdict[str, list[float]] = defaultdict(list)

    @contextmanager
    def on(self, what: str) -> Iterator[None]:
        """Measure what is done within."""
        begun = time.process_time()
        yield
        self.times[what].append(1_000 * (time.process_time() - begun))


if __name__ == "__main__":
    main()
