"""What people can do besides approving, through the public faces: snooze, claim, hand on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.world import AI_MESSAGE, World

PAYMENT = {"payments/refund.py": "x = 1\n"}


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with World(tmp_path) as world:
        yield world


async def test_who_snoozes_hears_of_it_when_it_ends(world: World) -> None:
    await world.opens("ana", PAYMENT, message=AI_MESSAGE)
    await world.clicks("omar", "snooze")
    assert not await world.submits("omar", until="1h")
    assert "snoozed until" in world.text(world.card())
    assert "You will hear of this again" in world.told("omar")[-1]
    await world.pass_time(hours=1)
    assert world.dms("omar")[-1].startswith("Reminder: shop#1")
    assert "snoozed until" not in world.text(world.card())


async def test_who_claims_a_review_is_asked_and_the_card_says_it(world: World) -> None:
    number = await world.opens("ana", PAYMENT, message=AI_MESSAGE)
    await world.chooses("dana", "claim")
    assert "Dana Ng — on it" in world.text(world.card())
    assert world.github.requested(number) == {"omar-d", "dana-ng"}


async def test_an_author_asks_somebody_else_instead(world: World) -> None:
    number = await world.opens("ana", PAYMENT, message=AI_MESSAGE)
    await world.chooses("ana", "assign")
    assert not await world.submits("ana", to="U0DANA", instead="omar")
    assert world.github.requested(number) == {"dana-ng"}
    assert "Ana Ito asked Dana Ng instead of Omar Diaz." in world.thread()
