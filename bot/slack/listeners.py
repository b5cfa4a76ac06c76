"""Bolt's listeners: record what happened, acknowledge, and show what is stored. No decisions."""

from __future__ import annotations

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import Clock
from bot.errors import CountersignError
from bot.policies import Policies
from bot.slack.cards import APPROVE, ASSIGN, CLAIM, DECLINE, MORE, REQUEST_CHANGES, SNOOZE, WHY
from bot.slack.clicks import (
    Body,
    action_of,
    card_id_of,
    chosen_so_far,
    key_of,
    missing_words,
    parse_click,
    said_besides,
    snooze_words,
)
from bot.slack.client import asked
from bot.slack.declaring import DECLARE_AI, DECLARE_NONE, declaration_modal
from bot.slack.declining import LIVE, decline_modal
from bot.slack.directory import SlackDirectory
from bot.slack.modals import (
    DAY,
    VALUE,
    View,
    assign_modal,
    changes_modal,
    why_modal,
)
from bot.slack.overriding import SECOND
from bot.slack.previews import Previews
from bot.slack.snoozing import LIVE as LIVE_SNOOZE
from bot.slack.snoozing import no_moment, snooze_modal
from bot.worker import Nudge
from routing.answering.snoozing import snooze_end
from routing.chasing.preferences import as_they_say
from routing.people import Person
from routing.record import Review
from storage.cards import Shown
from storage.database import Rooms, Storage

log = structlog.get_logger()

UNKNOWN_CARD = "This card is not known any more. Nothing was changed; use a newer one."


