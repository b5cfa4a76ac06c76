"""Snoozing: somebody who was asked wants to hear of it again later, and until when that may be."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from routing.answering.answers import Answered, nobody_here, not_now, refuse
from routing.chasing.working_hours import shifts
from routing.effects import ReplyPrivately, TellThread
from routing.events import ReviewSnoozed
from routing.people import Person
from routing.policy import Step
from routing.record import Review
from routing.situation import Situation
from routing.trail import Entry

TOMORROW = "tomorrow"
SPAN = re.compile(r"(\d{1,3})\s*(m|min|h|d)\Z")
UNITS = {"m": "minutes", "min": "minutes", "h": "hours", "d": "days"}
LONGEST = timedelta(days=60)
"""Whoever wants to sleep longer is better off declining."""


def snooze_end(words: str, person: Person, now: datetime) -> datetime | None:
    """The UTC moment that the words mean to this person; None for words that mean none.

    "2h", "90m", "3d" are spans; "tomorrow" and a date ("2026-12-01") begin with the person's
    first hour of work on or after that day.
    """
    said = words.strip().lower()
    today = now.astimezone(ZoneInfo(person.timezone)).date()
    if span := SPAN.match(said):
        until = now + timedelta(**{UNITS[span.group(2)]: int(span.group(1))})
    elif said == TOMORROW:
        until = _start_of_work(person, today + timedelta(days=1), now)
    else:
        try:
            day = date.fromisoformat(said)
        except ValueError:
            return None
        until = _start_of_work(person, day, now) if day > today else now
    return until if now < until <= now + LONGEST else None


def snooze(review: Review, event: ReviewSnoozed, situation: Situation) -> Answered:
    """Leave somebody in peace until then; the ladder's other steps go on, and they are told."""
    person = situation.facts.people.by_slack.get(event.click.slack)
    problem = nobody_here(person, event.click, situation) or not_now(review)
    if problem is None and not any(person and ask.person == person.id for ask in review.waiting):
        problem = "you are not asked to review this"
    until = (
        snooze_end(event.until, person, event.click.at or situation.now)
        if person is not None
        else None
    )
    if problem is None and until is None:
        problem = (
            f"“{event.until}” is no moment within {LONGEST.days} days; "
            "write 2h, tomorrow or a date like 2026-12-01"
        )
    if problem is not None or person is None or until is None:
        return refuse(review, event.click, "snooze", problem or "")
    asks = tuple(
        replace(ask, snoozed_until=until) if ask.person == person.id else ask for ask in review.asks
    )
    entry = Entry("snoozed", {"person": person.id, "until": until.isoformat()})
    said = f"You will hear of this again {local(until, person)}.{_before(review, person, until)}"
    reply = ReplyPrivately(review.ref, event.click.slack, event.click.channel, said)
    line = TellThread(review.ref, f"{person.name} snoozed this until {until:%Y-%m-%d %H:%M} UTC.")
    return Answered(replace(review, asks=asks), (reply, line), (entry,))


def local(moment: datetime, person: Person) -> str:
    """A moment as the person's own clock shows it."""
    return f"{moment.astimezone(ZoneInfo(person.timezone)):%a %d %b, %H:%M}"


def deadline(review: Review, person: str) -> datetime | None:
    """When the ladder takes the ask from this person; None where it never does."""
    own = (one for one in review.coming if one.person == person and one.step is Step.REASSIGN)
    return min((one.at for one in own), default=None)


def _before(review: Review, person: Person, until: datetime) -> str:
    """What happens before the snooze is over must be said."""
    taken = deadline(review, person.id)
    if taken is None or taken > until:
        return ""
    return f" But {local(taken, person)} somebody else is asked instead, before that."


def _start_of_work(person: Person, day: date, now: datetime) -> datetime:
    midnight = datetime.combine(day, time(0), ZoneInfo(person.timezone)).astimezone(UTC)
    start = max(midnight, now)
    return next((begin for begin, _ in shifts(person, start)), midnight)
