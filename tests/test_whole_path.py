"""The whole path through the public faces: a pull request in, a signed-off gate out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.world import AI_MESSAGE, World


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with World(tmp_path) as world:
        yield world


async def test_an_opened_pull_request_gets_a_pending_gate_that_names_what_is_missing(
    world: World,
) -> None:
    number = await world.opens("ana", {"payments/refund.py": "x = 1\n"}, message=AI_MESSAGE)
    assert world.github.gate(number) == "pending"
    assert "tenure ≥ 5 y" in str(world.github.gate_description(number))


async def test_whoever_is_asked_gets_a_direct_message_and_a_request_on_github(
    world: World,
) -> None:
    number = await world.opens("ana", {"payments/refund.py": "x = 1\n"}, message=AI_MESSAGE)
    asked = {who for who in ("dana", "omar", "kim", "ana") if world.dms(who)}
    assert len(asked) == 1
    assert asked <= {"dana", "omar"}
    assert world.github.requested(number) == {f"{'dana-ng' if 'dana' in asked else 'omar-d'}"}


async def test_a_qualified_click_opens_the_gate(world: World) -> None:
    number = await world.opens("ana", {"payments/refund.py": "x = 1\n"}, message=AI_MESSAGE)
    await world.approves("dana")
    assert world.github.gate(number) == "success"
    assert world.github.gate_description(number) == "approved by Dana Ng"
