"""Direct messages: one for each ask; what follows is said below, and none offers what is over."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from bot.playground.nouns import Message
from tests.world import AI_MESSAGE, POLICY, SLACK, World

PAYMENT = {"payments/refund.py": "x = 1\n"}
FIX = {"payments/refund.py": "x = 2\n"}


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with World(tmp_path) as world:
        yield world


async def the_turn(world: World, who: str = "omar", head: str = "feature") -> Message:
    """Ana opens a payment that Omar is asked to sign; the message that tells him so."""
    await world.opens("ana", PAYMENT, message=AI_MESSAGE, head=head)
    return world.own(who)[-1]


def now(world: World, message: Message) -> str:
    """The message as it stands by now."""
    return world.text(world.slack.workspace.message(message.channel, message.ts))


async def later(world: World, message: Message) -> str:
    """The message a minute later: what goes on within one is one edit."""
    await world.pass_time(minutes=1)
    return now(world, message)


async def test_a_reminder_stands_below_the_message_and_mentions_whose_turn_it_is(
    world: World,
) -> None:
    turn = await the_turn(world)
    await world.pass_time(hours=4, minutes=1)
    (reminder,) = world.slack.workspace.thread(turn.channel, turn.ts)
    assert reminder.text.startswith("<@U0OMAR> Reminder: review shop#1")
    assert "<@U0OMAR>" in reminder.blocks[0]["text"]["text"]
    assert len(world.own("omar")) == 1
    assert "overdue since" in await later(world, turn)
    assert "[ Approve ]" in now(world, turn)


async def merges(world: World) -> None:
    world.github.merge(1, "ana-ito")
    await world.settled()


async def closes(world: World) -> None:
    world.github.close(1)
    await world.settled()


async def drafts(world: World) -> None:
    world.github.convert_to_draft(1)
    await world.settled()


async def dana_approves(world: World) -> None:
    await world.reviews("dana", 1, "APPROVE")


async def hands_on(world: World) -> None:
    await world.chooses("ana", "assign")
    await world.submits("ana", to="U0DANA", instead="omar")


async def stays_silent(world: World) -> None:
    await world.pass_time(hours=24 + 3)  # 8 working hours


@pytest.mark.parametrize(
    ("happens", "said"),
    [
        (merges, "It was merged."),
        (closes, "It was closed."),
        (drafts, "It is a draft again."),
        (dana_approves, "Approved by Dana Ng."),
        (hands_on, "Ana Ito gave Omar Diaz’s part to Dana Ng."),
        (stays_silent, "Somebody else is asked."),
    ],
    ids=lambda one: getattr(one, "__name__", ""),
)
async def test_when_the_turn_is_over_the_message_says_why_and_offers_nothing(
    world: World, happens: Callable[[World], Awaitable[None]], said: str
) -> None:
    turn = await the_turn(world)
    await happens(world)
    text = await later(world, turn)
    assert text.startswith("No longer yours: shop#1")
    assert said in text
    assert "[" not in text
    assert len(world.own("omar")) == 1


async def test_what_is_taken_back_is_said_below_without_a_mention(world: World) -> None:
    turn = await the_turn(world)
    await stays_silent(world)
    *_, back = world.slack.workspace.thread(turn.channel, turn.ts)
    assert back.text.startswith("Taken back: shop#1")


async def test_who_clicks_on_the_message_sees_at_once_what_came_of_it(world: World) -> None:
    turn = await the_turn(world)
    await world.clicks("omar", "approve", turn)
    assert now(world, turn).startswith("Done: shop#1")
    assert "You approved it." in now(world, turn)


async def test_a_message_that_is_behind_is_refused_told_why_and_brought_up_to_date(
    world: World,
) -> None:
    turn = await the_turn(world)
    await world.pushes("ana", 1, FIX)
    was = now(world, turn)
    await world.clicks("omar", "approve", turn)
    assert "was pushed since" in world.told("omar")[-1]
    assert now(world, turn) != was
    await world.clicks("omar", "approve", world.own("omar")[-1])
    assert now(world, turn).startswith("Done")


async def test_a_push_while_it_is_somebodys_turn_is_no_new_message_but_another_head(
    world: World,
) -> None:
    turn = await the_turn(world)
    await world.pushes("ana", 1, FIX)
    head = world.github.head(1)[:8]
    assert f"head `{head}`" in await later(world, turn)
    assert len(world.own("omar")) == 1


async def test_who_is_asked_anew_has_a_new_message_and_the_old_one_stays_done(
    world: World,
) -> None:
    turn = await the_turn(world)
    await world.clicks("omar", "approve", turn)
    await world.pushes("ana", 1, FIX)
    old, new = world.own("omar")
    assert new.text.startswith("Changed since you approved: review shop#1")
    assert "You were asked anew" in await later(world, old)
    assert "[" not in now(world, old)
    assert "[ Approve ]" in now(world, new)


async def test_in_a_message_of_several_things_each_ends_by_itself(world: World) -> None:
    await world.pass_time(hours=8)  # Monday 18:00
    for head in ("one", "two"):
        await world.opens("ana", PAYMENT, message=AI_MESSAGE, head=head)
    await world.pass_time(hours=15, minutes=1)  # Tuesday 9:01
    (turn,) = world.own("omar")
    assert turn.text.startswith("Review shop#1 and shop#2 · due")
    await world.reviews("dana", 1, "APPROVE")
    text = await later(world, turn)
    assert text.startswith("No longer yours: shop#1")
    assert text.count("[ Approve ]") == 1
    await world.pass_time(hours=4, minutes=1)
    (reminder,) = world.below("omar")
    assert "shop#2" in reminder
    assert "shop#1" not in reminder


async def test_every_reminder_of_a_message_stands_below_it_once(world: World) -> None:
    await world.pass_time(hours=8)
    for head in ("one", "two"):
        await world.opens("ana", PAYMENT, message=AI_MESSAGE, head=head)
    await world.pass_time(hours=15, minutes=1)
    await world.pass_time(hours=4, minutes=1)
    # In one reply or two: what waits at the same moment is said together.
    assert sum(said.count("Reminder: review") for said in world.below("omar")) == 2


async def test_who_took_it_on_is_told_of_it_by_the_first_reminder_only(world: World) -> None:
    await world.opens("ana", PAYMENT, message=AI_MESSAGE)
    await world.chooses("dana", "claim")
    assert not world.own("dana")
    await world.pass_time(hours=4, minutes=1)
    (reminder,) = world.own("dana")
    assert reminder.text.startswith("Reminder: review shop#1")
    assert "[ Approve ]" in world.text(reminder)
    await world.pass_time(hours=24)
    assert len(world.own("dana")) == 1
    assert any("Taken back" in said for said in world.below("dana"))


async def test_a_snooze_stands_in_the_message_and_its_end_below(world: World) -> None:
    turn = await the_turn(world)
    await world.clicks("omar", "snooze", turn)
    await world.submits("omar", until="1h")
    assert "snoozed until" in now(world, turn)
    await world.pass_time(hours=1)
    (awake,) = world.below("omar")
    assert "Your snooze is over." in awake
    assert "snoozed until" not in await later(world, turn)


async def test_the_question_whether_ai_helped_offers_no_answer_once_it_has_one(
    tmp_path: Path,
) -> None:
    asking = POLICY.replace("rules:\n", "ai: {declaration: required}\nrules:\n")
    async with World(tmp_path, policy=asking) as world:
        await world.opens("ana", {"web/page.py": "x = 1\n" * 20})
        (question,) = world.own("ana")
        await world.clicks("ana", "declare.none", question)
        assert now(world, question).startswith("Done: shop#1")
        assert "[" not in now(world, question)


async def test_a_lead_can_ask_somebody_from_the_message_that_calls_for_help(
    tmp_path: Path,
) -> None:
    telling = POLICY.replace("do: reassign", "do: tell_lead")
    async with World(tmp_path, policy=telling) as world:
        turn, card = await the_turn(world), world.card()
        await world.pass_time(hours=24 + 3)
        (call,) = world.own("dana")
        assert call.text.startswith("Needs a lead: shop#1")
        (line,) = world.slack.workspace.thread(card.channel, card.ts)
        assert world.text(line) == "Dana Ng was asked to find a reviewer."
        await world.clicks("dana", "assign", call)
        await world.submits("dana", to=SLACK["dana"], instead="omar")
        assert "Dana Ng gave Omar Diaz’s part" in await later(world, turn)


async def test_what_a_message_offers_is_taken_back_after_a_restart_too(world: World) -> None:
    turn = await the_turn(world)
    await world.stop_bot()
    await dana_approves_unheard(world)
    await world.start_bot()
    await world.pass_time(minutes=5)
    assert "Approved by Dana Ng." in await later(world, turn)


async def dana_approves_unheard(world: World) -> None:
    world.github.review(1, "dana-ng", "APPROVE")
    await world.github.quiet()


async def test_a_message_that_was_deleted_is_no_reason_to_stay_silent(world: World) -> None:
    turn = await the_turn(world)
    world.slack.workspace.delete(turn)
    await world.pass_time(hours=4, minutes=1)
    (reminder,) = world.own("omar")
    assert reminder.text.startswith("Reminder: review shop#1")
