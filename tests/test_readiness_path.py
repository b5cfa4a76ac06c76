"""`/readyz` over the real thing: a part that is down is named with the next step, until it works.

The database's own troubles are in `test_trouble_path`.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import bot.slack.gateway
import bot.watchman
from bot.app import Front
from bot.clock import StoryClock
from bot.proof.keys import SigningKey
from bot.proof.notary import Notary
from tests.both_forges import BothForges
from tests.world import POLICY, World

WEB = {"web/a.ts": "x\n"}
SIX_MINUTES = timedelta(minutes=6)
NEXT_STEP = "; "
"""What stands between what is wrong and what to do."""


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[BothForges]:
    async with BothForges(tmp_path) as world:
        yield world


async def until(world: World, said: str) -> str:
    """The one problem, once there is one that says this."""
    async with asyncio.timeout(30):
        while True:
            problems = await world.problems()
            if any(said in one for one in problems):
                (problem,) = problems
                assert NEXT_STEP in problem
                return problem
            await asyncio.sleep(0.02)


# Forges.


@pytest.mark.parametrize("forge", ["github", "gitlab"])
async def test_a_forge_that_cannot_be_reached(world: BothForges, forge: str) -> None:
    faults = world.github.faults if forge == "github" else world.gitlab.faults
    faults.down = True
    await world.pass_time(minutes=5)
    problem = await until(world, "could not be reached while")
    assert problem.startswith(f"{forge}: ")
    faults.down = False
    await world.pass_time(minutes=5)
    assert await world.problems() == []


@pytest.mark.parametrize("forge", ["github", "gitlab"])
async def test_a_forge_that_takes_our_token_no_more(world: BothForges, forge: str) -> None:
    server = world.github.server if forge == "github" else world.gitlab.server
    taken, server.tokens = server.tokens, {}
    await world.pass_time(minutes=5)
    assert "TOKEN" in await until(world, f"{forge}: Git")
    server.tokens = taken
    await world.pass_time(minutes=5)
    assert await world.problems() == []


async def test_a_project_that_we_may_not_see_any_more(world: BothForges) -> None:
    shop = world.github.repositories.pop("acme/shop")
    await world.pass_time(minutes=5)
    assert "check GITHUB_REPOSITORIES" in await until(world, "github: GitHub said no (404)")
    world.github.repositories["acme/shop"] = shop
    await world.pass_time(minutes=5)
    assert await world.problems() == []


# Slack.


async def test_a_slack_that_does_not_work(world: BothForges) -> None:
    world.slack.down = True
    await world.opens("ana", WEB)
    assert "Slack: it is in trouble" in await until(world, "Slack")
    world.slack.down = False
    await world.pass_time(minutes=5)
    assert await world.problems() == []
    assert world.cards()


async def test_a_token_that_slack_takes_no_more_shows_though_nobody_says_anything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot.watchman, "EVERY_SECONDS", 0.02)
    async with World(tmp_path) as world:
        world.slack.api.trouble.revoked = True
        assert "copy SLACK_BOT_TOKEN anew" in await until(world, "Slack: it does not take")
        world.slack.api.trouble.revoked = False
        await world.until_ready()


async def test_a_socket_that_is_down(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot.slack.gateway, "WATCH_SECONDS", 0.02)
    async with World(tmp_path, socket=True) as world:
        world.slack.api.trouble.revoked = True  # no new one is opened
        await world.slack.sockets.close()
        assert "SLACK_APP_TOKEN" in await until(world, "Slack: its socket is down")
        world.slack.api.trouble.revoked = False
        await world.until_ready()


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(6.5, "clock: this machine's is 6 minutes behind Slack's"),
     (-6.5, "clock: this machine's is 6 minutes ahead of Slack's")],
)  # fmt: skip
async def test_a_clock_that_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, minutes: float, said: str
) -> None:
    monkeypatch.setattr(bot.watchman, "EVERY_SECONDS", 0.02)
    world = World(tmp_path)
    world.paced = True
    async with world:
        right = world.slack.workspace.clock
        world.slack.workspace.clock = StoryClock(right.now() + timedelta(minutes=minutes))
        assert "NTP" in await until(world, said)
        world.slack.workspace.clock = right
        await world.until_ready()


APP = ("1.2", "the app's secret")


async def test_a_sign_in_that_nobody_can_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot.watchman, "EVERY_SECONDS", 0.02)
    world = World(tmp_path)
    world.slack.openid.client_id, world.slack.openid.client_secret = APP
    world.front = Front("https://countersign.example", slack_app=APP)
    async with world:
        await world.until_ready()
        world.slack.openid.client_secret = "another by now"
        assert "SLACK_CLIENT_SECRET" in await until(world, "sign-in: nobody can sign in")
        world.slack.openid.client_secret = APP[1]
        await world.until_ready()


# What is our own.


async def test_a_policy_that_is_not_in_force(world: BothForges) -> None:
    world.policy_file.write_text("version: 1\nrules: nonsense\n", "utf-8")
    await world.pass_time(seconds=15)
    assert "policy.yml:2" in await until(world, "files: not in force")
    world.policy_file.write_text(POLICY, "utf-8")
    await world.pass_time(seconds=15)
    assert await world.problems() == []


async def test_a_disk_that_is_nearly_full(
    world: BothForges, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as small:
        small.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=2**20))
        assert "make room" in await until(world, "database: its disk has only 1 MB left")
    assert await world.problems() == []


async def test_deadlines_that_nobody_looks_at(world: BothForges) -> None:
    schedule = world.bot.schedule
    assert schedule._ticked is not None
    schedule._ticked -= 100
    assert "start the bot again" in await until(world, "schedule: it has not ticked for 100 sec")
    await world.pass_time(seconds=15)
    assert await world.problems() == []


async def test_a_schedule_that_has_stopped(world: BothForges) -> None:
    world.bot.schedule._scheduler.shutdown(wait=False)
    await asyncio.sleep(0)  # APScheduler ends in the loop's next round
    await until(world, "schedule: it does not tick any more")


@pytest.mark.parametrize(("queue", "worker"), [("inbox", "_engine"), ("outbox", "_dispatcher")])
async def test_a_queue_that_nobody_works_on(world: BothForges, queue: str, worker: str) -> None:
    loop = getattr(world.bot, worker)._loop
    loop.cancel()
    await asyncio.wait([loop])
    assert "start the bot again" in await until(world, f"{queue}: nobody works on it")


async def test_work_that_is_stuck(world: BothForges) -> None:
    world.github.faults.road.clear()
    world.github.open_pull("ana-ito", "feature", files=WEB)
    await world.github.faults.arrived.wait()
    assert await world.problems() == []
    world.clock.move_to(world.clock.now() + SIX_MINUTES)
    await until(world, "inbox: what comes first in it is due since 6 minutes")
    world.github.faults.road.set()
    await world.settled()
    assert await world.problems() == []


async def test_checkpoints_that_cannot_be_written(tmp_path: Path) -> None:
    world, place = World(tmp_path), tmp_path / "elsewhere"
    key = SigningKey(Ed25519PrivateKey.generate())
    world.notary = Notary(world.storage, place / "checkpoints", key, world.clock)
    place.mkdir()
    async with world:
        await world.opens("ana", WEB)
        shutil.rmtree(place)
        world.clock.move_to(world.clock.now() + SIX_MINUTES)
        assert "COUNTERSIGN_CHECKPOINTS" in await until(world, "ledger: the ledger's checkpoint")
        place.mkdir()
        world.clock.move_to(world.clock.now() + SIX_MINUTES)
        await world.until_ready()
