"""Where the real bot lives: a GitHub, a Slack and people around `countersign run`, a process.

Stock clients speak with the stand-ins over HTTP. The bot ends and begins again on the same files;
in the end everything that it has acknowledged must be there, and nothing done twice.
"""

from __future__ import annotations

import asyncio
import json
import random
import signal
import sqlite3
import time
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, closing, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Self

from bench.load.deliveries import SECRET, Deliveries
from bot.clock import SystemClock
from bot.dispatcher import STILL_AT_IT
from bot.playground.nouns import User
from bot.playground.refusal import Impossible, NotAcknowledged
from bot.playground.server import Playground
from bot.slack.cards import APPROVE
from bot.slack.clicks import key_of
from bot.slack.scopes import LOOKING_BACK
from storage.codec import moment
from storage.database import reading
from tests.processes import complete_settings, running, says
from tests.standins.github.site import GitHubStandIn
from torture.aftermath import NUMBERS, Acknowledged, channel_of, judge, lost
from torture.tally import Tally

WITHIN = 10.0
"""Seconds from SIGTERM to the end; platforms kill after that."""
DRAINED_WITHIN = 180.0
SOON = timedelta(seconds=2 * STILL_AT_IT.total_seconds())
LEFT = """\
SELECT subject, body, problem FROM inbox WHERE state = 'new' AND (attempts OR not_before < :soon)
UNION ALL
SELECT subject, body, problem FROM outbox WHERE state = 'new' AND (attempts OR not_before < :soon)
"""
"""What is left to do before `SOON`, or was tried already."""
POLL = 0.5
APPROVERS = ("dana", "omar", "kim")
MOST = 30
"""So many merge requests can be opened; each has a channel of its own."""
POLICY = "version: 1\ndomains:\n" + "".join(
    f'  d{number}: {{paths: ["d{number}/**"], channel: "#d{number}"}}\n'
    for number in range(1, MOST + 1)
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
class Life:
    """A bot that serves, from when it does to its end."""

    process: Process
    port: int


class Place:
    """Use as `async with Place(folder, chance) as place`."""

    def __init__(self, folder: Path, chance: random.Random) -> None:
        self.folder, self.chance = folder, chance
        self.database = folder / "countersign.db"
        self.tally, self.acknowledged = Tally(), Acknowledged()
        self.deliveries = Deliveries(len(NUMBERS))
        self.github, self.slack = GitHubStandIn(), Playground(SystemClock())
        self._standing = AsyncExitStack()

    async def __aenter__(self) -> Self:
        """People come, and open their merge requests."""
        await self._standing.enter_async_context(self.github)
        await self._standing.enter_async_context(self.slack)
        for who in ("ana", *APPROVERS):
            self.github.add_person(who, email=f"{who}@example.com")
            self.slack.workspace.add_user(User(f"U0{who.upper()}", who, who.title()))
        self.slack.workspace.scopes |= LOOKING_BACK  # without, a message may come twice
        users = list(self.slack.workspace.users)
        for number in range(1, MOST + 1):
            self.slack.workspace.add_channel(channel_of(number), users)
        for _ in NUMBERS:
            self.open()
        self._write_settings()
        return self

    def open(self) -> None:
        """The author opens one more merge request."""
        number = len(self.github.pulls) + 1
        files = {f"d{number}/a.py": f"{number}\n"}
        self.github.open_pull("ana", f"f{number}", files=files, title=f"Change {number}")

    def _write_settings(self) -> None:
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

    async def __aexit__(self, *_: object) -> None:
        """The stand-ins go."""
        await self._standing.aclose()

    @asynccontextmanager
    async def life(self, more: Mapping[str, str] | None = None) -> AsyncIterator[Life]:
        """A life of the bot, from when it serves on; `more` is added to its environment."""
        began = time.monotonic()
        async with running(self.env | dict(more or {})) as process:
            port = int((await says(process, "serving"))["port"])
            self.tally.measure("s until it served", time.monotonic() - began)
            self.slack.deliver_to(f"http://127.0.0.1:{port}/slack/events")
            # Nobody may keep it from writing to its log.
            reading_on = asyncio.create_task(process.communicate())
            yield Life(process, port)
            await reading_on
        self.tally.tried["lives"] += 1

    async def end(self, life: Life) -> None:
        """Tell it to stop, and see how it ends."""
        began = time.monotonic()
        life.process.send_signal(signal.SIGTERM)
        try:
            code = await asyncio.wait_for(life.process.wait(), 2 * WITHIN)
        except TimeoutError:
            life.process.kill()
            code = await life.process.wait()
        took = time.monotonic() - began
        self.tally.measure("s until it ended", took)
        if took > WITHIN:
            self.tally.faults.append(f"it took {took:.1f} s to end")
        if code:
            self.tally.faults.append(f"it ended with {code}")

    def push(self, number: int, what: str) -> None:
        """The author goes on; whatever was said of the head before counts no more."""
        self.github.push(number, {f"d{number}/a.py": f"{what}\n"}, "ana")
        self.acknowledged.attempted.discard(number)
        self.acknowledged.approved.discard(number)

    async def click(self, who: str, number: int, after: float) -> None:
        """After so many seconds somebody approves with the card's button."""
        await asyncio.sleep(after)
        self.acknowledged.attempted.add(number)
        card = self.slack.workspace.messages(channel_of(number))[-1]
        user, before = f"U0{who.upper()}", len(self.slack.courier.sent)
        # A card that has not heard of a push yet is refused, rightly.
        is_fresh = self.github.head(number)[:8] in json.dumps(card.blocks)
        with suppress(Impossible, NotAcknowledged):  # approved already, refused, or hung up on
            await self.slack.people.click(user, card.channel, card.ts, APPROVE)
            mine = next(
                one.payload
                for one in self.slack.courier.sent[before:]
                if one.payload["user"]["id"] == user and one.payload["message"]["ts"] == card.ts
            )
            self.acknowledged.clicks.add(key_of(mine))
            if is_fresh:
                self.acknowledged.approved.add(number)

    async def drained(self) -> None:
        """Wait until everything is decided and said; Slack takes a message a second.

        But for what is put off on purpose: an edit that only describes waits for what may follow.
        """
        until = time.monotonic() + DRAINED_WITHIN
        while left := self._left():
            if time.monotonic() > until:
                self.tally.faults.append(f"left to do after {DRAINED_WITHIN:.0f} s: {left}")
                return
            await asyncio.sleep(POLL)

    def _left(self) -> list[str]:
        soon = {"soon": moment(SystemClock().now() + SOON)}
        with closing(sqlite3.connect(self.database)) as connection:
            return [str(row) for row in connection.execute(LEFT, soon)]

    def judge(self) -> None:
        """What is not as it must be; once the bot has ended in peace."""
        with reading(self.database) as rooms:
            self.tally.faults += judge(self.acknowledged, rooms, self.github, self.slack)
        self.tally.faults += lost(self.acknowledged, self.database)
        self.tally.tried["webhooks"] += len(self.acknowledged.webhooks)
        self.tally.tried["clicks"] += len(self.acknowledged.clicks)
        asked = (pull.requests for pull in self.github.pulls.values())
        self.tally.tried["requests for review"] += sum(asked)
