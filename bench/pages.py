"""How fast the pages answer with 100,000 ledger rows: `python -m bench.pages`.

Times are the process's own CPU time for a whole request, reading and laying out included; the
machine may be busy with other things. The ledger grows by an entry before each look, as it does
while people work. Exits with 1 where a page takes 100 ms or more at the 95th percentile.
"""

from __future__ import annotations

import asyncio
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from bot.clock import RunningClock, StoryClock
from bot.demo.deeds import story_panel
from bot.demo.past import write_past
from bot.demo.stage import set_stage
from bot.demo.story import TUESDAY_TEN
from bot.web.access import Viewer
from bot.web.addresses import decision_path
from bot.web.door import Door, Handler, Page
from bot.web.site import Site
from routing.model import Ref
from routing.record import Review
from routing.trail import Entry, Plain
from storage.database import Rooms, Storage

ROWS = 100_000
ROUNDS = 40
BETWEEN = 55
"""Minutes from one merge request to the next: all of them fill most of a year."""
PEOPLE = [f"person{number}" for number in range(200)]
DOMAINS = ["payments", "web", "infrastructure", "search", "accounts"]
LOOKS = (
    "/ledger",
    "/ledger?before=50000",
    "/ledger?q=payments",
    "/ledger?q=person7+critical",
    "/ledger?q=nothinglikeit",
    "/ledger?kind=refused",
    "/ledger?q=payments&kind=refused",
    "/ledger?review=github/acme/shop/77",
    "/ledger?since=2026-02-01&until=2026-02-02",
    "/insights",
    "/insights?weeks=52",
    "/insights/time.light.svg?weeks=52",
)
LIMIT_MS = 100


class Open(Door):
    """No door at all: whoever comes is somebody."""

    def __init__(self) -> None:
        """Nobody is kept out."""

    def members(self, page: Page, subject: object = None) -> Handler:
        """The page itself."""
        del subject

        async def show(request: web.Request) -> web.StreamResponse:
            return await page(request, Viewer("U0BENCH", "Bench"))

        return show


def story(number: int, chance: random.Random) -> Iterator[Entry]:
    """Some ten entries as a merge request leaves them."""
    head = f"{chance.getrandbits(160):040x}"
    bound: dict[str, Plain] = {
        "project_id": "1",
        "number": number,
        "head_sha": head,
        "base_branch": "main",
        "policy_hash": "p",
    }
    domain = chance.choice(DOMAINS)
    asked = chance.sample(PEOPLE, 2)
    candidates = chance.sample(PEOPLE, 12)
    decision: dict[str, Plain] = {
        "binding": bound,
        "provenance": {
            "verdict": chance.choice(["unknown", "ai-assisted"]),
            "tools": ["Claude Code"],
            "assisted_lines": 40,
            "evidence": [],
        },
        "risk": {
            "level": chance.choice(["low", "critical"]),
            "score": 7,
            "factors": [{"name": "size", "points": 2, "sentence": "Changes 84 lines of code."}],
        },
        "domains": [domain],
        "counts_as_ai": True,
        "dependencies": [],
        "contradictions": [],
        "gaps": [],
        "rules": [
            {
                "name": "everything",
                "applies": True,
                "reason": "applies to every change",
                "met": False,
                "missing": f"expert in {domain}",
            }
        ],
        "verdict": "pending",
        "blocks": [],
        "asked": [{"person": who, "why": f"expert in {domain}"} for who in asked],
        "candidates": [
            {"person": who, "score": 2.5, "why": f"reviewed 14 changes in `{domain}/`"}
            for who in candidates
        ],
        "excluded": [],
    }
    yield Entry("opened", {"title": f"Improve {domain} ({number})", "binding": bound})
    for _ in range(4):
        yield Entry("decision", decision)
        yield Entry("gate", {"head_sha": head, "state": "pending"})
    yield Entry("approval", {"person": asked[0], "via": "slack", "binding": bound})
    if number % 50 == 0:
        problem = "it is already merged"
        yield Entry("refused", {"slack": "U0X", "deed": "approve", "problem": problem})
    yield Entry("merged", {"head_sha": head})


