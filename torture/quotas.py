"""The whole bot between a GitHub, a GitLab and a Slack that fail, and that count every call.

Calls go over real HTTP, time is the stand-ins'. What each allows is what it documents; a call
beyond that is a fault, whatever else goes wrong.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from bot.forges.github.limits import GITHUB_COM
from bot.forges.gitlab.adapter import GITLAB_COM
from bot.playground.trouble import Trouble
from storage.database import Rooms
from tests.both_forges import BothForges
from tests.standins.faults import Faults
from tests.standins.quotas import github_quotas, gitlab_quotas
from torture.folders import folder_in_memory
from torture.given_up import given_up
from torture.patience import DONE_WITHIN, HANGS, impatience
from torture.tally import Tally

FAILING = 0.3
HANGING = 0.002
"""Of all calls: each of them holds a thread up for real, and what waits for it."""
TOO_MANY = 429
REQUESTS = 40
"""On each forge, all opened at once: what they need is more than a minute allows."""
CALM = timedelta(minutes=2)
"""So long the weather is good at first."""
STEP, SECOND = timedelta(seconds=10), timedelta(seconds=1)
TICK = timedelta(seconds=30)
DRAINED_WITHIN = timedelta(minutes=5)
POLICY = """\
version: 1
rules:
  - {name: everything, require: {approvals: 1, from: {min_tenure: 5y}}}
review: {channel: "#reviews", ask: 2, max_open: 100}
"""


@dataclass
class Weather:
    """Bad weather: three of ten calls fail."""

    chance: random.Random
    bad: bool = True
    failed: int = 0
    hung: int = 0
    _until: float = 0.0

    def strikes(self) -> bool:
        """Whether the call at hand fails."""
        struck = self.bad and self.chance.random() < FAILING
        self.failed += struck
        return struck

    def holds_up(self) -> float:
        """How many seconds nothing is heard of the call at hand; longer than anybody waits."""
        hangs = self.bad and self.chance.random() < HANGING
        if hangs:
            self.hung += 1
            self._until = asyncio.get_running_loop().time() + HANGS
        return HANGS if hangs else 0.0

    async def nothing_hangs(self) -> None:
        """Return once what hung was done: no call is under way for minutes of the stand-ins' time.

        The dispatcher relies on it (`STILL_AT_IT`).
        """
        left = self._until - asyncio.get_running_loop().time()
        if left > 0:
            await asyncio.sleep(left + DONE_WITHIN)


class Stormy(Faults):
    """A forge's faults: calls that hang, connections that break, lost answers, 429 and 5xx."""

    def __init__(self, weather: Weather) -> None:
        super().__init__(slow=weather.holds_up)
        self.weather = weather
        self._status: int | None = None

    def is_cut(self) -> bool:
        """One in five of those that fail is cut, one in five loses its answer."""
        self._status = self.retry_after = None
        if not self.weather.strikes():
            return False
        kind = self.weather.chance.choice(["cut", "lost", TOO_MANY, 500, 502])
        self._status = kind if isinstance(kind, int) else None
        if kind == TOO_MANY:
            self.retry_after = self.weather.chance.choice([1, 5, 30, 60])
        self.lost_answers = int(kind == "lost")
        return kind == "cut"

    def failure(self, method: str) -> int | None:
        """The status that it fails with."""
        del method
        return self._status


class StormySlack(Trouble):
    """Slack's: calls that hang, lost answers, 429 and 5xx."""

    def __init__(self, weather: Weather) -> None:
        super().__init__(slow=weather.holds_up)
        self.weather = weather

    def refusal(self) -> int | None:
        """A 429 or a 5xx, or an answer that is lost."""
        if not self.weather.strikes():
            return None
        kind = self.weather.chance.choice([TOO_MANY, 500, 503, None])
        self.losing = int(kind is None)
        return kind


class Still(BothForges):
    """Its clock moves when the trial says so, and not with every call: limits are to the second."""

    def _moment(self) -> datetime:
        return self.clock.now()


def press(hours: float, seed: int, requests: int = REQUESTS) -> Tally:
    """So many simulated hours of it, with so many merge requests on each forge."""
    with impatience(), folder_in_memory() as name:
        world = Still(Path(name), policy=POLICY)
        world.limits = {"github": GITHUB_COM, "gitlab": GITLAB_COM}
        world.paced = True
        pressing = _Pressing(world, random.Random(seed), requests)  # noqa: S311 - seeded
        return asyncio.run(pressing.press(hours))


