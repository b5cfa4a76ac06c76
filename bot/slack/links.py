"""Addresses of merge requests in what people write, looked at on demand."""

from __future__ import annotations

import re
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import CountersignError
from bot.slack.addresses import parse_address
from bot.slack.answering import Reception
from bot.slack.blocks import harmless, plain, section
from bot.slack.clicks import Body
from bot.slack.client import asked
from bot.slack.deadlines import until_of_all
from bot.slack.modals import why_modal
from routing.events import MergeRequestTouched
from routing.explain import gate_description
from routing.forge_words import short_name
from routing.model import State
from routing.record import Review
from storage.database import Rooms

log = structlog.get_logger()

ROUTE = "review.route"
ADDRESS = re.compile(r"https?://[^\s<>|]+")
MOST = 20
"""Addresses that are looked up in one message."""


class Links:
    """Shows how a merge request stands beside its link, and on the shortcut "Route this"."""

    def __init__(self, reception: Reception) -> None:
        self._room = reception

    def listen(self, app: AsyncApp) -> None:
        """Register with Bolt."""
        app.shortcut(ROUTE)(self.on_route)
        app.event("link_shared")(self.on_links)

    async def on_links(self, event: dict[str, Any], client: AsyncWebClient) -> None:
        """Somebody posted links: those of merge requests that we know get a line below them."""
        urls = [str(link["url"]) for link in event.get("links", ())][:MOST]

        def look(rooms: Rooms) -> dict[str, Review]:
            found = ((url, rooms.reviews.by_url(parse_address(url))) for url in urls)
            return {url: review for url, review in found if review is not None}

        known = await self._room.storage.run(look)
        if not known:
            return
        unfurls = {url: {"blocks": [section(_standing(one))]} for url, one in known.items()}
        try:
            await asked(
                client.chat_unfurl(
                    channel=str(event["channel"]), ts=str(event["message_ts"]), unfurls=unfurls
                )
            )
        except CountersignError as exc:
            log.warning("link_not_unfurled", problem=str(exc))

    async def on_route(self, ack: AsyncAck, body: Body, client: AsyncWebClient) -> None:
        """Look again at the merge request that a message names, and show how it stands."""
        await ack()
        text = str(body.get("message", {}).get("text", ""))
        addresses = [parse_address(one) for one in ADDRESS.findall(text)[:MOST]]
        key, now = f"slack shortcut {body['trigger_id']}", self._room.clock.now()

        def look(rooms: Rooms) -> Review | None:
            found = (rooms.reviews.by_url(address) for address in addresses)
            review = next((one for one in found if one is not None), None)
            if review is not None:
                rooms.inbox.put(key, MergeRequestTouched(review.ref), now)
            return review

        review = await self._room.storage.run(look)
        self._room.events_waiting()
        view = why_modal(review) if review is not None else _unknown()
        try:
            await asked(client.views_open(trigger_id=body["trigger_id"], view=view))
        except CountersignError as exc:
            log.warning("modal_not_opened", problem=str(exc))


def _standing(review: Review) -> str:
    """A line without the title: who may read the channel need not be able to read the project."""
    state = (
        gate_description(review, by_name=True) if review.state is State.OPEN else review.state.value
    )
    return (
        f"*{harmless(short_name(review.ref), 80)}* · {harmless(state, 200)}{until_of_all(review)}"
    )


def _unknown() -> dict[str, Any]:
    said = (
        "I know no pull request or merge request in this message. I learn of one from its forge: "
        "check that its repository is among those I watch (`/review doctor`)."
    )
    return {
        "type": "modal",
        "title": plain("Route this", 24),
        "close": plain("Close", 24),
        "blocks": [section(said)],
    }