class Listeners:
    """What Slack tells us goes into the inbox before it is acknowledged."""

    def __init__(
        self,
        storage: Storage,
        policies: Policies,
        directory: SlackDirectory,
        clock: Clock,
        events_waiting: Nudge,
    ) -> None:
        self._storage = storage
        self._policies = policies
        self._directory = directory
        self._clock = clock
        self._events_waiting = events_waiting
        self._previews = Previews()

    def listen(self, app: AsyncApp) -> None:
        """Register everything with Bolt."""
        app.action(APPROVE)(self.on_act)
        app.action(f"{APPROVE}.link")(self.on_link)
        app.action(DECLARE_NONE)(self.on_act)
        app.action(SECOND)(self.on_act)
        app.action(DECLARE_AI)(self.on_open_modal)
        app.action(REQUEST_CHANGES)(self.on_open_modal)
        app.action(DECLINE)(self.on_open_modal)
        app.action(SNOOZE)(self.on_open_modal)
        app.action(WHY)(self.on_open_modal)
        app.action(ASSIGN)(self.on_open_modal)
        app.action(MORE)(self.on_more)
        for block_id in {*LIVE, *LIVE_SNOOZE}:
            app.action({"block_id": block_id, "action_id": VALUE})(self.on_preview)
        for callback in (REQUEST_CHANGES, DECLINE, SNOOZE, ASSIGN, DECLARE_AI):
            app.view(callback)(self.on_submit)

    async def on_act(self, ack: AsyncAck, body: Body, respond: AsyncRespond) -> None:
        """A click that is an event by itself."""
        known = await self._record(body)
        await ack()
        if not known:
            await respond(text=UNKNOWN_CARD, replace_original=False, response_type="ephemeral")

    async def on_more(
        self, ack: AsyncAck, body: Body, client: AsyncWebClient, respond: AsyncRespond
    ) -> None:
        """A choice in the menu behind the buttons: an event, or a modal first."""
        if action_of(body) == CLAIM:
            await self.on_act(ack, body, respond)
        else:
            await self.on_open_modal(ack, body, client, respond)

    async def on_link(self, ack: AsyncAck) -> None:
        """A click on a link: Slack wants it acknowledged, the browser does the rest."""
        await ack()

    async def on_submit(self, ack: AsyncAck, body: Body) -> None:
        """A submitted modal: refused with a reason in place, or recorded."""
        problems = missing_words(body) or await self._no_moment(body)
        if not problems and not await self._record(body):
            problems = {next(iter(body["view"]["state"]["values"])): UNKNOWN_CARD}
        if problems:
            await ack(response_action="errors", errors=problems)
        else:
            await ack()

    async def on_open_modal(
        self, ack: AsyncAck, body: Body, client: AsyncWebClient, respond: AsyncRespond
    ) -> None:
        """A click that first asks for words, or only explains."""
        card_id = card_id_of(body)
        review = await self._storage.run(lambda rooms: _review_of(rooms, card_id))
        await ack()
        if review is None:
            await respond(text=UNKNOWN_CARD, replace_original=False, response_type="ephemeral")
            return
        view = await self._modal(body, review, card_id)
        try:
            await asked(client.views_open(trigger_id=body["trigger_id"], view=view))
        except CountersignError as exc:
            log.warning("modal_not_opened", problem=str(exc))
            text = "Slack did not open the dialog. Nothing was changed; click once more."
            await respond(text=text, replace_original=False, response_type="ephemeral")

    async def on_preview(self, ack: AsyncAck, body: Body, client: AsyncWebClient) -> None:
        """Something was chosen in a dialog that says beforehand what comes of it."""
        await ack()
        await self._previews.latest(body["view"]["id"], lambda: self._preview(body, client))

    async def _preview(self, body: Body, client: AsyncWebClient) -> None:
        view, card_id = body["view"], str(body["view"].get("private_metadata") or "")
        review = await self._storage.run(lambda rooms: _review_of(rooms, card_id))
        if review is None:
            return  # of an unknown card people hear when they submit
        person = await self._person(body)
        match view["callback_id"]:
            case callback if callback == DECLINE:
                so_far = chosen_so_far(body, self._policies.current.people)
                shown = decline_modal(review, card_id, person.id if person else None, so_far)
            case callback if callback == SNOOZE:
                now = self._clock.now()
                shown = snooze_modal(review, card_id, person, now, snooze_words(body))
            case _:
                return
        try:
            await asked(client.views_update(view_id=view["id"], view=shown))
        except CountersignError as exc:
            log.info("preview_not_shown", problem=str(exc))

    async def _no_moment(self, body: Body) -> dict[str, str]:
        """What is wrong with the moment that a snooze shall last until."""
        if body["view"]["callback_id"] != SNOOZE:
            return {}
        person = await self._person(body)
        if person is None or snooze_end(snooze_words(body), person, self._clock.now()) is not None:
            return {}
        return {DAY: no_moment()}

    async def _person(self, body: Body) -> Person | None:
        """Who acts, as they say of themselves."""
        slack = str(body["user"]["id"])
        known = next((one for one in self._policies.current.people if one.slack == slack), None)
        if known is None:
            return None
        said = await self._storage.run(lambda rooms: rooms.preferences.said_by(known.id))
        return as_they_say(known, said)

    async def _modal(self, body: Body, review: Review, card_id: str) -> View:
        person = await self._person(body)
        match action_of(body):
            case action if action == DECLARE_AI:
                return declaration_modal(review, card_id)
            case action if action == REQUEST_CHANGES:
                return changes_modal(review, card_id)
            case action if action == DECLINE:
                return decline_modal(review, card_id, person.id if person else None)
            case action if action == SNOOZE:
                return snooze_modal(review, card_id, person, self._clock.now())
            case action if action == ASSIGN:
                return assign_modal(review, card_id)
            case _:
                return why_modal(review)

    async def _record(self, body: Body) -> bool:
        """Put the event behind a click into the inbox; False when its card is unknown."""
        card_id, now, team = card_id_of(body), self._clock.now(), self._directory.team

        def record(rooms: Rooms) -> bool:
            shown = rooms.cards.shown(card_id)
            event = parse_click(body, shown, team, now) if shown is not None else None
            if event is not None:
                rooms.inbox.put(key_of(body), event, now)
                for said in said_besides(body) if body["user"].get("team_id") == team else ():
                    rooms.inbox.put(f"{key_of(body)} {said.kind}", said, now)
            return event is not None

        recorded = await self._storage.run(record)
        if recorded:
            self._events_waiting()
        return recorded


def _review_of(rooms: Rooms, card_id: str) -> Review | None:
    shown: Shown | None = rooms.cards.shown(card_id)
    return rooms.reviews.get(shown.ref) if shown is not None else None
