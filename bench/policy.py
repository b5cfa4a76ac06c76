"""How long one decision takes: 3,000 files against 200 rules and 10,000 people.

    python -m bench.policy

Prints the CPU time (median and 95th percentile) of gathering the facts and of `advance()`, for
merge requests of that size, first seen and looked at again, and how it compares with small merge
requests and with a tenth of each.

It is as warm as a bot that has run for a while, and no warmer: policy, people and CODEOWNERS are
read and compiled, the ranking has learnt the project's past, and what was loaded is no business of
the garbage collector's. Every merge request is of files that none before it touched for long, so
what is remembered of paths helps its later look alone. Gathering is the bot's own, from a storage on
disk and a forge that answers at once; the review comes back from the storage.
"""

from __future__ import annotations

import asyncio
import gc
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from bench.organisation import NOW, PROJECT, Size, change, codeowners, past, rulebook
from bot.clock import StoryClock
from bot.facts import Gatherer
from bot.forge_history import DONE, MERGED
from bot.policies import Policies, Rulebook
from routing.events import MergeRequestTouched
from routing.review import advance
from storage.database import Storage
from tests.bot.fakes import MemoryForge, OpenDirectory

RUNS = 60
WARMING = 2
"""So many merge requests go before those that are counted."""
SIZES = (
    Size(3_000, 200, 10_000),
    Size(300, 200, 10_000),
    Size(3_000, 20, 10_000),
    Size(3_000, 200, 1_000),
    Size(3, 5, 100),
)
Times = Mapping[str, Sequence[float]]


class _InForce(Policies):
    """Policy and people that no file holds."""

    def __init__(self, current: Rulebook) -> None:
        self.current = current
        self.problems = ()


class _Watch:
    """CPU time of all threads, in milliseconds, by what was done."""

    def __init__(self) -> None:
        self.times: defaultdict[str, list[float]] = defaultdict(list)

    @contextmanager
    def on(self, what: str) -> Iterator[None]:
        begun = time.process_time()
        yield
        self.times[what].append(1_000 * (time.process_time() - begun))


async def _decide(size: Size, storage: Storage) -> Times:
    """Look at one merge request after the other, at each of them twice."""
    forge, watch = (
        MemoryForge(
            files={"CODEOWNERS": codeowners()} if __import__("os").environ.get("OWN") else {}
        ),
        _Watch(),
    )
    policies = _InForce(rulebook(size))
    gatherer = Gatherer({forge.name: forge}, storage, policies, OpenDirectory(), StoryClock(NOW))
    for number in range(WARMING + RUNS):
        if number == WARMING:
            gc.collect()
            gc.freeze()
            watch.times.clear()
        review = None
        for look in ("first seen", "again"):
            forge.shows(change(number, size.files))
            ref = change(number, 1).merge_request.ref
            with watch.on(f"gathering, {look}"):
                snapshot = await gatherer.gather(ref, review, None)
            with watch.on(f"advance(), {look}"):
                event = MergeRequestTouched(ref)
                decision = advance(review, event, snapshot.facts, snapshot.policy, NOW)
            kept = decision.review
            await storage.run(lambda rooms, kept=kept: rooms.reviews.save(kept, NOW))
            review = await storage.run(lambda rooms, ref=ref: rooms.reviews.get(ref))
    gc.unfreeze()
    return watch.times


def _measured(size: Size) -> Times:
    with tempfile.TemporaryDirectory() as folder:
        storage = Storage(Path(folder) / "countersign.db")
        scope = f"github/{PROJECT}"
        storage.run_blocking(lambda rooms: rooms.history.add(scope, past()))
        storage.run_blocking(lambda rooms: rooms.history.set_mark(scope, MERGED, DONE, NOW))
        try:
            return asyncio.run(_decide(size, storage))
        finally:
            storage.close()


def main() -> None:
    """Measure and print."""
    print(f"{'':<56} {'median':>10} {'p95':>10}")
    for size in SIZES[: int(sys.argv[1]) if len(sys.argv) > 1 else 9]:
        for what, times in _measured(size).items():
            median, p95 = statistics.median(times), statistics.quantiles(times, n=20)[-1]
            print(f"{f'{size}: {what}':<56} {median:>7.1f} ms {p95:>7.1f} ms", flush=True)


if __name__ == "__main__":
    main()
