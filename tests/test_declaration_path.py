"""The question to the author through the public faces: two buttons, a form, the gate."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.world import POLICY, SLACK, World

PAGE = {"web/page.py": "x = 1\n" * 20}
ASKING = POLICY.replace("rules:\n", "ai: {declaration: required}\nrules:\n")


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with World(tmp_path, policy=ASKING) as world:
        yield world


async def test_the_author_is_asked_in_their_direct_messages(world: World) -> None:
    await world.opens("ana", PAGE)
    assert world.dms("ana")[0].startswith("One question: shop#1")
    assert "No AI helped" in world.dms("ana")[0]


async def test_the_answer_no_opens_what_an_approval_alone_does_not(world: World) -> None:
    number = await world.opens("ana", PAGE)
    await world.approves("kim")
    assert world.github.gate(number) == "pending"
    await world.clicks("ana", "declare.none")
    assert world.github.gate(number) == "success"
    assert "declared" in await world.kinds(number)


async def test_the_answer_yes_names_the_tools_and_marks_the_change(world: World) -> None:
    await world.opens("ana", PAGE)
    (question,) = world.slack.workspace.dms(SLACK["ana"])
    await world.clicks("ana", "declare.ai", question)
    assert await world.submits("ana", tools=" Claude Code, ,Copilot ") == {}
    assert "declared AI-assisted (Claude Code, Copilot)" in world.text(world.card())


async def test_a_reviewer_cannot_answer_for_the_author(world: World) -> None:
    number = await world.opens("ana", PAGE)
    await world.clicks("dana", "declare.none")
    assert "only whoever wrote it can say" in world.told("dana")[-1]
    assert world.github.gate(number) == "pending"
