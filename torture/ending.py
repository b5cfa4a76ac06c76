"""SIGTERM in the middle of a flood, while GitHub and Slack are slow: what becomes of it all.

The bot is the real one, `countersign run` as a process of its own; stock clients speak with the
stand-ins over HTTP. Webhooks come as fast as they are answered, and people click. Then it is told
to stop: within ten seconds it must have ended well, with everything that was acknowledged kept. In
the end it lives on the same files in peace, and nothing may have been done twice.
"""

from __future__ import annotations

import asyncio
import random
import signal
import time
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.load.deliveries import SECRET, Deliveries
from bench.load.sending import Sent, deliver
from bot.clock import SystemClock
from bot.playground.nouns import User
from bot.playground.refusal import Impossible, NotAcknowledged
from bot.playground.server import Playground
from bot.slack.cards import APPROVE
from bot.slack.clicks import key_of
from bot.slack.scopes import LOOKING_BACK
from storage.database import reading
from tests.processes import complete_settings, running, says
from tests.standins.github.site import GitHubStandIn
from torture.aftermath import NUMBERS, Acknowledged, channel_of, judge, lost
from torture.tally import Tally

ENDS_A_PLACE = 3
"""How many SIGTERMs make a part."""
WITHIN = 10.0
"""Seconds; platforms kill after that."""
SLOWEST = 8.0
"""Seconds until Slack answers at most; GitHub, which is asked ten times for a decision, takes so
long once in `SELDOM` times, and otherwise `QUICKLY` at most."""
SELDOM, QUICKLY = 20, 0.4
FLOOD = 10.0
"""Seconds of it before the end at most."""
POSTING = "chat.postMessage"
DRAINED_WITHIN = 180.0
PATIENCE = 60.0
POLL = 0.5
APPROVERS = ("dana", "omar", "kim")
POLICY = "version: 1\ndomains:\n" + "".join(
    f'  d{number}: {{paths: ["d{number}/**"], channel: "#d{number}"}}\n' for number in NUMBERS
)
POLICY += """\
rules: [{name: everything, require: {approvals: 1, from: {anyone: true}}}]
review: {channel: "#reviews", ask: 2, max_open: 100}
"""
PEOPLE = "people:\n" + "".join(
    f"  - {{id: {who}, name: {who.title()}, slack: U0{who.upper()}, github: {who},"
    f' emails: [{who}@example.com], hours: "00:00-23:59", days: Mon-Sun}}\n'
    for who in ("ana", *APPROVERS)
)


@dataclass(frozen=True, slots=True)
class Flood:
    """What pours in, and until when at most; how many calls of Slack there were before."""

    until: float
    calls: int
    webhooks: asyncio.Task[Sent]
    clicks: Sequence[asyncio.Task[None]]


def end_in_a_flood(ends: int, seed: int) -> Tally:
    """So many SIGTERMs in one life's work."""
    with TemporaryDirectory() as name:
        return asyncio.run(_Place(Path(name), random.Random(seed)).ends(ends))  # noqa: S311 - seeded


