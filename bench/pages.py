"""How fast the pages answer with 100,000 ledger rows: `python -m bench.pages`.

Times are the process's own CPU time for a whole request, reading and laying out included; the
machine may be busy with other things.
"""

from __future__ import annotations

import asyncio
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from bot.clock import SystemClock
from bot.web.access import Viewer
from bot.web.door import Door, Handler, Page
from bot.web.site import Site
from routing.model import Ref
from routing.trail import Entry
from storage.database import Storage

ROWS = 100_000
ROUNDS = 40
BEGIN = datetime(2026, 1, 5, 8, tzinfo=UTC)
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
)


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
    bound = {
        "project_id": "1",
        "number": number,
        "head_sha": head,
        "base_branch": "main",
        "policy_hash": "p",
    }
    domain = chance.choice(DOMAINS)
    asked = chance.sample(PEOPLE, 2)
    candidates = chance.sample(PEOPLE, 12)
    decision = {
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


def fill(storage: Storage) -> None:
    """A ledger of so many rows."""
    chance = random.Random(8)  # noqa: S311 - the same ledger each time

    def some(first: int) -> None:
        def work(rooms: object) -> None:
            for number in range(first, first + 100):
                entries = list(story(number, chance))
                at = BEGIN + timedelta(minutes=20 * number)
                rooms.ledger.append(Ref("github", "acme/shop", number), entries, at)  # type: ignore[attr-defined]  # the rooms of one transaction

        storage.run_blocking(work)

    for first in range(1, ROWS // 11, 100):
        some(first)


async def measure(site: Site) -> None:
    """Ask for each address again and again."""
    application = web.Application()
    application.add_routes(site.routes())
    began = time.process_time()
    await answer(application, "/ledger")
    print(f"first look, with the index: {time.process_time() - began:.1f} s CPU")  # noqa: T201 - a report
    for address in LOOKS:
        spans: list[float] = []
        for _ in range(ROUNDS):
            began = time.process_time()
            await answer(application, address)
            spans.append((time.process_time() - began) * 1000)
        p95 = statistics.quantiles(spans, n=20)[-1]
        print(f"{address:<45} median {statistics.median(spans):6.1f} ms   p95 {p95:6.1f} ms")  # noqa: T201 - a report


async def answer(application: web.Application, address: str) -> None:
    """One request, without a socket."""
    request = make_mocked_request("GET", address, app=application)
    match = await application.router.resolve(request)
    request._match_info = match  # noqa: SLF001 - what aiohttp's server does
    await match.handler(request)


def main() -> None:
    """Fill and measure."""
    with tempfile.TemporaryDirectory() as folder:
        storage = Storage(Path(folder) / "bench.db")
        fill(storage)
        asyncio.run(measure(Site(storage, Open(), SystemClock())))
        storage.close()


if __name__ == "__main__":
    main()
