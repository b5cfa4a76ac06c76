"""`/review` through the public faces."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.world import AI_MESSAGE, SLACK, World


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with World(tmp_path) as world:
        yield world


async def says(world: World, who: str, text: str) -> str:
    """What `/review text` answers to somebody."""
    await world.slack.people.slash(SLACK[who], "#reviews", "/review", text)
    return world.told(who)[-1]


async def test_mine_lists_what_waits_for_me_and_my_own(world: World) -> None:
    await world.opens("ana", {"payments/a.py": "x\n"}, message=AI_MESSAGE)
    assert "Your turn: shop#1" in await says(world, "omar", "mine")
    assert "Yours: shop#1" in await says(world, "ana", "mine")


async def test_why_names_rules_people_and_those_left_out(world: World) -> None:
    await world.opens("ana", {"payments/a.py": "x\n"}, message=AI_MESSAGE)
    said = await says(world, "kim", "why https://github.test/acme/shop/pull/1")
    assert "ai-in-payments: needs tenure ≥ 5 y, or expert in payments" in said
    assert "declared expert in payments" in said
    assert "Ana Ito opened it" in said


async def test_why_without_a_known_address_says_how_to_ask(world: World) -> None:
    assert "I know no merge request at" in await says(world, "kim", "why https://x.test/1")


async def test_status_counts_what_is_open(world: World) -> None:
    await world.opens("ana", {"web/a.ts": "x\n"})
    assert "1 open: 1 waiting, 0 approved" in await says(world, "kim", "status")


async def test_an_unknown_word_is_answered_with_the_nearest_one(world: World) -> None:
    assert "Did you mean /review status" in (await says(world, "kim", "sttaus")).replace("`", "")


async def test_help_lists_every_word(world: World) -> None:
    said = await says(world, "kim", "help")
    for word in ("status", "mine", "why", "help"):
        assert f"/review {word}" in said
