"""Digests as people see them: edited as items close, and the week's figures with a picture."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.playground.nouns import Message
from routing.model import Ref
from routing.trail import Entry
from storage.database import Rooms
from tests.world import POLICY, SLACK, World

WEB, CART = {"web/cart.ts": "x = 1\n"}, {"web/pay.ts": "y = 1\n"}
Story = Sequence[tuple[int, Sequence[Entry]]]
LEADS = '  - {channel: "#leads", show: insights, at: "09:00", days: Tue, timezone: UTC}\n'


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with World(tmp_path, policy=POLICY + LEADS) as world:
        world.slack.workspace.add_channel("#leads", SLACK.values())
        yield world


def digests(world: World) -> list[Message]:
    found = (message for message in world.cards() if "shop#1 ·" not in message.text)
    return [one for one in found if "waiting" in one.text or "is left" in one.text]


async def the_digest_comes(world: World) -> Message:
    """Two changes wait, and the channel is told so."""
    await world.opens("ana", WEB)
    await world.opens("ana", CART, head="other")
    await world.pass_time(hours=23, minutes=1)  # Tuesday 09:01
    (digest,) = digests(world)
    assert digest.text == "2 reviews waiting"
    return digest


def now(world: World, digest: Message) -> str:
    return world.text(world.slack.workspace.message(digest.channel, digest.ts))


async def test_a_digest_is_edited_as_its_items_close(world: World) -> None:
    digest = await the_digest_comes(world)
    await world.reviews("kim", 1, "APPROVE")
    assert now(world, digest).startswith("2 reviews waiting")  # what comes together is one edit
    await world.pass_time(minutes=1)
    assert now(world, digest).startswith("1 review waiting, 1 done")
    assert "shop#1 · Retry refunds" in now(world, digest)
    assert "approved by Kim Roy" in now(world, digest)


async def test_what_goes_on_within_a_minute_is_one_edit(world: World) -> None:
    digest = await the_digest_comes(world)
    for number in (1, 2):
        await world.reviews("kim", number, "APPROVE")
    before = world.slack.api.calls.count("chat.update")
    await world.pass_time(minutes=1)
    assert now(world, digest).startswith("Nothing is left: 2 reviews done")
    turns = [one for who in SLACK for one in world.own(who) if one.edited_ts]
    assert world.slack.api.calls.count("chat.update") - before == len(turns) + 1


async def test_an_approval_that_lapses_opens_the_item_again(world: World) -> None:
    digest = await the_digest_comes(world)
    await world.reviews("kim", 1, "APPROVE")
    await world.pass_time(minutes=1)
    await world.pushes("ana", 1, {"web/cart.ts": "x = 2\n"})
    await world.pass_time(minutes=1)
    assert now(world, digest).startswith("2 reviews waiting")


@pytest.mark.parametrize("span", [{"hours": 24}, {"hours": 25}], ids=["the next one", "a day"])
async def test_an_old_digest_stays_as_it_was(world: World, span: dict[str, int]) -> None:
    digest = await the_digest_comes(world)
    await world.pass_time(**span)
    was = now(world, digest)
    await world.reviews("kim", 1, "APPROVE")
    await world.pass_time(minutes=1)
    assert now(world, digest) == was


async def test_what_closed_while_slack_was_down_is_shown_when_it_is_back(world: World) -> None:
    digest = await the_digest_comes(world)
    world.slack.down = True
    await world.reviews("kim", 1, "APPROVE")
    await world.pass_time(minutes=1)
    world.slack.down = False
    await world.pass_time(minutes=10)
    await world.pass_time(minutes=1)
    assert now(world, digest).startswith("1 review waiting, 1 done")


def leads(world: World) -> list[Message]:
    return world.slack.workspace.messages("#leads")


async def a_week_passed(world: World) -> None:
    """Five people wrote and answered a change each, in the week before this one."""
    last = world.clock.now() - timedelta(days=5)
    crowd = ["ana", "dana", "omar", "kim", "lee"]
    for number, who in enumerate(crowd):
        ref = Ref("github", "acme/shop", number + 100)
        asked = [{"person": one, "why": ""} for one in crowd if one != who]
        decision: dict[str, Any] = {
            "provenance": {"verdict": "ai-assisted"},
            "domains": ["web"],
            "asked": asked,
        }
        story = (
            (0, [Entry("opened", {"author": who}), Entry("decision", decision)]),
            (2, [Entry("approval", {})]),
            (6, [Entry("merged", {})]),
        )

        def write(rooms: Rooms, ref: Ref = ref, story: Story = story) -> None:
            for hours, entries in story:
                rooms.ledger.append(ref, entries, last + timedelta(hours=hours))

        await world.storage.run(write)


async def test_the_weeks_figures_come_once_with_a_picture(world: World) -> None:
    await a_week_passed(world)
    await world.pass_time(hours=23, minutes=1)  # Tuesday 09:01
    assert leads(world) == []  # Slack works on the picture for a moment
    for _ in range(3):
        await world.pass_time(seconds=30)
    (message,) = leads(world)
    text = world.text(message)
    assert "Median time to first review: 2.0 h" in text
    assert "Median time to merge: 6.0 h" in text
    assert "AI helped with: 100%" in text
    (shown,) = [block for block in message.blocks if block["type"] == "image"]
    assert world.slack.workspace.files.picture(shown["slack_file"]["id"]) is not None
    assert "Median time to merge: 6.0 h" in shown["alt_text"]


async def test_after_a_restart_the_weeks_figures_do_not_come_again(world: World) -> None:
    await a_week_passed(world)
    await world.pass_time(hours=23, minutes=1)
    await world.pass_time(seconds=30)
    await world.stop_bot()
    await world.start_bot()
    await world.pass_time(hours=5)
    assert len(leads(world)) == 1


async def test_a_second_try_shows_the_same_picture(world: World) -> None:
    await a_week_passed(world)
    await world.pass_time(hours=23, minutes=1)
    world.slack.fail_next(2)
    for _ in range(6):
        await world.pass_time(minutes=2)
    assert len(leads(world)) == 1
    assert len(world.slack.workspace.files.all) == 1


async def test_without_the_scope_the_figures_come_without_the_picture(world: World) -> None:
    world.slack.workspace.scopes -= {"files:write"}
    await a_week_passed(world)
    await world.pass_time(hours=23, minutes=1)
    (message,) = leads(world)
    assert "the picture could not be shown here" in world.text(message)


async def test_a_week_without_merge_requests_is_not_told(world: World) -> None:
    await world.pass_time(hours=23, minutes=1)
    await world.pass_time(minutes=1)
    assert leads(world) == []
