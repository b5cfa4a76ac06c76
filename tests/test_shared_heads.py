"""Two pull requests with one head commit share its status, so the stricter one decides it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.world import POLICY, World

STRICT_ON_MAIN = POLICY.replace(
    "rules:\n",
    "rules:\n  - name: production\n    when: {branch: production}\n"
    "    require: {approvals: 1, from: {min_tenure: 5y}}\n",
)
PAGE = {"web/page.py": "x = 1\n"}


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with World(tmp_path, policy=STRICT_ON_MAIN) as world:
        world.github.branch("playground")
        yield world


async def into_playground(world: World) -> int:
    """Ana's change into a lenient branch, approved by Kim, who is new here."""
    number = world.github.open_pull("ana-ito", "feature", base="playground", files=PAGE)
    await world.settled()
    await world.approves("kim")
    return number


async def into_main(world: World) -> int:
    """The same head, offered to production."""
    number = world.github.open_pull("ana-ito", "feature", base="main")
    await world.settled()
    return number


async def test_an_approval_for_a_lenient_base_does_not_open_the_strict_one(world: World) -> None:
    lenient = await into_playground(world)
    assert world.github.gate(lenient) == "success"
    strict = await into_main(world)
    assert world.github.gate(strict) == "pending"


async def test_it_opens_neither_when_it_is_given_while_both_are_open(world: World) -> None:
    lenient = world.github.open_pull("ana-ito", "feature", base="playground", files=PAGE)
    await world.settled()
    card = world.card()
    strict = await into_main(world)
    await world.clicks("kim", "approve", card)
    assert world.github.gate(lenient) == "pending"
    said = world.github.gate_description(lenient)
    assert said is not None
    assert said.startswith(f"for #{strict} into main: needs tenure ≥ 5 y")


async def test_what_one_lacked_being_there_opens_the_gate_for_both(world: World) -> None:
    await into_playground(world)
    strict = await into_main(world)
    await world.approves("dana")
    assert world.github.gate(strict) == "success"


async def test_the_strict_one_closed_no_longer_holds_back_the_other(world: World) -> None:
    lenient = await into_playground(world)
    strict = await into_main(world)
    world.github.close(strict)
    await world.settled()
    assert world.github.gate(lenient) == "success"


async def test_a_head_left_by_one_keeps_the_gate_of_the_other_there(world: World) -> None:
    lenient = await into_playground(world)
    world.github.branch("twin", "feature")
    twin = world.github.open_pull("ana-ito", "twin", base="playground")
    await world.settled()
    await world.approves("kim")
    assert world.github.gate(lenient) == "success"
    await world.pushes("ana", twin, {"web/other.py": "y = 2\n"})
    assert world.github.gate(lenient) == "success"
    assert world.github.gate(twin) == "pending"
