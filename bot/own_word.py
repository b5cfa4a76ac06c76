"""Keeps what people say of themselves, and looks again at the reviews that wait for them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from routing.chasing.preferences import after_saying
from routing.chasing.silence import TOLD, TOO_MANY, heard_of
from routing.effects import TellPerson, Topic
from routing.events import (
    AwaySaid,
    Click,
    DeclineReason,
    Event,
    HoursSaid,
    MergeRequestTouched,
    PathsSaid,
    PersonalEvent,
    ReviewDeclined,
)
from routing.people import Person
from routing.record import Review
from storage.database import Rooms


def keep_own_word(rooms: Rooms, event: PersonalEvent, person: Person, now: datetime) -> None:
    """Remember it; whoever goes away hands back what waits for them, each review by itself.

    What people say of themselves is theirs to change and to erase: it is kept out of the ledger,
    which tells only what became of it.
    """
    match event:
        case PathsSaid(_, out, back):
            rooms.preferences.opt_out(person.id, out, now)
            rooms.preferences.opt_in(person.id, back)
        case AwaySaid() | HoursSaid():
            before = rooms.preferences.said_by(person.id)
            rooms.preferences.keep(person.id, after_saying(before, event, person, now), now)
            rooms.preferences.spoke(person.id)
    for review in rooms.reviews.asked(person.id):
        if _declines_already(rooms.inbox.waiting_for(review.ref), event):
            continue
        key = f"{event.kind} {person.id} {now.isoformat()} {review.ref}"
        rooms.inbox.put(key, _look_again(review, event, now), now)


def _declines_already(waiting: Iterable[Event], event: PersonalEvent) -> bool:
    """Whether the person's own word on that very review is on its way."""
    return any(
        isinstance(one, ReviewDeclined) and one.click.slack == event.slack for one in waiting
    )


def _look_again(review: Review, event: PersonalEvent, now: datetime) -> Event:
    match event:
        case AwaySaid(slack, until, by_status=False) if until is not None:
            binding = review.binding
            click = Click(slack, True, slack, binding.head_sha, binding.base_branch, now)
            return ReviewDeclined(review.ref, click, DeclineReason.AWAY, until=until)
        case _:
            return MergeRequestTouched(review.ref)


def note_silences(rooms: Rooms, before: Review | None, after: Review) -> Iterable[TellPerson]:
    """Count who let an ask pass; whoever did so too often is told, once."""
    told: list[TellPerson] = []
    for person, spoke in heard_of(before, after).items():
        if spoke:
            rooms.preferences.spoke(person)
        elif rooms.preferences.let_pass(person) == TOO_MANY:
            told.append(TellPerson(after.ref, person, Topic.NOT_ASKED, TOLD))
    return told