async def decided() -> tuple[Review, list[Entry]]:
    """A change of the demo's story as its bot has decided on it, and what the ledger tells."""
    async with set_stage(RunningClock(TUESDAY_TEN)) as stage:
        await stage.storage.run(lambda rooms: write_past(rooms, TUESDAY_TEN, stage.forge.name))
        await story_panel(stage).act("open_ai", {})
        (request,) = stage.forge.requests()
        ref = request.ref

        def read(rooms: Rooms) -> tuple[Review | None, list[Entry]]:
            told = [Entry(one.kind, json.loads(one.data)) for one in rooms.ledger.entries(str(ref))]
            return rooms.reviews.get(ref), told

        review, told = await stage.storage.read(read)
        if review is None:
            raise RuntimeError("the demo has not decided on its change")
        return review, told


def keep(storage: Storage, review: Review, told: list[Entry]) -> str:
    """Put it into the storage that is measured; returns its page's address."""

    def work(rooms: Rooms) -> None:
        rooms.reviews.save(review, TUESDAY_TEN)
        rooms.ledger.append(review.ref, told, TUESDAY_TEN)

    storage.run_blocking(work)
    return decision_path(review.ref)


def fill(storage: Storage) -> None:
    """A ledger of so many rows."""
    chance = random.Random(8)  # noqa: S311 - the same ledger each time

    def some(first: int) -> None:
        def work(rooms: Rooms) -> None:
            for number in range(first, first + 100):
                entries = list(story(number, chance))
                at = TUESDAY_TEN - timedelta(minutes=BETWEEN * (ROWS // 11 - number))
                rooms.ledger.append(Ref("github", "acme/shop", number), entries, at)

        storage.run_blocking(work)

    for first in range(1, ROWS // 11, 100):
        some(first)


def write(storage: Storage, ref: Ref, entry: Entry) -> None:
    """Let the ledger grow."""
    storage.run_blocking(lambda rooms: rooms.ledger.append(ref, [entry], TUESDAY_TEN))


async def measure(storage: Storage, addresses: Sequence[str]) -> bool:
    """Ask for each address again and again; whether all were quick enough."""
    site = Site(storage, Open(), StoryClock(TUESDAY_TEN))
    application = web.Application()
    application.add_routes(site.routes())
    began = time.process_time()
    await answer(application, "/ledger")
    print(f"first look, with the index: {time.process_time() - began:.1f} s CPU")  # noqa: T201 - a report
    quick = True
    for address in addresses:
        spans: list[float] = []
        await answer(application, address)
        for number in range(ROUNDS):
            entry = Entry("approval", {"person": PEOPLE[number]})
            ref = Ref("github", "acme/shop", ROWS // 11 - number)
            write(storage, ref, entry)
            began = time.process_time()
            await answer(application, address)
            spans.append((time.process_time() - began) * 1000)
        p95 = statistics.quantiles(spans, n=20)[-1]
        quick = quick and p95 < LIMIT_MS
        print(f"{address:<45} median {statistics.median(spans):6.1f} ms   p95 {p95:6.1f} ms")  # noqa: T201 - a report
    return quick


async def answer(application: web.Application, address: str) -> None:
    """One request, without a socket."""
    request = make_mocked_request("GET", address, app=application)
    match = await application.router.resolve(request)
    request._match_info = match  # noqa: SLF001 - what aiohttp's server does
    answered = await match.handler(request)
    if answered.status != web.HTTPOk.status_code:
        raise RuntimeError(f"{address} answered {answered.status}")


def main() -> None:
    """Fill and measure."""
    with tempfile.TemporaryDirectory() as folder:
        storage = Storage(Path(folder) / "bench.db")
        fill(storage)
        decision = keep(storage, *asyncio.run(decided()))
        quick = asyncio.run(measure(storage, (decision, *LOOKS)))
        storage.close()
    sys.exit(0 if quick else 1)


if __name__ == "__main__":
    main()
