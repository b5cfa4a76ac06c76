"""Bolt's listeners for the Home tab: publishes it when it is opened, and after every change."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import CountersignError
from bot.slack.answering import Reception
from bot.slack.clicks import Body, key_of
from bot.slack.client import asked
from bot.slack.home import (
    ASK_AGAIN,
    COME_BACK,
    EDIT,
    GO_AWAY,
    AtHome,
    render_home,
    render_strangers_home,
)
from bot.slack.own_forms import away_modal, faults, hours_modal, parse_form
from bot.slack.statuses import absence
from routing.chasing.preferences import after_saying, as_they_say
from routing.events import AwaySaid, HoursSaid, PathsSaid, PersonalEvent
from routing.people import Person
from storage.database import Rooms

log = structlog.get_logger()


class HomeTab:
    """Shows people what concerns them, and takes their word on it."""

    def __init__(self, reception: Reception) -> None:
        self._room = reception

    def listen(self, app: AsyncApp) -> None:
        """Register with Bolt."""
        app.event("app_home_opened")(self.on_opened)
        app.event("user_status_changed")(self.on_status)
        for action in (EDIT, GO_AWAY):
            app.action(action)(self.on_open_form)
            app.view(action)(self.on_submit)
        for action in (COME_BACK, ASK_AGAIN):
            app.action(action)(self.on_act)

    async def on_opened(self, event: dict[str, Any], client: AsyncWebClient) -> None:
        """Somebody looks at their Home tab."""
        if event.get("tab") == "home":
            await self._publish(str(event["user"]), client)

    async def on_status(self, event: dict[str, Any]) -> None:
        """Somebody set their Slack status: holiday and illness count as an absence."""
        said = absence(event["user"])
        await self._put(f"slack status {said.slack} {event.get('event_ts', '')}", said)

    async def on_open_form(self, ack: AsyncAck, body: Body, client: AsyncWebClient) -> None:
        """A click on a button that asks for more."""
        await ack()
        slack = str(body["user"]["id"])
        person = self._person(slack)
        if person is None:
            return
        said = await self._room.storage.run(lambda rooms: rooms.preferences.said_by(person.id))
        editing = body["actions"][0]["action_id"] == EDIT
        view = hours_modal(as_they_say(person, said), said) if editing else away_modal()
        try:
            await asked(client.views_open(trigger_id=body["trigger_id"], view=view))
        except CountersignError as exc:
            log.warning("modal_not_opened", problem=str(exc))

    async def on_submit(self, ack: AsyncAck, body: Body, client: AsyncWebClient) -> None:
        """A form about oneself."""
        problems = faults(body, self._room.clock.now().date())
        if problems:
            await ack(response_action="errors", errors=problems)
            return
        await self._say(body, parse_form(body), client, ack)

    async def on_act(self, ack: AsyncAck, body: Body, client: AsyncWebClient) -> None:
        """A click that says something by itself."""
        slack, action = str(body["user"]["id"]), body["actions"][0]
        said: PersonalEvent = AwaySaid(slack, None)
        if action["action_id"] == ASK_AGAIN:
            said = PathsSaid(slack, (), (str(action["value"]),))
        await self._say(body, said, client, ack)

    async def _say(
        self, body: Body, said: PersonalEvent, client: AsyncWebClient, ack: AsyncAck
    ) -> None:
        if body["user"].get("team_id") == self._room.directory.team:
            await self._put(f"{key_of(body)} {said.kind}", said)
        await ack()
        await self._publish(said.slack, client, said)

    async def _put(self, key: str, said: PersonalEvent) -> None:
        now = self._room.clock.now()
        await self._room.storage.run(lambda rooms: rooms.inbox.put(key, said, now))
        self._room.events_waiting()

    async def _publish(
        self, slack: str, client: AsyncWebClient, said: PersonalEvent | None = None
    ) -> None:
        """Show the tab; what was `said` a moment ago may still be in the inbox."""
        person = self._person(slack)
        if person is None:
            view = render_strangers_home(slack)
        else:
            home = await self._room.storage.run(lambda rooms: _look(rooms, person))
            home = _hearing(home, said, self._room.clock.now())
            view = render_home(replace(home, problems=self._room.policies.problems))
        try:
            await asked(client.views_publish(user_id=slack, view=view))
        except CountersignError as exc:
            log.warning("home_not_published", problem=str(exc))

    def _person(self, slack: str) -> Person | None:
        people = self._room.policies.current.people
        return next((one for one in people if one.slack == slack), None)


def _hearing(home: AtHome, event: PersonalEvent | None, now: datetime) -> AtHome:
    """The tab as it will be once this was heard."""
    match event:
        case None:
            return home
        case PathsSaid(_, _, back):
            left = [glob for glob in home.opted_out if glob not in back]
            return replace(home, opted_out=left)
        case AwaySaid() | HoursSaid():
            said = after_saying(home.said, event, home.person, now)
            return replace(home, said=said, person=as_they_say(home.person, said))


def _look(rooms: Rooms, person: Person) -> AtHome:
    said = rooms.preferences.said_by(person.id)
    reviews = rooms.reviews.open()
    loads: dict[str, int] = {}
    for ask in (ask for review in reviews for ask in review.waiting):
        loads[ask.person] = loads.get(ask.person, 0) + 1
    picked = [
        (review, ask.why)
        for ref in rooms.asks.latest(person.id)
        if (review := rooms.reviews.get(ref)) is not None
        for ask in review.asks
        if ask.person == person.id
    ]
    pinned = {forge for forge, login in rooms.pins.all() if person.logins.get(forge) == login}
    return AtHome(
        as_they_say(person, said),
        said,
        rooms.reviews.asked(person.id),
        [one for one in reviews if one.author_person == person.id],
        loads,
        picked,
        rooms.preferences.opted_out().get(person.id, ()),
        frozenset(pinned),
    )
