"""GitHub's merge queue: each member is decided on, and only then does the queue's commit pass."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.world import World

PAGE, OTHER = {"web/page.py": "x = 1\n"}, {"web/other.py": "y = 1\n"}


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with World(tmp_path) as world:
        yield world


async def queued(world: World, number: int, onto: str | None = None) -> str:
    sha = world.github.queue(number, onto)
    await world.settled()
    return sha


async def test_what_was_approved_passes_the_queue(world: World) -> None:
    number = await world.opens("ana", PAGE)
    await world.approves("dana")
    sha = await queued(world, number)
    assert world.github.status_of(sha) == "success"


async def test_what_was_not_approved_is_held_in_the_queue_until_it_is(world: World) -> None:
    number = await world.opens("ana", PAGE)
    sha = await queued(world, number)
    assert world.github.status_of(sha) == "pending"
    await world.approves("dana")
    assert world.github.status_of(sha) == "success"


async def test_an_approval_that_is_taken_back_shuts_the_queue_too(world: World) -> None:
    number = await world.opens("ana", PAGE)
    await world.approves("dana")
    sha = await queued(world, number)
    await world.reviews("omar", number, "REQUEST_CHANGES")
    assert world.github.status_of(sha) == "failure"


async def test_every_member_of_the_queue_is_decided_on(world: World) -> None:
    first = await world.opens("ana", PAGE, head="first")
    second = await world.opens("ana", OTHER, head="second")
    await world.approves("dana")  # the newest card: the second
    below = await queued(world, first)
    sha = await queued(world, second, onto=below)
    assert world.github.gate(second) == "success"
    assert world.github.status_of(sha) == "pending"
