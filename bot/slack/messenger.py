"""Says things in Slack: renders what the stored review says now, and posts or edits it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import Clock
from bot.dispatcher import Message as Effect
from bot.errors import NotYet, Refused, Retryable
from bot.open_digests import as_it_stands
from bot.open_directs import below
from bot.policies import Policies
from bot.slack.blocks import Message
from bot.slack.cards import render_card
from bot.slack.digests import render_digest, render_insights
from bot.slack.notes import (
    News,
    render_below,
    render_call,
    render_direct,
    render_line,
    still_true,
)
from bot.slack.pictures import Pictures
from bot.slack.poster import TIDYING, Named, Place, Poster
from routing.chasing.preferences import as_they_say
from routing.chasing.turns import WANTING, told_now
from routing.chasing.working_hours import next_at_work
from routing.effects import (
    PostDigest,
    PostInsights,
    ReplyPrivately,
    ShowCard,
    ShowDigest,
    ShowDirect,
    TellChannel,
    TellPerson,
    TellThread,
    Told,
)
from routing.events import CardPosted, DigestPosted, DirectPosted
from routing.model import Ref
from routing.people import Person
from routing.record import Review
from storage.cards import Shown
from storage.database import Rooms, Storage

STRANGE_FILE = "invalid slack file"
NOT_YET = 2.0
"""Seconds until a line of history is tried again when its card is not posted yet."""


class SlackMessenger:
    """The dispatcher's messenger. `page` is the address of the insights page, if there is one."""

    def __init__(
        self,
        client: AsyncWebClient,
        storage: Storage,
        policies: Policies,
        clock: Clock,
        page: str | None = None,
    ) -> None:
        self._storage = storage
        self._policies = policies
        self._clock = clock
        self._page = page
        self._pictures = Pictures(client, storage, clock)
        self._poster = Poster(client, storage, clock)

    async def say(
        self, message: Effect, key: str, *, again: bool = False
    ) -> CardPosted | DigestPosted | None:
        """Deliver a message; a digest, or a card posted for the first time, is to be remembered.

        `again`: it may have been posted before, and the answer lost; it is looked for first.
        """
        named = Named(key, again)
        match message:
            case ShowCard(ref):
                return await self._show_card(ref, named)
            case TellThread(ref, text):
                await self._in_thread(ref, render_line(text), named)
            case ReplyPrivately(_, slack, channel, text):
                await self._poster.whisper(slack, channel, render_line(text), key)
            case TellChannel(ref, channel, text):
                review, _ = await self._storage.run(lambda rooms: _shown(rooms, ref))
                if review is not None:
                    await self._poster.post(channel, render_call(review, text), named)
            case PostDigest(channel) as digest:
                place, ts = await self._poster.post(channel, render_digest(digest), named)
                return DigestPosted(digest, place, ts)
            case ShowDigest(channel):
                await self._show_digest(channel)
            case ShowDirect(channel, ts):
                await self._show_direct(channel, ts)
            case PostInsights() as insights:
                await self._post_insights(insights, named)
        return None

    async def quiet_until(self, person: str) -> datetime | None:
        """When somebody is next at work; None when they are, or when nobody knows."""
        known = await self._person(person)
        if known is None:
            return None
        now = self._clock.now()
        at_work = next_at_work(known, now)
        return at_work if at_work is not None and at_work > now else None

    async def tell(
        self, things: Sequence[TellPerson], key: str, *, again: bool = False
    ) -> DirectPosted | None:
        """Tell one person everything that is still true in one message, which is then remembered.

        What adds to a message that stands already is said below it, in its thread.
        """
        person = await self._person(things[0].person)
        if person is None or person.slack is None:
            return None

        def look(rooms: Rooms) -> tuple[list[News], Place | None]:
            told = (_told(rooms, one) for one in things)
            return [one for one in told if one is not None], below(rooms, things[0])

        news, place = await self._storage.run(look)
        news = still_true(news)
        if not news:
            return None
        named = Named(key, again)
        if place is not None:
            reply = render_below(news, person.slack)
            if await self._poster.post_below(place, reply, named):
                return None
            await self._forget(place)
        channel = await self._poster.conversation(person.slack)
        place = await self._poster.post(channel, render_direct(news), named)
        told = tuple(one.told for one in news)
        lasting = any(one.thing.topic in WANTING for one in told)
        return DirectPosted(person.id, told, *place) if lasting else None

    async def _show_direct(self, channel: str, ts: str) -> None:
        def look(rooms: Rooms) -> list[News]:
            posted = rooms.directs.at(channel, ts)
            told = (_standing(rooms, one) for one in posted.told) if posted is not None else ()
            return [one for one in told if one is not None]

        news, place = await self._storage.run(look), (channel, ts)
        if news and not await self._poster.edit(place, render_direct(news), TIDYING):
            await self._forget(place)

    async def _forget(self, place: Place) -> None:
        """The direct message there was deleted: what follows is said anew."""
        await self._storage.run(lambda rooms: rooms.directs.forget(*place))

    async def _person(self, person: str) -> Person | None:
        """Somebody as they say of themselves."""
        everybody = self._policies.current.people
        known = next((one for one in everybody if one.id == person), None)
        if known is None:
            return None
        said = await self._storage.run(lambda rooms: rooms.preferences.said_by(person))
        return as_they_say(known, said)

    async def _show_card(self, ref: Ref, named: Named) -> CardPosted | None:
        review, card_id = await self._storage.run(lambda rooms: _shown(rooms, ref))
        place = await self._storage.run(lambda rooms: card_place(rooms, ref))
        if review is None or review.channel is None:
            return None
        message = render_card(review, card_id)
        if place is not None and await self._poster.edit((place.channel, place.ts), message):
            return None
        if not review.is_open:
            return None
        # A card has one name whatever effect shows it: one that was posted and not recorded is
        # found again even by a newer effect, which has made the first one needless.
        times = await self._storage.run(lambda rooms: rooms.outbox.cards_asked_for(ref))
        card = Named(f"card {ref}", named.again or times > 1)
        earlier = await self._poster.earlier(review.channel, card)
        if earlier is not None and await self._poster.edit(earlier, message):
            return CardPosted(ref, *earlier)
        channel, ts = await self._poster.post(review.channel, message, Named(card.key, again=False))
        return CardPosted(ref, channel, ts)

    async def _show_digest(self, channel: str) -> None:
        def look(rooms: Rooms) -> DigestPosted | None:
            posted = rooms.digests.last(channel)
            return as_it_stands(rooms, posted) if posted is not None else None

        stands = await self._storage.run(look)
        if stands is not None:
            await self._poster.edit((stands.place, stands.ts), render_digest(stands.digest))

    async def _post_insights(self, insights: PostInsights, named: Named) -> None:
        """With the picture; without it where Slack will not take or show it."""
        file = await self._pictures.upload(named.key, insights.weeks)
        try:
            await self._poster.post(
                insights.channel, render_insights(insights.weeks, file, self._page), named
            )
        except Refused as exc:
            if file is None or STRANGE_FILE not in str(exc):
                raise
            if await self._pictures.is_worked_on(named.key):
                raise NotYet("Slack still works on the picture", after=NOT_YET) from exc
            without = render_insights(insights.weeks, None, self._page)
            await self._poster.post(insights.channel, without, named)

    async def _in_thread(self, ref: Ref, message: Message, named: Named) -> None:
        place = await self._storage.run(lambda rooms: card_place(rooms, ref))
        review, _ = await self._storage.run(lambda rooms: _shown(rooms, ref))
        if place is not None:
            await self._poster.post(place.channel, message, named, thread_ts=place.ts)
        elif review is not None and review.channel is not None and review.is_open:
            raise Retryable("the card is not posted yet", after=NOT_YET)


def card_place(rooms: Rooms, ref: Ref) -> CardPosted | None:
    """Where the card stands: as the review remembers it, or as it is about to."""
    review = rooms.reviews.get(ref)
    if review is not None and review.card is not None:
        return review.card
    waiting = rooms.inbox.waiting_for(ref)
    return next((event for event in waiting if isinstance(event, CardPosted)), None)


def _shown(rooms: Rooms, ref: Ref) -> tuple[Review | None, str]:
    review = rooms.reviews.get(ref)
    if review is None:
        return None, ""
    shown = Shown(ref, review.binding.head_sha, review.binding.base_branch)
    return review, rooms.cards.id_for(shown)


def _told(rooms: Rooms, thing: TellPerson) -> News | None:
    """A thing as it is told now; None where its review is not known."""
    review, card = _shown(rooms, thing.ref)
    return News(review, told_now(thing, review), card) if review is not None else None


def _standing(rooms: Rooms, told: Told) -> News | None:
    """A thing that was told, as it stands now."""
    review, card = _shown(rooms, told.thing.ref)
    return News(review, told, card) if review is not None else None
