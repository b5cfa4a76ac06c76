"""The messenger and direct messages: remembered, added to, edited, never in the way of cards."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.errors import NotYet
from bot.playground.nouns import Message
from bot.slack.pace import TIER_3
from routing.effects import ShowCard, ShowDirect, TellPerson, Topic
from routing.events import DirectPosted
from routing.record import AskState
from tests.bot.builders import an_ask
from tests.bot.slack.speaking import Speaking
from tests.builders import NOW, REF

TURN = TellPerson(REF, "dana", Topic.YOUR_TURN, "Why you: expert.")
REMINDER = TellPerson(REF, "dana", Topic.REMINDER, "If you cannot, decline.")


def said(speaking: Speaking) -> list[Message]:
    return speaking.playground.workspace.dms("U0DANA")


async def the_turn(speaking: Speaking) -> DirectPosted:
    await speaking.keeps()
    posted = await speaking.tells(TURN)
    assert posted is not None
    return posted


async def test_where_a_turn_stands_and_of_which_ask_it_is_comes_back(speaking: Speaking) -> None:
    posted = await the_turn(speaking)
    (message,) = said(speaking)
    assert (posted.person, posted.place, posted.ts) == ("dana", message.channel, message.ts)
    assert [(one.thing, one.asked_at) for one in posted.told] == [(TURN, NOW)]


async def test_news_that_want_nothing_are_not_kept(speaking: Speaking) -> None:
    await speaking.keeps()
    assert await speaking.tells(TellPerson(REF, "dana", Topic.AUTHOR_NEWS, "Merged.")) is None


async def test_a_reminder_is_said_below_the_turn_of_the_same_ask(speaking: Speaking) -> None:
    posted = await the_turn(speaking)
    assert await speaking.tells(REMINDER) is None
    _, reminder = said(speaking)
    assert reminder.thread_ts == posted.ts


async def test_a_reminder_right_after_its_turn_finds_it_on_its_way(speaking: Speaking) -> None:
    await speaking.keeps()
    posted = await speaking.messenger.tell([TURN], "effect-1")
    assert posted is not None
    await speaking.storage.run(lambda rooms: rooms.inbox.put("outcome", posted, NOW))
    speaking.clock.move_to(NOW + timedelta(seconds=1))
    assert await speaking.tells(REMINDER) is None
    assert said(speaking)[-1].is_reply


async def test_a_reminder_of_another_ask_stands_by_itself(speaking: Speaking) -> None:
    await the_turn(speaking)
    await speaking.keeps(asks=(an_ask(asked_at=NOW + timedelta(hours=1)),))
    assert await speaking.tells(REMINDER) is not None
    assert not any(one.is_reply for one in said(speaking))


async def test_a_message_is_edited_to_what_became_of_it(speaking: Speaking) -> None:
    posted = await the_turn(speaking)
    await speaking.keeps(asks=(an_ask("dana", AskState.APPROVED),))
    await speaking.says(ShowDirect(posted.place, posted.ts))
    (message,) = said(speaking)
    assert message.text == "Done: shop#7 · You approved it."


async def test_a_message_that_somebody_deleted_is_forgotten(speaking: Speaking) -> None:
    posted = await the_turn(speaking)
    speaking.playground.workspace.delete(said(speaking)[0])
    await speaking.says(ShowDirect(posted.place, posted.ts))
    assert (
        await speaking.storage.run(lambda rooms: rooms.directs.at(posted.place, posted.ts)) is None
    )


async def test_edits_of_direct_messages_leave_half_of_all_edits_to_the_cards(
    speaking: Speaking,
) -> None:
    posted = await the_turn(speaking)
    card = await speaking.says(ShowCard(REF))
    await speaking.keeps(card=card)
    for _ in range(TIER_3.most // 2):
        await speaking.says(ShowDirect(posted.place, posted.ts))
    with pytest.raises(NotYet):
        await speaking.says(ShowDirect(posted.place, posted.ts))
    for _ in range(TIER_3.most // 2):
        await speaking.says(ShowCard(REF))
    with pytest.raises(NotYet):
        await speaking.says(ShowCard(REF))
