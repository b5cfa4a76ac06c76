"""Fifty people click at once: how long until Slack has its answer, and until the card says it.

Run: python -m bench.slack_load
The workspace is the playground with Slack's rate limits on, the forge is one in memory, and all
of it shares one machine and one event loop with the bot. Afterwards every line of history must be
there, once: with fifty of them in one channel, Slack refuses most at first.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import tempfile
import time
from pathlib import Path
from typing import Self

import structlog
from aiohttp import web

from bot.app import Countersign, Edges
from bot.clock import SystemClock
from bot.playground.nouns import Message, User
from bot.playground.server import Playground
from bot.policies import Policies
from bot.slack.client import open_client
from routing.events import MergeRequestTouched
from routing.model import Ref
from storage.database import Storage
from tests.bot.fakes import MemoryForge
from tests.builders import a_change

PEOPLE = 50
LONGEST = 90.0
POLL = 0.2
POLICY = """\
version: 1
rules:
  - {name: everything, require: {approvals: 1, from: {anyone: true}}}
review: {channel: "#reviews", ask: 1, max_open: 100}
"""


def people(count: int) -> str:
    """A people file of so many, and Ana, who opens everything."""
    ana = "  - {id: ana, name: Ana Ito, slack: U0ANA, github: ana, emails: [ana@example.com],"
    lines = [f'{ana} hours: "00:00-23:59", days: Mon-Sun}}']
    for number in range(count):
        own = f"id: p{number}, name: Person {number}, slack: U0P{number}, github: p{number}"
        lines.append(f'  - {{{own}, hours: "00:00-23:59", days: Mon-Sun}}')
    return "people:\n" + "\n".join(lines) + "\n"


class Workplace:
    """The whole bot between a workspace on the real clock and a forge in memory."""

    def __init__(self, folder: Path, count: int) -> None:
        (folder / "policy.yml").write_text(POLICY, "utf-8")
        (folder / "people.yml").write_text(people(count), "utf-8")
        self.count = count
        self.clock = SystemClock()
        self.slack = Playground(self.clock)
        self.forge = MemoryForge()
        self.storage = Storage(folder / "countersign.db")
        self._policies = Policies(folder / "policy.yml", folder / "people.yml")

    async def __aenter__(self) -> Self:
        await self.slack.start()
        users = ["U0ANA", *(f"U0P{number}" for number in range(self.count))]
        for user in users:
            self.slack.workspace.add_user(User(user, user.lower(), user))
        self.slack.workspace.add_channel("#reviews", users)
        client = open_client(self.slack.bot_token, self.slack.api_url)
        edges = Edges({"github": self.forge}, client, self.slack.signing_secret)
        self.bot = Countersign(edges, self.storage, self._policies, self.clock)
        await self.bot.start()
        self._runner = web.AppRunner(self.bot.web, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.slack.deliver_to(f"http://127.0.0.1:{self._runner.addresses[0][1]}/slack/events")
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()
        await self.bot.stop()
        await self.slack.stop()
        self.storage.close()

    async def open(self, number: int) -> None:
        """Ana opens a merge request, and it is looked at."""
        ref = Ref("github", "acme/shop", number + 1)
        self.forge.shows(a_change(ref=ref, head=f"{number:040x}"))
        event, now = MergeRequestTouched(ref), self.clock.now()
        await self.storage.run(lambda rooms: rooms.inbox.put(f"open {number}", event, now))
        self.bot.nudge()

    async def done(self) -> None:
        """Return once nothing is left to be done, not even later."""
        while await self._left():  # noqa: ASYNC110 - nobody tells of what is done later
            await asyncio.sleep(POLL)

    async def _left(self) -> int:
        return await self.storage.run(lambda rooms: rooms.outbox.waiting() + rooms.inbox.waiting())


async def measure(count: int) -> tuple[list[float], list[float]]:
    """Seconds until each click was acknowledged, and until its card said so."""
    with tempfile.TemporaryDirectory() as folder:
        async with Workplace(Path(folder), count) as place:
            for number in range(count):
                await place.open(number)
            await place.done()
            cards = place.slack.workspace.messages("#reviews")
            place.slack.limits_on = True
            acks: list[float] = []
            shown: list[float] = []

            async def click(number: int) -> None:
                card, user = cards[number], f"U0P{number}"
                start = time.perf_counter()
                await place.slack.people.click(user, card.channel, card.ts, "review.approve")
                acks.append(time.perf_counter() - start)
                await place.slack.until(lambda: _approved(place, card), seconds=LONGEST)
                shown.append(time.perf_counter() - start)

            await asyncio.gather(*(click(number) for number in range(count)))
            await place.done()
            threads = [place.slack.workspace.thread(card.channel, card.ts) for card in cards]
            if any(len(lines) != 1 for lines in threads):
                raise SystemExit("a line of history was lost or said twice")
            return sorted(acks), sorted(shown)


def _approved(place: Workplace, card: Message) -> bool:
    now = place.slack.workspace.message(card.channel, card.ts)
    return now.text.startswith("shop#") and "is approved" in now.text


def quantile(values: list[float], share: float) -> float:
    """The value that so large a share stays below."""
    return values[min(len(values) - 1, int(share * len(values)))]


def main() -> None:
    """Measure and print."""
    logging.disable(logging.CRITICAL)
    structlog.configure(processors=[_drop])
    began = time.process_time()
    acks, shown = asyncio.run(measure(PEOPLE))
    spent = time.process_time() - began
    for name, values in (("click to acknowledgement", acks), ("click to updated card", shown)):
        figures = ", ".join(
            f"p{share * 100:.0f} {quantile(values, share) * 1000:.0f} ms"
            for share in (0.5, 0.95, 0.99)
        )
        sys.stdout.write(f"{PEOPLE} at once, {name}: {figures}\n")
    sys.stdout.write(f"CPU of everything, stand-ins included: {spent:.1f} s\n")


def _drop(_logger: object, _method: str, _event: object) -> dict[str, object]:
    raise structlog.DropEvent


if __name__ == "__main__":
    main()
