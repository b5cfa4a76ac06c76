"""The insights page: the numbers in words, and each plot an image for either theme."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.insights.reading import first_monday
from bot.web.pages.insights import insights_page, parse_weeks
from routing.hindsight.cases import Case
from routing.hindsight.insights import GROUP
from tests.bot.web.pages.golden import agreed
from tests.builders import NOW
from tests.weeks import gain_insights

CROWD = tuple(f"person {number}" for number in range(GROUP))
HOUR = timedelta(hours=1)
MONDAY = date(2026, 11, 9)
CASES = [
    Case(
        NOW,
        who,
        who == CROWD[0],
        ("web",),
        CROWD,
        NOW + timedelta(hours=2),
        NOW + timedelta(hours=5),
        1,
    )
    for who in CROWD
]
INSIGHTS = gain_insights([*CASES, Case(NOW - timedelta(weeks=1), "ana")], MONDAY, 2)


def test_the_page_says_what_was_agreed() -> None:
    assert agreed("insights", insights_page(INSIGHTS, 4))


@pytest.mark.parametrize(
    ("asked", "weeks"), [("4", 4), ("52", 52), ("", 12), ("5", 12), ("x", 12), ("٤", 12)]
)
def test_the_span_is_one_of_those_offered(asked: str, weeks: int) -> None:
    assert parse_weeks({"weeks": asked}) == weeks


def test_the_span_ends_with_this_week() -> None:
    assert first_monday(date(2026, 11, 22), 2) == MONDAY
