"""Fifty people click at once: how long until Slack has its answer, and until the card says it.

Run: python -m bench.slack_load
The workspace is the playground with Slack's rate limits on, the forge is one in memory, and all
of it shares one machine and one event loop with the bot. Afterwards every line of history must be
there, once; with fifty of them in one channel that takes a minute.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import tempfile
import time
from pathlib import Path

import structlog

from bench.workplace import Workplace
from bot.clock import SystemClock
from bot.playground.nouns import Message
from routing.model import Ref
from storage.database import Rooms
from tests.bot.fakes import MemoryForge
from tests.builders import a_change

PEOPLE = 50
LONGEST = 90.0
POLL = 0.2
QUIET = 60.0
"""Before the clicks: fifty edits a minute are all that Slack takes, those of the start included."""
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


async def done(place: Workplace) -> None:
    """Return once nothing is left to be done, not even later."""
    while await place.storage.run(_left):  # noqa: ASYNC110 - nobody tells of what is done later
        await asyncio.sleep(POLL)


def _left(rooms: Rooms) -> int:
    return rooms.outbox.waiting() + rooms.inbox.waiting()


async def measure(count: int) -> tuple[list[float], list[float]]:
    """Seconds until each click was acknowledged, and until its card said so."""
    with tempfile.TemporaryDirectory() as folder:
        files = (POLICY, people(count))
        async with Workplace(Path(folder), files, SystemClock(), MemoryForge()) as place:
            place.slack.limits_on = True
            for number in range(count):
                ref = Ref("github", "acme/shop", number + 1)
                await place.delivers(a_change(ref=ref, head=f"{number:040x}"))
            await done(place)
            await asyncio.sleep(QUIET)
            cards = place.slack.workspace.messages("#reviews")
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
            await done(place)
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
