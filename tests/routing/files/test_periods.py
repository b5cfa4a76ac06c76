"""Periods as people write them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from routing.files.periods import parse_months, parse_working_time


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("5y", 60),
        ("18mo", 18),
        ("1y6mo", 18),
        ("0y1mo", 1),
        ("99y999mo", 2187),
        ("5 years", 60),
        ("1 year", 12),
        ("6 months", 6),
        ("1 month", 1),
        ("1 year 6 months", 18),
    ],
)
def test_tenure_is_counted_in_months(text: str, months: int) -> None:
    assert parse_months(text) == months


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("4h", timedelta(hours=4)),
        ("90m", timedelta(minutes=90)),
        ("1h30m", timedelta(minutes=90)),
        ("2d", timedelta(hours=16)),
        ("1d4h", timedelta(hours=12)),
    ],
)
def test_a_day_of_work_is_eight_hours(text: str, time: timedelta) -> None:
    assert parse_working_time(text) == time


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0y",
        "5",
        "y",
        "5m",
        "5  y",
        "5 yrs",
        "5 years and 6 months",
        "-5y",
        "1.5y",
        "6mo1y",
        "100y",
        "\N{ARABIC-INDIC DIGIT FIVE}y",
        "5y\n",
    ],
)
def test_what_is_no_period_of_months_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a period"):
        parse_months(text)


@pytest.mark.parametrize("text", ["", "0h", "4", "h", "1y", "4H", "-4h", "30m1h", "1000d", "4h\n"])
def test_what_is_no_working_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a period"):
        parse_working_time(text)


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 99), st.integers(0, 999))
def test_years_and_months_add_up(years: int, months: int) -> None:
    assume(years or months)
    assert parse_months(f"{years}y{months}mo") == 12 * years + months


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 999), st.integers(0, 9999), st.integers(0, 99999))
def test_days_hours_and_minutes_of_work_add_up(days: int, hours: int, minutes: int) -> None:
    assume(days or hours or minutes)
    whole = timedelta(hours=8 * days + hours, minutes=minutes)
    assert parse_working_time(f"{days}d{hours}h{minutes}m") == whole
