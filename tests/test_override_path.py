"""Break-glass through the public faces: the command, the button, the gate, the follow-up."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.world import AI_MESSAGE, GITHUB, POLICY, SLACK, World

PAYMENT = {"payments/refund.py": "x = 1\n"}
GLASS = (
    'override: {from: {min_tenure: 3y}, channel: "#incidents"}\nai: {may_clear: [dana]}\nrules:\n'
)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with World(tmp_path, policy=POLICY.replace("rules:\n", GLASS)) as world:
        world.slack.workspace.add_channel("#incidents", SLACK.values())
        yield world


async def says(world: World, who: str, text: str) -> None:
    await world.slack.people.slash(SLACK[who], "#reviews", "/review", text)
    await world.settled()


def url(number: int) -> str:
    return f"https://github.test/acme/shop/pull/{number}"


async def overridden(world: World) -> int:
    number = await world.opens("ana", PAYMENT, message=AI_MESSAGE)
    await says(world, "dana", f"override {url(number)} payments are down")
    await world.clicks("omar", "override.second")
    return number


async def test_two_people_let_a_change_pass_and_everybody_can_read_why(world: World) -> None:
    number = await overridden(world)
    assert world.github.gate(number) == "success"
    said = str(world.github.gate_description(number))
    assert said.startswith("OVERRIDDEN by Dana Ng and Omar Diaz until 11:00 UTC: payments are")
    announced = [world.text(one) for one in world.slack.workspace.messages("#incidents")]
    assert len(announced) == 2
    assert "payments are down" in announced[1]


async def test_the_second_can_agree_by_the_command_too(world: World) -> None:
    number = await world.opens("ana", PAYMENT, message=AI_MESSAGE)
    await says(world, "dana", f"override {url(number)} payments are down")
    await says(world, "omar", f"override {url(number)}")
    assert world.github.gate(number) == "success"


async def test_it_ends_after_an_hour(world: World) -> None:
    number = await overridden(world)
    await world.pass_time(hours=1)
    assert world.github.gate(number) == "pending"


async def test_what_was_merged_under_it_is_looked_at_afterwards(world: World) -> None:
    number = await overridden(world)
    world.github.merge(number, "ana-ito")
    await world.settled()
    card, *_, stuck = (world.text(one) for one in world.cards())
    assert "Merged under an override" in card
    assert "cannot be completed as it is: nobody can give" in stuck
    assert any("Its signatures are wanted yet" in one for one in world.github.comments(number))
    assert (await world.kinds(number)).count("override") == 1


async def test_it_is_asked_for_and_shown_until_others_have_signed_it(world: World) -> None:
    number = await world.opens("ana", {"web/a.md": "Hi\n"})
    await says(world, "dana", f"override {url(number)} payments are down")
    await world.clicks("omar", "override.second")
    world.github.merge(number, "ana-ito")
    await world.settled()
    assert any("Merged under an override, it is to be reviewed" in one for one in world.dms("kim"))
    await says(world, "dana", "queue")
    assert "1 review waiting" in world.told("dana")[-1]
    await world.clicks("dana", "approve")
    assert "took part in the override" in world.told("dana")[-1]
    await world.approves("kim")
    assert "reviewed since by Kim" in world.text(world.card())
    await says(world, "dana", "queue")
    assert "0 reviews waiting" in world.told("dana")[-1]
    assert "followed_up" in await world.kinds(number)


async def test_a_signature_on_the_forge_counts_there_too_though_its_delivery_was_lost(
    world: World,
) -> None:
    number = await world.opens("ana", {"web/a.md": "Hi\n"})
    await says(world, "dana", f"override {url(number)} payments are down")
    await world.clicks("omar", "override.second")
    world.github.merge(number, "ana-ito")
    await world.settled()
    world.github.hooks.automatic = False
    world.github.review(number, GITHUB["kim"], "APPROVE")
    world.github.deliveries.clear()
    await world.pass_time(minutes=5)
    assert "followed_up" in await world.kinds(number)


async def test_a_wrong_mark_is_cleared_by_whom_the_policy_names(world: World) -> None:
    number = await world.opens("ana", PAYMENT, message=AI_MESSAGE)
    assert "ai-in-payments" in world.text(world.card())
    await says(world, "dana", f"clear {url(number)} it is a template's trailer")
    assert "Dana Ng cleared the mark of AI" in world.text(world.card())
    assert "mark_cleared" in await world.kinds(number)
