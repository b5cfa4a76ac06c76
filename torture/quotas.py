"""The whole bot between a GitHub, a GitLab and a Slack that fail, and that count every call.

Calls go over real HTTP, time is the stand-ins'. What each allows is what it documents; a call
beyond that is a fault, whatever else goes wrong.
"""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from bot.forges.github.limits import GITHUB_COM
from bot.forges.gitlab.adapter import GITLAB_COM
from bot.playground.trouble import Trouble
from storage.database import Rooms
from tests.both_forges import BothForges
from tests.standins.faults import Faults
from tests.standins.quotas import github_quotas, gitlab_quotas
from torture.folders import folder_in_memory
from torture.tally import Tally

FAILING = 0.3
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

    def strikes(self) -> bool:
        """Whether the call at hand fails."""
        struck = self.bad and self.chance.random() < FAILING
        self.failed += struck
        return struck


class Stormy(Faults):
    """A forge's faults: connections that break, answers that are lost, 429 and 5xx."""

    def __init__(self, weather: Weather) -> None:
        super().__init__()
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
    """Slack's faults."""

    def __init__(self, weather: Weather) -> None:
        super().__init__()
        self.weather = weather

    def refusal(self) -> int | None:
        """A 429 or a 5xx, or an answer that is lost."""
        if not self.weather.strikes():
            return None
        kind = self.weather.chance.choice([TOO_MANY, 500, 503, None])
        self.losing = int(kind is None)
        return kind


@dataclass
class Signatures:
    """The oracle: which heads Dana has signed. Nobody else may."""

    heads: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)

    def look(self, world: BothForges) -> None:
        """Note every open gate on a head that she did not sign."""
        for forge in (world.github, world.gitlab):
            for number in range(1, REQUESTS + 1):
                head = forge.head(number)
                if forge.gate(number) == "success" and head not in self.heads:
                    self.wrong.append(f"{number} is open on {head}, which nobody signed")


def press(hours: float, seed: int, *, careless: bool = False) -> Tally:
    """So many simulated hours of it. A careless bot counts nothing: it must be found out."""
    with folder_in_memory() as name:
        world = BothForges(Path(name), policy=POLICY)
        if not careless:
            world.limits, world.paced = {"github": GITHUB_COM, "gitlab": GITLAB_COM}, True
        return asyncio.run(_press(world, hours, random.Random(seed)))  # noqa: S311 - seeded


async def _press(world: BothForges, hours: float, chance: random.Random) -> Tally:
    tally, weather, signed = Tally(), Weather(chance, bad=False), Signatures()
    async with world:
        world.slack.limits_on = True
        github = world.github.server.quotas = github_quotas(world.clock.now)
        gitlab = world.gitlab.server.quotas = gitlab_quotas(world.clock.now)
        world.github.server.faults = Stormy(weather)
        world.gitlab.server.faults = Stormy(weather)
        world.slack.api.trouble = StormySlack(weather)
        for number in range(1, REQUESTS + 1):  # all at once, as after a release
            world.github.open_pull("ana-ito", f"f{number}", files={"a.py": "1\n"}, title="T")
            world.gitlab.open_merge_request("ana.ito", f"f{number}", files={"a.py": "1\n"})
        began = world.clock.now()
        while world.clock.now() - began < timedelta(hours=hours):
            weather.bad = world.clock.now() - began > CALM
            _somebody_acts(world, signed, chance)
            await _passes(world)
            signed.look(world)
        weather.bad, ended = False, world.clock.now()
        while await world.storage.run(_left) and world.clock.now() - ended < DRAINED_WITHIN:
            await _passes(world, SECOND)
        drained = (world.clock.now() - ended).total_seconds()
        signed.look(world)
        tally.faults += [f"not drained after {drained:.0f} s"] * (
            drained > DRAINED_WITHIN.total_seconds()
        )
        tally.faults += signed.wrong + _unopened(world, signed)
        overruns = {
            "GitHub": github.overruns,
            "GitLab": gitlab.overruns,
            "Slack": world.slack.api.pacing.overruns,
        }
        for name, found in overruns.items():
            tally.faults += [f"{name}: {one}" for one in found]
        calls = {
            "GitHub": github.calls,
            "GitLab": gitlab.calls,
            "Slack": len(world.slack.api.calls),
        }
    tally.tried.update({f"calls of {name}": count for name, count in calls.items()})
    tally.tried["of them failed"] = weather.failed
    tally.measure("simulated s to drain", drained)
    return tally


def _somebody_acts(world: BothForges, signed: Signatures, chance: random.Random) -> None:
    """A push, Dana's approval, or one that must not count."""
    number, what = chance.randint(1, REQUESTS), chance.random()
    if what < 0.2:
        line = f"{chance.random()}\n"
        world.github.push(number, {"a.py": line}, "ana-ito")
        world.gitlab.push(number, {"a.py": line}, "ana.ito")
    elif what < 0.35:
        world.github.review(number, "dana-ng", "APPROVE")
        world.gitlab.approve(number, "dana.ng")
        signed.heads |= {world.github.head(number), world.gitlab.head(number)}
    elif what < 0.4:
        world.github.review(number, "kim-roy", "APPROVE")


async def _passes(world: BothForges, span: timedelta = STEP) -> None:
    """Some time, and everything that is due in it."""
    await world.settled()  # nothing is under way while the clock jumps
    before = world.clock.now()
    world.clock.move_to(before + span)
    if before.timestamp() // TICK.seconds != world.clock.now().timestamp() // TICK.seconds:
        await world.bot.schedule.tick()
    await world.settled()


def _left(rooms: Rooms) -> int:
    return rooms.inbox.waiting() + rooms.outbox.waiting()


def _unopened(world: BothForges, signed: Signatures) -> list[str]:
    """Merge requests that are signed and whose gate is shut all the same."""
    return [
        f"{forge.__class__.__name__} {number} is signed and shut: {forge.gate(number)}"
        for forge in (world.github, world.gitlab)
        for number in range(1, REQUESTS + 1)
        if forge.head(number) in signed.heads and forge.gate(number) != "success"
    ]
