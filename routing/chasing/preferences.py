"""What people say of themselves: when they work, when they are away, when their digest comes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time
from zoneinfo import ZoneInfo

from routing.events import AwaySaid, HoursSaid
from routing.people import Away, Person


@dataclass(frozen=True, slots=True)
class Preferences:
    """One person's own word, which goes before the people file; None where they said nothing.

    `by_status` says that `away` was read off their Slack status, and ends with it. `digest_at`
    is local to their time zone.
    """

    away: Away | None = None
    by_status: bool = False
    timezone: str | None = None
    hours: tuple[time, time] | None = None
    days: frozenset[int] | None = None
    digest_at: time | None = None


NOTHING_SAID = Preferences()


def as_they_say(person: Person, said: Preferences) -> Person:
    """The person, with what they said of themselves in place of what the file says."""
    return replace(
        person,
        timezone=said.timezone or person.timezone,
        hours=said.hours or person.hours,
        days=person.days if said.days is None else said.days,
        away=(*person.away, said.away) if said.away is not None else person.away,
    )


def all_as_they_say(
    people: Iterable[Person], said: Mapping[str, Preferences]
) -> tuple[Person, ...]:
    """Everybody, with what each said of themselves."""
    return tuple(
        as_they_say(person, said[person.id]) if person.id in said else person for person in people
    )


def after_saying(
    before: Preferences, event: AwaySaid | HoursSaid, person: Person, now: datetime
) -> Preferences:
    """What is known after somebody has said one more thing.

    A Slack status that ends takes back no absence that the person stated in so many words.
    """
    match event:
        case AwaySaid(until=None, by_status=True) if not before.by_status:
            return before
        case AwaySaid(until=None):
            return replace(before, away=None, by_status=False)
        case AwaySaid(until=until, by_status=by_status):
            today = now.astimezone(ZoneInfo(person.timezone)).date()
            stated = before.away is not None and not before.by_status and before.away.last >= today
            if by_status and stated:
                return before
            away = Away(today, max(until or today, today))
            return replace(before, away=away, by_status=by_status)
        case HoursSaid():
            return replace(
                before,
                timezone=event.timezone,
                hours=event.hours,
                days=frozenset(event.days),
                digest_at=event.digest_at,
            )
