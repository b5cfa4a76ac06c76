"""Posts and edits at Slack: each message once, and none before its turn."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse as Answer

from bot.clock import Clock
from bot.errors import NotYet, Refused
from bot.slack.blocks import Message, payload
from bot.slack.client import asked
from bot.slack.earlier import channel_id, posted_before
from bot.slack.pace import POSTING, TIER_3, TIER_4, Limit, Pace, Share
from storage.database import Storage

UPDATING = Share("chat.update", TIER_3)
TIDYING = Share("chat.update of direct messages", Limit(TIER_3.most // 2, TIER_3.span))
"""Edits of direct messages: half of all edits, so that cards never wait long for theirs."""
OPENING = Share("conversations.open", TIER_3)
REPLYING = Share("chat.postEphemeral", TIER_4)

GONE, NO_THREAD = "message_not_found", "thread_not_found"

Place = tuple[str, str]
"""Where a message stands: the conversation's id, and its ts there."""


@dataclass(frozen=True, slots=True)
class Named:
    """What a message is called, and whether it may have been posted before."""

    key: str
    again: bool


class Poster:
    """Whatever is posted or edited goes through here. Raises `NotYet` before its turn."""

    def __init__(self, client: AsyncWebClient, storage: Storage, clock: Clock) -> None:
        self._client = client
        self._storage = storage
        self._clock = clock
        self._pace = Pace()
        self._ids: dict[str, str] = {}

    async def post(
        self, channel: str, message: Message, named: Named, thread_ts: str | None = None
    ) -> Place:
        """Post, once; the key goes into the metadata, by which the message is found again."""
        earlier = await self.earlier(channel, named, thread_ts)
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

    async def post_below(self, place: Place, message: Message, named: Named) -> bool:
        """Answer a message in its thread; False when it is not there any more."""
        channel, ts = place
        try:
            await self.post(channel, message, named, thread_ts=ts)
        except Refused as exc:
            if NO_THREAD in str(exc):
                return False
            raise
        return True

    async def edit(self, place: Place, message: Message, *within: Share) -> bool:
        """Bring a message up to date, within these shares too; False when it was deleted."""
        channel, ts = place
        for share in within:
            self._wait_for(share, f"{channel} {ts}")
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

    async def whisper(self, slack: str, channel: str, message: Message, key: str) -> None:
        """Answer one person where they clicked; after a modal, in their direct messages."""
        place = await self.conversation(slack) if channel == slack else channel
        await self._paced(
            REPLYING,
            key,
            self._client.chat_postEphemeral,
            channel=place,
            user=slack,
            **payload(message),
        )

    async def conversation(self, slack: str) -> str:
        """The conversation with somebody: its id never changes, so Slack is asked for it once."""
        if slack not in self._ids:
            opened = await self._paced(OPENING, slack, self._client.conversations_open, users=slack)
            self._ids[slack] = str(opened["channel"]["id"])
        return self._ids[slack]

    async def earlier(
        self, channel: str, named: Named, thread_ts: str | None = None
    ) -> Place | None:
        """Where the message stands already, if it may and does."""
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

    async def _paced(
        self, share: Share, key: str, method: Callable[..., Awaitable[Answer]], **arguments: object
    ) -> Answer:
        """Call Slack when it is the turn of what is called `key`; before that, say when."""
        self._wait_for(share, key)
        try:
            return await asked(method(**arguments))
        except NotYet as exc:
            self._pace.slow_down(share, self._clock.now() + timedelta(seconds=exc.after))
            raise

    def _wait_for(self, share: Share, key: str) -> None:
        """Go on when it is the turn of what is called `key`; before that, say when."""
        now = self._clock.now()
        turn = self._pace.turn(share, key, now)
        if turn is not None:
            raise NotYet("others wait for Slack as well", after=(turn - now).total_seconds())
