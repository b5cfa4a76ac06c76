"""Working time: nobody's clock runs at night, and no clock change steals or adds an hour."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.chasing.working_hours import after_working_time, next_at_work, shifts
from routing.people import Away, Person
from tests.builders import NOW, a_person

TABLE = Path(__file__).parents[2] / "data" / "routing" / "working_time.json"
CASES = [pytest.param(case, id=case["fact"]) for case in json.loads(TABLE.read_text("utf-8"))]


def somebody(case: dict[str, Any]) -> Person:
    """Somebody who works as the case says."""
    first, last = (time.fromisoformat(text) for text in case["hours"].split("-"))
    away = [date.fromisoformat(day) for day in case.get("away", ())]
    return a_person(
        "dana",
        timezone=case["zone"],
        hours=(first, last),
        days=frozenset(case.get("days", range(5))),
        away=(Away(away[0], away[1]),) if away else (),
    )


@pytest.mark.parametrize("case", CASES)
def test_working_time_passes_like_this(case: dict[str, Any]) -> None:
    start, end = (datetime.fromisoformat(case[key]) for key in ("start", "end"))
    assert after_working_time(somebody(case), start, timedelta(hours=case["span"])) == end


def test_at_work_now_is_now() -> None:
    assert next_at_work(a_person("dana"), NOW) == NOW


def test_after_work_it_is_the_next_morning() -> None:
    evening = NOW.replace(hour=17, minute=30)
    assert next_at_work(a_person("dana"), evening) == NOW.replace(hour=9) + timedelta(days=1)


def test_who_is_away_for_more_than_a_year_is_not_in_sight() -> None:
    for_ever = a_person("dana", away=(Away(date(2026, 1, 1), date(2099, 1, 1)),))
    assert next_at_work(for_ever, NOW) is None


def test_more_working_time_is_never_over_before_less_though_somebody_leaves_between() -> None:
    last_day = a_person("dana", away=(Away(date(2026, 11, 17), date(2099, 1, 1)),))
    friday = NOW - timedelta(days=3)
    eight, twelve = (after_working_time(last_day, friday, timedelta(hours=it)) for it in (16, 20))
    assert eight <= twelve


ZONES = ["UTC", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu"]
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis takes the bounds naive
SPANS = st.timedeltas(timedelta(0), timedelta(hours=30))
PEOPLE = st.builds(
    lambda zone, begin, length, days: a_person(
        "dana",
        timezone=zone,
        hours=(time(begin), time(begin + length, 30)),
        days=frozenset(days),
        away=(
            Away(date(2026, 3, 20), date(2026, 4, 2)),
            Away(date(2026, 11, 2), date(2026, 11, 2)),
        ),
    ),
    st.sampled_from(ZONES),
    st.integers(0, 14),
    st.integers(2, 9),
    st.sets(st.integers(0, 6), min_size=1),
)


def at_work(person: Person, moment: datetime) -> bool:
    """Whether the person's own clock and calendar say so."""
    local = moment.astimezone(ZoneInfo(person.timezone))
    begin, end = person.hours
    works = local.weekday() in person.days and not person.is_away(local.date())
    return works and begin <= local.time() < end


@given(person=PEOPLE, start=MOMENTS)
def test_shifts_lie_one_after_the_other_within_the_person_s_own_hours(
    person: Person, start: datetime
) -> None:
    some = [shift for shift, _ in zip(shifts(person, start), range(12), strict=False)]
    assert all(start <= begin < end for begin, end in some)
    assert all(end <= begin for (_, end), (begin, _) in pairwise(some))
    assert all(at_work(person, begin) for begin, _ in some)


@given(person=PEOPLE, start=MOMENTS)
def test_no_minute_at_work_lies_outside_the_shifts(person: Person, start: datetime) -> None:
    some = [shift for shift, _ in zip(shifts(person, start), range(3), strict=False)]
    until = min(some[-1][1], start + timedelta(days=9))
    moment = start
    while moment < until:
        inside = any(begin <= moment < end for begin, end in some)
        assert inside or not at_work(person, moment)
        moment += timedelta(minutes=53)


@given(person=PEOPLE, start=MOMENTS, less=SPANS, more=SPANS)
def test_more_working_time_is_over_later(
    person: Person, start: datetime, less: timedelta, more: timedelta
) -> None:
    less, more = sorted([less, more])
    assert start <= after_working_time(person, start, less)
    assert after_working_time(person, start, less) <= after_working_time(person, start, more)


@given(person=PEOPLE, early=MOMENTS, late=MOMENTS, span=SPANS)
def test_who_is_asked_later_is_due_no_earlier(
    person: Person, early: datetime, late: datetime, span: timedelta
) -> None:
    early, late = sorted([early, late])
    assert after_working_time(person, early, span) <= after_working_time(person, late, span)


@given(person=PEOPLE, start=MOMENTS, first=SPANS, second=SPANS)
def test_two_spans_one_after_the_other_are_their_sum(
    person: Person, start: datetime, first: timedelta, second: timedelta
) -> None:
    between = after_working_time(person, start, first)
    assert after_working_time(person, between, second) == after_working_time(
        person, start, first + second
    ) or second == timedelta(0)


@given(person=PEOPLE, start=MOMENTS, span=SPANS)
def test_exactly_so_much_working_time_lies_between_start_and_end(
    person: Person, start: datetime, span: timedelta
) -> None:
    end = after_working_time(person, start, span)
    passed = timedelta(0)
    for begin, finish in shifts(person, start):
        if begin >= end:
            break
        passed += min(finish, end) - begin
    assert passed == span
