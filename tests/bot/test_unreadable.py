"""A review that nobody can read: its gate is shut, and it stays in sight until it can be read."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from routing.effects import GateState
from routing.model import Ref
from storage.database import Rooms
from tests.processes import countersign
from tests.world import SLACK, World

WEB = {"web/a.ts": "x\n"}
REF = Ref("github", "acme/shop", 1)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with World(tmp_path) as world:
        assert await world.opens("ana", WEB) == REF.number
        await world.reviews("dana", REF.number, "APPROVE")
        assert world.github.gate(REF.number) == GateState.SUCCESS
        yield world


BODIES = {
    "of another version": """{"kind": "a review of tomorrow"}""",
    "no JSON at all": "{",
}


async def write(world: World, body: str | None) -> str:
    """Put something else in the place of what is kept; returns what was there."""

    def work(rooms: Rooms) -> str:
        db = rooms.reviews._db.conn
        (was,) = db.execute("SELECT body FROM reviews WHERE ref = ?", (str(REF),)).fetchone()
        db.execute("UPDATE reviews SET body = ? WHERE ref = ?", (body, str(REF)))
        return str(was)

    return await world.storage.run(work)


@pytest.mark.parametrize("what", BODIES)
async def test_its_gate_is_shut_and_says_why(world: World, what: str) -> None:
    await write(world, BODIES[what])
    await world.pass_time(minutes=5)
    assert world.github.gate(REF.number) == GateState.FAILURE
    assert "cannot be read" in (world.github.gate_description(REF.number) or "")


@pytest.mark.parametrize("what", BODIES)
async def test_readiness_and_metrics_name_it(world: World, what: str) -> None:
    await write(world, BODIES[what])
    await world.pass_time(minutes=5)
    assert any(str(REF) in one.sentence for one in await world.bot.troubles())
    measured = await world.bot.measured()
    assert measured.depths is not None
    assert measured.depths.unreadable == 1


async def test_it_is_on_the_ledger_once_however_often_it_is_looked_at(world: World) -> None:
    await write(world, "{")
    await world.pass_time(minutes=5)
    await world.pass_time(minutes=5)
    assert (await world.kinds(REF.number)).count("evaluation_failed") == 1


async def test_once_it_can_be_read_its_gate_opens_again(world: World) -> None:
    was = await write(world, "{")
    await world.pass_time(minutes=5)
    await write(world, was)
    await world.pushes("ana", REF.number, {"web/a.ts": "y\n"})
    await world.reviews("dana", REF.number, "APPROVE")
    assert world.github.gate(REF.number) == GateState.SUCCESS
    assert await world.bot.troubles() == ()


async def test_a_readable_review_of_the_same_head_does_not_open_its_gate(world: World) -> None:
    await write(world, "{")
    await world.pass_time(minutes=5)
    world.github.create_branch("lenient") if hasattr(world.github, "create_branch") else None
    assert world.github.gate(REF.number) == GateState.FAILURE


async def test_both_doctors_say_it_in_the_same_words(world: World) -> None:
    await write(world, "{")
    await world.pass_time(minutes=5)
    await world.slack.people.slash(SLACK["dana"], "#reviews", "/review", "doctor")
    await world.slack.until(lambda: world.told("dana"))
    env = {
        "COUNTERSIGN_DATABASE": str(world.folder / "countersign.db"),
        "COUNTERSIGN_PEOPLE": str(world.people_file),
        "SLACK_BOT_TOKEN": world.slack.bot_token,
        "SLACK_API_URL": world.slack.api_url,
    }
    _, out, _ = await countersign("doctor", "--json", env=env)
    (found,) = (one for one in json.loads(out)["findings"] if one["project"] == "database")
    assert str(REF) in found["sentence"]
    for words in (found["sentence"], found["cure"]):
        assert words in world.told("dana")[-1]
