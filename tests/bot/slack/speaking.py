"""The messenger in a workspace, with one review it speaks of."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.clock import StoryClock
from bot.dispatcher import Message as Effect
from bot.playground.nouns import Message
from bot.playground.rendering import render_message_text
from bot.playground.server import Playground
from bot.slack.messenger import SlackMessenger
from routing.effects import ShowCard, TellPerson
from routing.events import CardPosted, DirectPosted
from storage.database import Storage
from tests.bot.builders import a_review
from tests.builders import NOW, REF


class Speaking:
    """The messenger in a workspace, with one review it speaks of."""

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

    async def keeps(self, **changes: Any) -> None:
        review = a_review(**changes)
        await self.storage.run(lambda rooms: rooms.reviews.save(review, NOW))

    async def says(self, effect: Effect, *, again: bool = False) -> CardPosted | None:
        outcome = await self.messenger.say(effect, "effect-1", again=again)
        return outcome if isinstance(outcome, CardPosted) else None

    async def tells(self, *things: TellPerson) -> DirectPosted | None:
        """Told and remembered, a second ago: Slack takes one message in each."""
        posted = await self.messenger.tell(things, f"effect {things[0].topic}")
        if posted is not None:
            await self.storage.run(lambda rooms: rooms.directs.keep(posted, NOW))
        self.clock.move_to(self.clock.now() + timedelta(seconds=1))
        return posted

    async def posts_the_card(self) -> CardPosted:
        """The card is posted and remembered, a second ago."""
        await self.keeps()
        posted = await self.says(ShowCard(REF))
        assert posted is not None
        await self.keeps(card=posted)
        self.clock.move_to(self.clock.now() + timedelta(seconds=1))
        return posted

    def cards(self) -> list[Message]:
        return self.playground.workspace.messages("#reviews")

    def texts(self, messages: list[Message]) -> list[str]:
        return [render_message_text(message) for message in messages]
