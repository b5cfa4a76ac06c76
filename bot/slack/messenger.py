"""Says things in Slack: renders what the stored review says now, and posts or edits it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse as Answer

from bot.clock import Clock
from bot.dispatcher import Message as Effect
from bot.errors import NotYet, Refused, Retryable
from bot.open_digests import as_it_stands
from bot.policies import Policies
from bot.slack.blocks import Message, payload
from bot.slack.cards import render_card
from bot.slack.client import asked
from bot.slack.digests import render_digest, render_insights
from bot.slack.earlier import channel_id, posted_before
from bot.slack.notes import (
    render_call,
    render_direct,
    render_line,
    render_several,
    still_true,
)
from bot.slack.pace import POSTING, TIER_3, TIER_4, Pace, Share
from bot.slack.pictures import Pictures
from routing.chasing.preferences import as_they_say
from routing.chasing.working_hours import next_at_work
from routing.effects import (
    PostDigest,
    PostInsights,
    ReplyPrivately,
    ShowCard,
    ShowDigest,
    TellChannel,
    TellPerson,
    TellThread,
)
from routing.events import CardPosted, DigestPosted
from routing.model import Ref
from routing.people import Person
from routing.record import Review
from storage.cards import Shown
from storage.database import Rooms, Storage

UPDATING = Share("chat.update", TIER_3)
OPENING = Share("conversations.open", TIER_3)
REPLYING = Share("chat.postEphemeral", TIER_4)

GONE = "message_not_found"
STRANGE_FILE = "invalid slack file"
NOT_YET = 2.0
"""Seconds until a line of history is tried again when its card is not posted yet."""


@dataclass(frozen=True, slots=True)
class Named:
    """What a message is called, and whether it may have been posted before."""

    key: str
    again: bool


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
        self._client = client
        self._storage = storage
        self._policies = policies
        self._clock = clock
        self._page = page
        self._pictures = Pictures(client, storage, clock)
        self._pace = Pace()
        self._ids: dict[str, str] = {}

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
                await self._reply(slack, channel, render_line(text), key)
            case TellChannel(ref, channel, text):
                review, _ = await self._storage.run(lambda rooms: _shown(rooms, ref))
                if review is not None:
                    await self._post(channel, render_call(review, text), named)
            case PostDigest(channel) as digest:
                place, ts = await self._post(channel, render_digest(digest), named)
                return DigestPosted(digest, place, ts)
            case ShowDigest(channel):
                await self._show_digest(channel)
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

    async def tell(self, things: Sequence[TellPerson], key: str, *, again: bool = False) -> None:
        """Tell one person everything that is still true in one message."""
        person = await self._person(things[0].person)
        if person is None or person.slack is None:
            return

        def look(rooms: Rooms) -> list[tuple[Review, TellPerson, str]]:
            shown = [(_shown(rooms, one.ref), one) for one in things]
            return [(review, one, card) for (review, card), one in shown if review is not None]

        news = still_true(await self._storage.run(look))
        if not news:
            return
        channel = await self._direct(person.slack)
        message = render_direct(*news[0]) if len(news) == 1 else render_several(news)
        await self._post(channel, message, Named(key, again))

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
        message = render_card(review, card_id, self._clock.now())
        if place is not None and await self._edit(place.channel, place.ts, message):
            return None
        if not review.is_open:
            return None
        # A card has one name whatever effect shows it: one that was posted and not recorded is
        # found again even by a newer effect, which has made the first one needless.
        times = await self._storage.run(lambda rooms: rooms.outbox.cards_asked_for(ref))
        card = Named(f"card {ref}", named.again or times > 1)
        earlier = await self._earlier(review.channel, card, None)
        if earlier is not None and await self._edit(*earlier, message):
            return CardPosted(ref, *earlier)
        channel, ts = await self._post(review.channel, message, Named(card.key, again=False))
        return CardPosted(ref, channel, ts)

    async def _show_digest(self, channel: str) -> None:
        def look(rooms: Rooms) -> DigestPosted | None:
            posted = rooms.digests.last(channel)
            return as_it_stands(rooms, posted) if posted is not None else None

        stands = await self._storage.run(look)
        if stands is not None:
            await self._edit(stands.place, stands.ts, render_digest(stands.digest))

    async def _post_insights(self, insights: PostInsights, named: Named) -> None:
        """With the picture; without it where Slack will not take or show it."""
        file = await self._pictures.upload(named.key, insights.weeks)
        try:
            await self._post(
                insights.channel, render_insights(insights.weeks, file, self._page), named
            )
        except Refused as exc:
            if file is None or STRANGE_FILE not in str(exc):
                raise
            if await self._pictures.is_worked_on(named.key):
                raise NotYet("Slack still works on the picture", after=NOT_YET) from exc
            without = render_insights(insights.weeks, None, self._page)
            await self._post(insights.channel, without, named)

    async def _edit(self, channel: str, ts: str, message: Message) -> bool:
        """Bring a message up to date; False when somebody has deleted it."""
        try:
            await self._paced(
                UPDATING,
                f"{channel} {ts}",
                self._client.chat_update,
                channel=channel,
                ts=ts,
                **payload(message),
            )
        except Refused as exc:
            if GONE in str(exc):
                return False
            raise
        return True

    async def _in_thread(self, ref: Ref, message: Message, named: Named) -> None:
        place = await self._storage.run(lambda rooms: card_place(rooms, ref))
        review, _ = await self._storage.run(lambda rooms: _shown(rooms, ref))
        if place is not None:
            await self._post(place.channel, message, named, thread_ts=place.ts)
        elif review is not None and review.channel is not None and review.is_open:
            raise Retryable("the card is not posted yet", after=NOT_YET)

    async def _reply(self, slack: str, channel: str, message: Message, key: str) -> None:
        """Answer one person where they clicked; after a modal, in their direct messages."""
        place = await self._direct(slack) if channel == slack else channel
        await self._paced(
            REPLYING,
            key,
            self._client.chat_postEphemeral,
            channel=place,
            user=slack,
            **payload(message),
        )

    async def _direct(self, slack: str) -> str:
        """The conversation with somebody: its id never changes, so Slack is asked for it once."""
        if slack not in self._ids:
            opened = await self._paced(OPENING, slack, self._client.conversations_open, users=slack)
            self._ids[slack] = str(opened["channel"]["id"])
        return self._ids[slack]

    async def _post(
        self, channel: str, message: Message, named: Named, thread_ts: str | None = None
    ) -> tuple[str, str]:
        """Post, once; the key goes into the metadata, by which the message is found again."""
        earlier = await self._earlier(channel, named, thread_ts)
        if earlier is not None:
            return earlier
        response = await self._paced(
            Share(self._ids.get(channel, channel), POSTING),
            named.key,
            self._client.chat_postMessage,
            channel=channel,
            thread_ts=thread_ts,
            unfurl_links=False,
            unfurl_media=False,
            metadata={"event_type": "countersign", "event_payload": {"key": named.key}},
            **payload(message),
        )
        self._ids[channel] = str(response["channel"])
        self._pace.renamed(channel, self._ids[channel])
        return str(response["channel"]), str(response["ts"])

    async def _paced(
        self, share: Share, key: str, method: Callable[..., Awaitable[Answer]], **arguments: object
    ) -> Answer:
        """Call Slack when it is the turn of what is called `key`; before that, say when."""
        now = self._clock.now()
        turn = self._pace.turn(share, key, now)
        if turn is not None:
            raise NotYet("others wait for Slack as well", after=(turn - now).total_seconds())
        try:
            return await asked(method(**arguments))
        except NotYet as exc:
            self._pace.slow_down(share, now + timedelta(seconds=exc.after))
            raise

    async def _earlier(
        self, channel: str, named: Named, thread_ts: str | None
    ) -> tuple[str, str] | None:
        """Where the message stands already."""
        if not named.again:
            return None
        id_ = channel
        if channel.startswith("#"):
            known = await self._storage.run(lambda rooms: rooms.reviews.channel_id(channel))
            asked_for = known or await channel_id(self._client, channel)
            if asked_for is None:
                return None
            id_ = asked_for
        ts = await posted_before(self._client, id_, named.key, thread_ts)
        return (id_, ts) if ts is not None else None


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