class _Pressing:
    """The world, who signed what in it, and what was found."""

    def __init__(self, world: BothForges, chance: random.Random, requests: int) -> None:
        self.world = world
        self.chance = chance
        self.requests = range(1, requests + 1)
        self.weather = Weather(chance, bad=False)
        self.signed = set[str]()
        """The oracle: the heads that Dana has signed. Nobody else may."""
        self.tally = Tally()

    async def press(self, hours: float) -> Tally:
        """The hours, and what is left to do after them."""
        async with self.world as world:
            world.slack.limits_on = True
            world.github.server.quotas = github_quotas(world.clock.now)
            world.gitlab.server.quotas = gitlab_quotas(world.clock.now)
            world.github.server.faults = Stormy(self.weather)
            world.gitlab.server.faults = Stormy(self.weather)
            world.slack.api.trouble = StormySlack(self.weather)
            for number in self.requests:  # all at once, as after a release
                own = {"a.py": f"{number}\n"}  # a shared head would share its gate
                world.github.open_pull("ana-ito", f"f{number}", files=own, title="Change it")
                world.gitlab.open_merge_request("ana.ito", f"f{number}", files=own)
            began = world.clock.now()
            while world.clock.now() - began < timedelta(hours=hours):
                self.weather.bad = world.clock.now() - began > CALM
                self._somebody_acts()
                await self._passes(STEP)
            await self._calm_down()
            self._count()
        return self.tally

    def _somebody_acts(self) -> None:
        """A push, Dana's approval, or one that must not count."""
        number, github, gitlab = (
            self.chance.choice(self.requests),
            self.world.github,
            self.world.gitlab,
        )
        match self.chance.randrange(20):
            case 0 | 1 | 2 | 3:
                line = f"{self.chance.random()}\n"
                github.push(number, {"a.py": line}, "ana-ito")
                gitlab.push(number, {"a.py": line}, "ana.ito")
            case 4 | 5 | 6:
                github.review(number, "dana-ng", "APPROVE")
                gitlab.approve(number, "dana.ng")
                self.signed |= {github.head(number), gitlab.head(number)}
            case 7:
                github.review(number, "kim-roy", "APPROVE")
            case _:
                pass

    async def _passes(self, span: timedelta) -> None:
        """Some time, and everything that is due in it."""
        await self.world.settled()  # nothing is under way while the clock jumps
        await self.weather.nothing_hangs()
        before = self.world.clock.now()
        self.world.clock.move_to(before + span)
        if before.timestamp() // TICK.seconds != self.world.clock.now().timestamp() // TICK.seconds:
            await self.world.bot.schedule.tick()
        await self.world.settled()
        self._look(lambda signed, gate: gate == "success" and not signed, "is open and not signed")

    async def _calm_down(self) -> None:
        """The weather is good again: what waits is done within minutes, and all is right."""
        self.weather.bad, ended = False, self.world.clock.now()
        while left := await self.world.storage.run(_left):
            if self.world.clock.now() - ended > DRAINED_WITHIN:
                self.tally.faults.append(f"{left} things were left after {DRAINED_WITHIN}")
                return
            await self._passes(SECOND)
        drained = (self.world.clock.now() - ended).total_seconds()
        self.tally.measure("simulated s to drain", drained)
        self._look(lambda signed, gate: signed and gate != "success", "is signed and not open")
        self.tally.faults += given_up(self.world.storage.path)
        if (cards := len(self.world.cards())) != 2 * len(self.requests):
            self.tally.faults.append(f"{cards} cards for twice {len(self.requests)} requests")

    def _look(self, wrong: Callable[[bool, str | None], bool], what: str) -> None:
        for forge in (self.world.github, self.world.gitlab):
            self.tally.faults += [
                f"{type(forge).__name__}: {number} {what}"
                for number in self.requests
                if wrong(forge.head(number) in self.signed, forge.gate(number))
            ]

    def _count(self) -> None:
        """Calls, and those that were one too many."""
        world = self.world
        for name, server in (("GitHub", world.github.server), ("GitLab", world.gitlab.server)):
            if server.quotas is not None:
                self.tally.tried[f"calls of {name}"] = server.quotas.calls
                self.tally.faults += [f"{name}: {one}" for one in server.quotas.overruns]
        self.tally.tried["calls of Slack"] = len(world.slack.api.calls)
        self.tally.tried["of them failed"] = self.weather.failed
        self.tally.tried["of them hung until nobody waited"] = self.weather.hung
        self.tally.faults += [f"Slack: {one}" for one in world.slack.api.pacing.overruns]


def _left(rooms: Rooms) -> int:
    return rooms.inbox.waiting() + rooms.outbox.waiting()
