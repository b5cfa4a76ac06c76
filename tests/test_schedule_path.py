"""What time does to a review, through the public faces: reminders, digests, reconciling."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from tests.world import POLICY, World

WEB = {"web/cart.ts": "x = 1\n"}


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with World(tmp_path) as world:
        yield world


def asked(world: World) -> str:
    return next(who for who in ("dana", "omar", "kim") if world.dms(who))


async def test_a_stale_review_is_reminded_when_its_ladder_says_so(world: World) -> None:
    await world.opens("ana", WEB)
    who = asked(world)
    await world.pass_time(hours=3, minutes=59)
    assert len(world.dms(who)) == 1
    await world.pass_time(minutes=2)
    (reminder,) = world.below(who)
    assert "Reminder: review shop#1" in reminder


async def test_a_reminder_is_sent_once(world: World) -> None:
    await world.opens("ana", WEB)
    who = asked(world)
    await world.pass_time(hours=4, minutes=1)
    await world.pass_time(minutes=10)
    await world.pass_time(minutes=10)
    assert len(world.dms(who)) == 2


async def test_after_the_ladders_second_rung_somebody_else_is_asked(world: World) -> None:
    number = await world.opens("ana", WEB)
    first = world.github.requested(number)
    await world.pass_time(hours=24 + 3)  # 8 working hours: Monday 10:00 to Tuesday 13:00
    assert len(world.github.requested(number)) == 1
    assert world.github.requested(number) != first


async def test_an_answer_stops_the_ladder(world: World) -> None:
    await world.opens("ana", WEB)
    who = asked(world)
    await world.approves(who)
    await world.pass_time(hours=48)
    assert not any("Reminder" in text for text in world.dms(who))


async def test_a_lost_webhook_costs_at_most_the_interval(world: World) -> None:
    world.github.hooks.automatic = False
    number = await world.opens("ana", WEB)
    assert world.github.gate(number) is None
    await world.pass_time(minutes=5)
    assert world.github.gate(number) == "pending"


async def test_the_digest_comes_at_its_hour_once_and_lists_what_waits(world: World) -> None:
    await world.opens("ana", WEB)
    await world.pass_time(hours=23, minutes=1)  # Tuesday 09:01
    await world.pass_time(minutes=1)
    digests = [text for text in map(world.text, world.cards()) if "waiting" in text[:20]]
    assert len(digests) == 1
    assert "shop#1" in digests[0]


async def test_a_digest_with_nothing_to_do_is_not_sent(world: World) -> None:
    await world.pass_time(hours=23, minutes=1)
    assert world.cards() == []


async def test_a_bad_edit_of_the_policy_leaves_the_last_good_one_and_readyz_says_so(
    world: World,
) -> None:
    world.policy_file.write_text("version: 1\nrules: nonsense\n", "utf-8")
    await world.pass_time(seconds=15)
    async with aiohttp.ClientSession() as session, session.get(f"{world.url}/readyz") as answer:
        assert answer.status == 503
        assert "policy.yml:2" in await answer.text()
    number = await world.opens("ana", WEB)
    await world.approves("kim")
    assert world.github.gate(number) == "success"


async def test_a_stricter_policy_binds_reviews_that_are_open(world: World) -> None:
    number = await world.opens("ana", WEB)
    await world.approves("kim")
    assert world.github.gate(number) == "success"
    stricter = POLICY.replace("from: {anyone: true}", "from: {min_tenure: 5y}")
    world.policy_file.write_text(stricter, "utf-8")
    await world.pass_time(seconds=15)
    assert world.github.gate(number) == "pending"
    assert "tenure ≥ 5 y" in str(world.github.gate_description(number))


async def test_all_is_well_on_readyz_and_healthz(world: World) -> None:
    async with aiohttp.ClientSession() as session:
        for path in ("/readyz", "/healthz"):
            async with session.get(f"{world.url}{path}") as answer:
                assert answer.status == 200
