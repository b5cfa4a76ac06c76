"""Working time: when a person is at work, and when so much of their working time has passed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from routing.chasing.public_holidays import is_public_holiday
from routing.people import Person

HORIZON_DAYS = 400
"""How far ahead to look for working time. Nobody is asked who is away for longer."""


def works_on(person: Person, day: date) -> bool:
    """Whether that day of theirs is a working day: no weekend, no absence, no public holiday."""
    if day.weekday() not in person.days or person.is_away(day):
        return False
    return person.region is None or not is_public_holiday(person.region, day)


def shifts(person: Person, start: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The person's stretches of work from `start` on, as UTC (begin, end), in order.

    Both ends are taken from the local clock of each day, so a night on which the clocks change
    makes no hour too many or too few.
    """
    zone = ZoneInfo(person.timezone)
    first: date = start.astimezone(zone).date()
    for offset in range(HORIZON_DAYS):
        day = first + timedelta(days=offset)
        if not works_on(person, day):
            continue
        begin, end = (
            datetime.combine(day, hour, tzinfo=zone).astimezone(UTC) for hour in person.hours
        )
        begin = max(begin, start)
        if begin < end:
            yield begin, end


def after_working_time(person: Person, start: datetime, span: timedelta) -> datetime:
    """The moment at which the person has been at work for `span` since `start`, in UTC.

    When no working time is in sight any more, plain time counts, so that nothing waits for ever.
    """
    left, last = span, start
    for begin, end in shifts(person, start):
        if left <= end - begin:
            return begin + left
        left -= end - begin
        last = end
    return last + left


def outside_hours(person: Person, at: datetime) -> str | None:
    """The person's local time in words where they are not at work then; None where they are."""
    if next_at_work(person, at) == at:
        return None
    return f"{at.astimezone(ZoneInfo(person.timezone)):%A, %H:%M} in {person.timezone}"


def next_at_work(person: Person, now: datetime) -> datetime | None:
    """When the person is next at work: `now` itself if they are, None if not in sight."""
    return next((begin for begin, _ in shifts(person, now)), None)
