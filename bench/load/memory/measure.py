"""Plays lives until so many events were decided, and looks at the bot's memory all the way."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import tempfile
import time
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import aiohttp
import click

from bench.load.intake import DATABASE
from bench.load.memory.bot import Running, Seat, running
from bench.load.memory.forge import PROJECT
from bench.load.memory.lives import Lives
from bench.load.process import cpu_seconds, resident_mb
from bench.slack_day.town import people_file, policy_file
from bot.clock import StoryClock
from bot.doctor import channels_of
from bot.playground.nouns import User
from bot.playground.server import Playground
from bot.policies import Policies
from routing.model import Ref
from storage.database import reading

BEGINS = datetime(2026, 11, 16, tzinfo=UTC)
A_ROUND = timedelta(hours=2)
"""So long it is until the next thing happens. What a month has passed over is swept out."""
PEOPLE = 60
SHOWN = 10
"""So often it is said how it goes."""
REMEMBERED = 300
"""Messages of each channel; those of a month would slow the workspace down."""
TIDIED_EVERY = 20
PATIENCE = 300.0
GROWTH_MB = 8.0
"""More than that is a leak: after the first tenth nothing is left that has yet to fill."""


def memory(events: int) -> bool:
    """Measure and print; whether the memory stayed as it was after the first tenth."""
    with tempfile.TemporaryDirectory() as name:
        course = asyncio.run(_Course(Path(name), events).run())
    warm, end = course[0], course[-1]
    click.echo(
        f"memory over {end.events:,} events: {warm.mb:.1f} MB after {warm.events:,}, "
        f"{end.mb:.1f} MB at the end, {max(one.mb for one in course):.1f} MB at most; "
        f"{warm.blocks:,} live blocks, {end.blocks:,} at the end"
    )
    return end.mb - warm.mb <= GROWTH_MB


@dataclass(frozen=True, slots=True)
class Sample:
    """How much memory the bot held after so many events, and in how many blocks of live objects.

    What is free between two live ones stays with the process: the blocks tell a leak from that.
    """

    events: int
    mb: float
    blocks: int


class _Course:
    """The workspace, the bot, and people between them."""

    def __init__(self, folder: Path, events: int) -> None:
        self._folder, self._events, self._rounds, self._blocks = folder, events, 0, 0
        self._clock = StoryClock(BEGINS)
        chance = random.Random(1)  # noqa: S311 - the same people each time
        (folder / "policy.yml").write_text(policy_file(), "utf-8")
        (folder / "people.yml").write_text(people_file(PEOPLE, chance), "utf-8")
        self._rulebook = Policies(folder / "policy.yml", folder / "people.yml").current
        self._slack = Playground(self._clock)
        self._lives = Lives(self._slack, self._rulebook.people, self._clock, seed=1)

    async def run(self) -> list[Sample]:
        """The samples, from the first tenth of the events on."""
        users = [str(one.slack) for one in self._rulebook.people]
        for user in users:
            self._slack.workspace.add_user(User(user, user.lower(), user))
        for channel in channels_of(self._rulebook.policy):
            self._slack.workspace.add_channel(channel, users)
        with ExitStack() as ends:
            async with self._slack as slack:
                tokens = (slack.bot_token, slack.api_url, slack.signing_secret)
                seat = Seat(BEGINS.isoformat(), *tokens)
                # In a thread: the bot signs in at the workspace before it says where it listens.
                bot = await asyncio.to_thread(ends.enter_context, running(self._folder, seat))
                slack.deliver_to(f"{bot.url}/slack/events")
                limit = aiohttp.ClientTimeout(total=PATIENCE)
                async with aiohttp.ClientSession(timeout=limit) as http:
                    return await self._play(bot, http)

    async def _play(self, bot: Running, http: aiohttp.ClientSession) -> list[Sample]:
        course: list[Sample] = []
        began, shown = time.monotonic(), 1
        while True:
            await self._round(bot, http)
            events, effects = self._counted()
            if events * SHOWN < self._events:
                continue
            course.append(Sample(events, resident_mb(bot.pid), self._blocks))
            if events * SHOWN >= self._events * shown:
                shown += 1
                click.echo(
                    f"{events:,} events ({self._lives.done.total():,} from outside), "
                    f"{effects:,} effects: {course[-1].mb:.1f} MB, "
                    f"{course[-1].blocks:,} live blocks, "
                    f"{cpu_seconds(bot.pid):,.0f} s of CPU in {time.monotonic() - began:,.0f} s"
                )
            if events >= self._events:
                return course

    async def _round(self, bot: Running, http: aiohttp.ClientSession) -> None:
        """The next thing happens to everything that is open, and an hour passes."""
        with reading(self._folder / DATABASE) as rooms:
            refs = [Ref("github", PROJECT, number) for number in self._lives.numbers]
            reviews = [rooms.reviews.get(ref) for ref in refs]
        await self._lives.go_on(http, bot.url, reviews)
        self._clock.move_to(self._clock.now() + A_ROUND)
        until = quote(self._clock.now().isoformat())
        async with http.post(f"{bot.url}/time?until={until}") as answer:
            answer.raise_for_status()
            self._blocks = int(await answer.text())
        self._rounds += 1
        if self._rounds % TIDIED_EVERY == 0:
            self._tidy()

    def _tidy(self) -> None:
        """Take out of the workspace what nobody looks at any more."""
        workspace = self._slack.workspace
        for channel in list(workspace.channels):
            for message in workspace.timeline(channel)[:-REMEMBERED]:
                workspace.delete(message)
        self._slack.courier.sent.clear()
        self._slack.api.calls.clear()

    def _counted(self) -> tuple[int, int]:
        """How many events and effects there were so far, those that were swept out included."""
        with closing(sqlite3.connect(self._folder / DATABASE)) as connection:
            rows = "SELECT max(seq) FROM inbox UNION ALL SELECT max(seq) FROM outbox"
            (events,), (effects,) = connection.execute(rows)
        return int(events or 0), int(effects or 0)