class _Place:
    """A GitHub, a Slack, people, and the bot between them, which ends and begins again."""

    def __init__(self, folder: Path, chance: random.Random) -> None:
        self.folder, self.chance = folder, chance
        self.database = folder / "countersign.db"
        self.tally, self.acknowledged = Tally(), Acknowledged()
        self.deliveries = Deliveries(len(NUMBERS))
        self.github, self.slack = GitHubStandIn(), Playground(SystemClock())

    async def ends(self, times: int) -> Tally:
        """End it so many times in a flood, then let it live in peace, and look."""
        async with self.github, self.slack:
            self._people_come()
            for end in range(times):
                self.acknowledged.approved.clear()
                for number in NUMBERS:  # what was said of it before counts no more
                    self.github.push(number, {f"d{number}/a.py": f"{end}\n"}, "ana")
                async with self._bot() as (process, port):
                    await self._drained()
                    await self._end(process, self._flood(port))
            async with self._bot() as (process, _):
                await self._drained()
                await self._end(process, None)
            with reading(self.database) as rooms:
                self.tally.faults += judge(self.acknowledged, rooms, self.github, self.slack)
        self.tally.faults += lost(self.acknowledged, self.database)
        self.tally.tried["webhooks"] = len(self.acknowledged.webhooks)
        self.tally.tried["clicks"] = len(self.acknowledged.clicks)
        return self.tally

    def _people_come(self) -> None:
        for who in ("ana", *APPROVERS):
            self.github.add_person(who, email=f"{who}@example.com")
            self.slack.workspace.add_user(User(f"U0{who.upper()}", who, who.title()))
        self.slack.workspace.scopes |= LOOKING_BACK  # without, a message may come twice
        users = list(self.slack.workspace.users)
        for number in NUMBERS:
            self.slack.workspace.add_channel(channel_of(number), users)
            files = {f"d{number}/a.py": f"{number}\n"}
            self.github.open_pull("ana", f"f{number}", files=files, title=f"Change {number}")
        (self.folder / "policy.yml").write_text(POLICY, "utf-8")
        self.env = complete_settings(self.folder, self.github.url, self.slack.api_url)
        (self.folder / "people.yml").write_text(PEOPLE, "utf-8")
        self.env |= {
            "SLACK_BOT_TOKEN": self.slack.bot_token,
            "SLACK_SIGNING_SECRET": self.slack.signing_secret,
            "GITHUB_TOKEN": self.github.token,
            "GITHUB_WEBHOOK_SECRET": SECRET,
        }
        del self.env["SLACK_APP_TOKEN"]

    @asynccontextmanager
    async def _bot(self) -> AsyncIterator[tuple[Process, int]]:
        """A life of it, from when it serves on."""
        began = time.monotonic()
        async with running(self.env) as process:
            port = int((await says(process, "serving"))["port"])
            self.tally.measure("s until it served", time.monotonic() - began)
            self.slack.deliver_to(f"http://127.0.0.1:{port}/slack/events")
            # Nobody may keep it from writing to its log.
            reading_on = asyncio.create_task(process.communicate())
            yield process, port
            await reading_on
        self.tally.tried["lives"] += 1

    def _flood(self, port: int) -> Flood:
        """Webhooks as fast as they are answered, and everybody clicks on every card."""
        self.slack.api.trouble.slow = lambda: self.chance.random() * SLOWEST
        self.github.faults.slow = self._hesitates
        clicks = [
            asyncio.create_task(self._click(who, number, FLOOD * self.chance.random()))
            for who in APPROVERS
            for number in NUMBERS
        ]
        calls = len(self.slack.api.calls)
        webhooks = asyncio.create_task(deliver(port, PATIENCE, self.deliveries))
        return Flood(time.monotonic() + FLOOD, calls, webhooks, clicks)

    async def _said_something(self, flood: Flood) -> None:
        """Wait until it is telling somebody something, which Slack takes its time for."""
        while POSTING not in self.slack.api.calls[flood.calls :]:
            if time.monotonic() > flood.until:
                return
            await asyncio.sleep(0.01)
        await asyncio.sleep(self.chance.random())

    def _hesitates(self) -> float:
        longest = SLOWEST if self.chance.random() * SELDOM < 1 else QUICKLY
        return self.chance.random() * longest

    async def _click(self, who: str, number: int, after: float) -> None:
        await asyncio.sleep(after)
        card = self.slack.workspace.messages(channel_of(number))[-1]
        user, before = f"U0{who.upper()}", len(self.slack.courier.sent)
        with suppress(Impossible, NotAcknowledged):  # it is approved already, or hung up on
            await self.slack.people.click(user, card.channel, card.ts, APPROVE)
            mine = next(
                one.payload
                for one in self.slack.courier.sent[before:]
                if one.payload["user"]["id"] == user and one.payload["message"]["ts"] == card.ts
            )
            self.acknowledged.clicks.add(key_of(mine))
            self.acknowledged.approved.add(number)

    async def _end(self, process: Process, flood: Flood | None) -> None:
        """Tell it to stop, in the flood or in peace, and see how it ends."""
        if flood is not None:
            await self._said_something(flood)
            self.tally.tried["SIGTERM"] += 1
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        try:
            code = await asyncio.wait_for(process.wait(), 2 * WITHIN)
        except TimeoutError:
            process.kill()
            code = await process.wait()
        took = time.monotonic() - began
        self.tally.measure("s until it ended", took)
        if took > WITHIN:
            self.tally.faults.append(f"it took {took:.1f} s to end")
        if code:
            self.tally.faults.append(f"it ended with {code}")
        if flood is not None:
            sent = await flood.webhooks
            self.acknowledged.webhooks |= sent.answered
            await asyncio.gather(*flood.clicks)
            self.github.faults.slow = self.slack.api.trouble.slow = lambda: 0.0

    async def _drained(self) -> None:
        """Wait until everything is decided and said; Slack takes a message a second."""
        until = time.monotonic() + DRAINED_WITHIN
        while time.monotonic() < until:
            with reading(self.database) as rooms:
                moments = (rooms.inbox.next_moment(), rooms.outbox.next_moment())
            if not any(moments):
                return
            await asyncio.sleep(POLL)
        self.tally.faults.append(
            f"something was left to do after {DRAINED_WITHIN:.0f} s: {moments}"
        )
