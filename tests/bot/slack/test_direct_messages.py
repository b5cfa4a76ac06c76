"""The messenger and direct messages: remembered, added to, edited, never in the way of cards."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import StoryClock
from bot.errors import NotYet
from bot.playground.nouns import Message
from bot.playground.server import Playground
from bot.slack.messenger import SlackMessenger
from bot.slack.pace import TIER_3
from routing.effects import ShowCard, ShowDirect, TellPerson, Topic
from routing.events import CardPosted, DirectPosted
from routing.record import AskState, Review
from storage.database import Storage
from tests.bot.builders import a_review, an_ask
from tests.bot.fakes import files_in
from tests.builders import NOW, REF

TURN = TellPerson(REF, "dana", Topic.YOUR_TURN, "Why you: expert.")
REMINDER = TellPerson(REF, "dana", Topic.REMINDER, "If you cannot, decline.")


class Telling:
    """The messenger in a workspace, and the review that Dana is asked for."""

    def __init__(
        self,
        storage: Storage,
        playground: Playground,
        messenger: SlackMessenger,
        clock: StoryClock,
    ) -> None:
        self.storage = storage
        self.playground = playground
        self.messenger = messenger
        self.clock = clock

    async def keeps(self, review: Review) -> None:
        await self.storage.run(lambda rooms: rooms.reviews.save(review, NOW))

    async def tells(self, thing: TellPerson) -> DirectPosted | None:
        """Told, remembered, and a second passes: Slack takes one message in each."""
        posted = await self.messenger.tell([thing], thing.topic.value)
        if posted is not None:
            await self.storage.run(lambda rooms: rooms.directs.keep(posted, NOW))
        self.clock.move_to(self.clock.now() + timedelta(seconds=1))
        return posted

    async def shows(self, posted: DirectPosted) -> None:
        await self.messenger.say(ShowDirect(posted.place, posted.ts), "effect-9")

    def said(self) -> list[Message]:
        return self.playground.workspace.dms("U0DANA")


@pytest.fixture
async def telling(
    storage: Storage,
    playground: Playground,
    client: AsyncWebClient,
    clock: StoryClock,
    tmp_path: Path,
) -> Telling:
    messenger = SlackMessenger(client, storage, files_in(tmp_path), clock)
    telling = Telling(storage, playground, messenger, clock)
    await telling.keeps(a_review())
    return telling


async def the_turn(telling: Telling) -> DirectPosted:
    posted = await telling.tells(TURN)
    assert posted is not None
    return posted


async def test_where_a_turn_stands_and_of_which_ask_it_is_comes_back(telling: Telling) -> None:
    posted = await the_turn(telling)
    (message,) = telling.said()
    assert (posted.person, posted.place, posted.ts) == ("dana", message.channel, message.ts)
    assert [(one.thing, one.asked_at) for one in posted.told] == [(TURN, NOW)]


async def test_news_that_want_nothing_are_not_kept(telling: Telling) -> None:
    assert await telling.tells(TellPerson(REF, "dana", Topic.AUTHOR_NEWS, "Merged.")) is None


async def test_a_reminder_is_said_below_the_turn_of_the_same_ask(telling: Telling) -> None:
    posted = await the_turn(telling)
    assert await telling.tells(REMINDER) is None
    _, reminder = telling.said()
    assert reminder.thread_ts == posted.ts


async def test_a_reminder_right_after_its_turn_finds_it_on_its_way(telling: Telling) -> None:
    posted = await telling.messenger.tell([TURN], "effect-1")
    assert posted is not None
    await telling.storage.run(lambda rooms: rooms.inbox.put("outcome", posted, NOW))
    telling.clock.move_to(NOW + timedelta(seconds=1))
    assert await telling.tells(REMINDER) is None
    assert telling.said()[-1].is_reply


async def test_a_reminder_of_another_ask_stands_by_itself(telling: Telling) -> None:
    await the_turn(telling)
    await telling.keeps(a_review(asks=(an_ask(asked_at=NOW + timedelta(hours=1)),)))
    assert await telling.tells(REMINDER) is not None
    assert not any(one.is_reply for one in telling.said())


async def test_a_message_is_edited_to_what_became_of_it(telling: Telling) -> None:
    posted = await the_turn(telling)
    await telling.keeps(a_review(asks=(an_ask("dana", AskState.APPROVED),)))
    await telling.shows(posted)
    (message,) = telling.said()
    assert message.text == "Done: shop#7 · You approved it."


async def test_a_message_that_somebody_deleted_is_forgotten(telling: Telling) -> None:
    posted = await the_turn(telling)
    telling.playground.workspace.delete(telling.said()[0])
    await telling.shows(posted)
    assert (
        await telling.storage.run(lambda rooms: rooms.directs.at(posted.place, posted.ts)) is None
    )


async def test_edits_of_direct_messages_leave_half_of_all_edits_to_the_cards(
    telling: Telling,
) -> None:
    posted = await the_turn(telling)
    card = await telling.messenger.say(ShowCard(REF), "card")
    assert isinstance(card, CardPosted)
    await telling.keeps(a_review(card=card))
    for _ in range(TIER_3.most // 2):
        await telling.shows(posted)
    with pytest.raises(NotYet):
        await telling.shows(posted)
    for _ in range(TIER_3.most // 2):
        await telling.messenger.say(ShowCard(REF), "card")
    with pytest.raises(NotYet):
        await telling.messenger.say(ShowCard(REF), "card")
