"""`/review`: answered from what is stored, or put into the inbox as what somebody wants."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import Clock
from bot.doctor import Doctor
from bot.errors import CountersignError
from bot.facts import Gatherer
from bot.insights.reading import first_monday, read_insights
from bot.policies import Policies
from bot.slack.addresses import called, parse_address
from bot.slack.blocks import Message, payload
from bot.slack.client import asked
from bot.slack.commands import (
    ON_A_REVIEW,
    Asked,
    parse_command,
    render_doctor,
    render_guess,
    render_help,
    render_ledger,
    render_mine,
    render_queue,
    render_simulation,
    render_stats,
    render_status,
    render_stranger,
    render_trouble,
    render_unknown_url,
    render_why,
)
from bot.slack.declining import decline_modal
from bot.slack.directory import SlackDirectory
from bot.slack.modals import View
from bot.slack.orders import (
    parse_away,
    parse_order,
    render_away,
    render_form,
    render_noted,
)
from bot.slack.own_forms import hours_modal
from bot.worker import Nudge
from routing.chasing.preferences import as_they_say
from routing.events import Click, Event, MergeRequestTouched
from routing.people import Person
from routing.record import Review
from routing.review import advance
from storage.cards import Shown
from storage.database import Rooms, Storage

log = structlog.get_logger()

SLOW = frozenset({"simulate", "doctor", "stats"})
"""Words that need the network, or a long look: their answer follows the acknowledgement."""


@dataclass(frozen=True, slots=True)
class Reception:
    """What whoever answers people in Slack needs."""

    storage: Storage
    policies: Policies
    directory: SlackDirectory
    clock: Clock
    events_waiting: Nudge


class Answering:
    """Answers `/review …` to the person alone."""

    def __init__(self, reception: Reception, gatherer: Gatherer, doctor: Doctor) -> None:
        self._room = reception
        self._gatherer = gatherer
        self._doctor = doctor

    def listen(self, app: AsyncApp) -> None:
        """Register with Bolt."""
        app.command("/review")(self.on_command)

    async def on_command(
        self, ack: AsyncAck, command: dict[str, Any], client: AsyncWebClient, respond: AsyncRespond
    ) -> None:
        """Answer at once; what needs the forge, or Slack itself, follows a moment later."""
        wanted = parse_command(str(command.get("text", "")))
        if wanted.word in SLOW and wanted.unknown is None:
            await ack()
            message = await self._slowly(wanted)
            await respond(**payload(message), response_type="ephemeral")
            return
        answer = await self._answer(wanted, command)
        if isinstance(answer, Message):
            await ack(**payload(answer), response_type="ephemeral")
            return
        await ack()
        trouble = await self._open(answer, command, client)
        if trouble is not None:
            await respond(**payload(trouble), response_type="ephemeral")

    async def _slowly(self, wanted: Asked) -> Message:
        """An answer for which somebody else is asked, or much is read."""
        match wanted.word:
            case "doctor":
                return render_doctor(await self._doctor.examine())
            case "stats":
                return await self._stats()
            case _:
                return await self._simulate(wanted.rest)

    async def _stats(self) -> Message:
        storage, now = self._room.storage, self._room.clock.now()
        reviews = await storage.run(lambda rooms: rooms.reviews.open())
        whole = await read_insights(storage, first_monday(now.date(), 3), 2)
        return render_stats(reviews, now, whole.weeks)

    async def _answer(self, wanted: Asked, command: dict[str, Any]) -> Message | View:
        """What is shown to the person: a message, or a dialog that asks for the rest."""
        if wanted.unknown is not None:
            return render_guess(wanted.unknown, wanted.word)
        if wanted.word in ON_A_REVIEW:
            return await self._on_a_review(wanted, command)
        if wanted.word == "away":
            return await self._away(wanted.rest, command)
        if wanted.word == "prefs":
            return await self._prefs(command)
        return await self._about_all(wanted, str(command["user_id"]))

    async def _about_all(self, wanted: Asked, slack: str) -> Message:
        """A word about everything that is open."""
        reviews = await self._room.storage.run(lambda rooms: rooms.reviews.open())
        match wanted.word:
            case "status":
                return render_status(reviews, self._room.policies.problems)
            case "queue":
                domains = [one.name for one in self._room.policies.current.policy.domains]
                return render_queue(reviews, wanted.rest, domains)
            case "mine":
                return await self._mine(slack, reviews)
            case _:
                return render_help()

    async def _mine(self, slack: str, reviews: Sequence[Review]) -> Message:
        person = self._person(slack)
        if person is None:
            return render_stranger(slack)
        waiting = await self._room.storage.run(lambda rooms: rooms.reviews.asked(person.id))
        own = [one for one in reviews if one.author_person == person.id]
        return render_mine(waiting, own, person.id)

    async def _on_a_review(self, wanted: Asked, command: dict[str, Any]) -> Message | View:
        """A word about one merge request, whose address comes first."""
        said, _, rest = wanted.rest.partition(" ")
        review = await self._room.storage.run(lambda rooms: _meant(rooms, said))
        if review is None:
            return render_unknown_url(parse_address(said), wanted.word)
        match wanted.word:
            case "why":
                return render_why(review)
            case "ledger":
                ref = str(review.ref)
                entries = await self._room.storage.run(
                    lambda rooms: list(rooms.ledger.entries(ref))
                )
                return render_ledger(review, entries)
            case "decline":
                return await self._decline(review, command)
            case _:
                return await self._order(wanted.word, rest.strip(), review, command)

    async def _order(
        self, word: str, rest: str, review: Review, command: dict[str, Any]
    ) -> Message:
        people = self._room.policies.current.people
        event = parse_order(word, rest, review, self._click(review, command), people)
        if event is None:
            return render_form(word)
        await self._put(event, command)
        return render_noted(word, review)

    async def _away(self, rest: str, command: dict[str, Any]) -> Message:
        slack = str(command["user_id"])
        person = self._person(slack)
        if person is None or not self._at_home(command):
            return render_stranger(slack)
        today = self._room.clock.now().astimezone(ZoneInfo(person.timezone)).date()
        event = parse_away(rest, slack, today)
        if event is None:
            return render_form("away")
        await self._put(event, command)
        return render_away(event)

    async def _decline(self, review: Review, command: dict[str, Any]) -> View:
        person = self._person(str(command["user_id"]))

        def card(rooms: Rooms) -> str:
            binding = review.binding
            return rooms.cards.id_for(Shown(review.ref, binding.head_sha, binding.base_branch))

        card_id = await self._room.storage.run(card)
        return decline_modal(review, card_id, person.id if person is not None else None)

    async def _prefs(self, command: dict[str, Any]) -> Message | View:
        """The same dialog as on the Home tab."""
        slack = str(command["user_id"])
        person = self._person(slack)
        if person is None or not self._at_home(command):
            return render_stranger(slack)
        said = await self._room.storage.run(lambda rooms: rooms.preferences.said_by(person.id))
        return hours_modal(as_they_say(person, said), said)

    async def _open(
        self, view: View, command: dict[str, Any], client: AsyncWebClient
    ) -> Message | None:
        """Show a dialog; what is said where Slack does not."""
        try:
            await asked(client.views_open(trigger_id=command["trigger_id"], view=view))
        except CountersignError as exc:
            said = f"Slack did not open the dialog ({exc}). Nothing was changed; type it once more."
            return render_trouble(said)
        return None

    async def _simulate(self, rest: str) -> Message:
        """What a fresh look would decide, without anything coming of it."""
        review = await self._room.storage.run(lambda rooms: _meant(rooms, rest))
        if review is None:
            return render_unknown_url(parse_address(rest), "simulate")
        try:
            seen = await self._gatherer.gather(review.ref, review, None)
        except CountersignError as exc:
            return render_trouble(f"It cannot be looked at now: {exc}. Nothing was changed.")
        now = self._room.clock.now()
        event = MergeRequestTouched(review.ref)
        return render_simulation(advance(None, event, seen.facts, seen.policy, now).review)

    async def _put(self, event: Event, command: dict[str, Any]) -> None:
        key, now = f"slack command {command['trigger_id']}", self._room.clock.now()
        await self._room.storage.run(lambda rooms: rooms.inbox.put(key, event, now))
        self._room.events_waiting()

    def _click(self, review: Review, command: dict[str, Any]) -> Click:
        return Click(
            slack=str(command["user_id"]),
            home=self._at_home(command),
            channel=str(command["channel_id"]),
            head_sha=review.binding.head_sha,
            base_branch=review.binding.base_branch,
            at=self._room.clock.now(),
        )

    def _at_home(self, command: dict[str, Any]) -> bool:
        team = self._room.directory.team
        return team is not None and command.get("team_id") == team

    def _person(self, slack: str) -> Person | None:
        people = self._room.policies.current.people
        return next((one for one in people if one.slack == slack), None)


def _meant(rooms: Rooms, said: str) -> Review | None:
    """The merge request at that address, or the one open one that is called so."""
    return rooms.reviews.by_url(parse_address(said)) or called(said, rooms.reviews.open())
