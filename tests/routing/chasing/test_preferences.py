"""What people say of themselves goes before the file, and a status takes no word back."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from routing.chasing.preferences import NOTHING_SAID, Preferences, after_saying, all_as_they_say
from routing.chasing.public_holidays import is_region
from routing.chasing.working_hours import after_working_time, next_at_work
from routing.events import AwaySaid, HoursSaid
from routing.people import Away
from tests.builders import NOW, a_person

DANA = a_person("dana")
TODAY, FRIDAY = date(2026, 11, 16), date(2026, 11, 20)
STATED = Preferences(away=Away(TODAY, FRIDAY))
READ = Preferences(away=Away(TODAY, FRIDAY), by_status=True)


def says(before: Preferences, until: date | None, *, by_status: bool = False) -> Preferences:
    return after_saying(before, AwaySaid("U0DANA", until, by_status), DANA, NOW)


@pytest.mark.parametrize(
    ("before", "until", "by_status", "after"),
    [
        (NOTHING_SAID, FRIDAY, False, STATED),
        (NOTHING_SAID, FRIDAY, True, READ),
        (NOTHING_SAID, date(2026, 11, 1), False, Preferences(away=Away(TODAY, TODAY))),
        (STATED, None, False, NOTHING_SAID),
        (READ, None, True, NOTHING_SAID),
        (READ, None, False, NOTHING_SAID),
        (STATED, None, True, STATED),
        (STATED, TODAY, True, STATED),
        (NOTHING_SAID, None, True, NOTHING_SAID),
    ],
)
def test_the_last_word_counts_but_no_status_goes_before_a_word(
    before: Preferences, until: date | None, after: Preferences, *, by_status: bool
) -> None:
    assert says(before, until, by_status=by_status) == after


def test_hours_zone_and_days_go_before_those_of_the_file() -> None:
    event = HoursSaid("U0DANA", "Asia/Tokyo", (time(8), time(12)), (0, 1), time(9))
    said = {"dana": after_saying(NOTHING_SAID, event, DANA, NOW)}
    (dana, omar) = all_as_they_say([DANA, a_person("omar")], said)
    assert (dana.timezone, dana.hours, dana.days) == (
        "Asia/Tokyo",
        (time(8), time(12)),
        frozenset({0, 1}),
    )
    assert omar == a_person("omar")


def test_what_was_said_of_hours_leaves_the_absence_alone() -> None:
    event = HoursSaid("U0DANA", "UTC", (time(8), time(12)), (0,), None)
    assert after_saying(STATED, event, DANA, NOW).away == STATED.away


def test_an_absence_is_added_to_those_of_the_file() -> None:
    (dana,) = all_as_they_say([DANA], {"dana": STATED})
    assert next_at_work(dana, NOW) == datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("region", "due"),
    [
        (None, datetime(2026, 12, 25, 10, 0, tzinfo=UTC)),
        ("DE-BE", datetime(2026, 12, 28, 10, 0, tzinfo=UTC)),
        ("FR", datetime(2026, 12, 28, 10, 0, tzinfo=UTC)),
        ("JP", datetime(2026, 12, 25, 10, 0, tzinfo=UTC)),
    ],
)
def test_nobody_works_on_a_public_holiday_of_their_region(
    region: str | None, due: datetime
) -> None:
    """Christmas Day 2026 is a Friday; it is no holiday in Japan."""
    person = a_person("dana", region=region)
    asked = datetime(2026, 12, 24, 16, 30, tzinfo=UTC)
    assert after_working_time(person, asked, timedelta(hours=2)) == due


@pytest.mark.parametrize(
    ("region", "known"),
    [("DE", True), ("DE-BE", True), ("US-CA", True), ("XX", False), ("DE-XX", False), ("", False)],
)
def test_only_known_regions_are_regions(region: str, *, known: bool) -> None:
    assert is_region(region) is known
