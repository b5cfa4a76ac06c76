"""Periods as people write them: "5y" and "6 months" of tenure, "4h", "90m" and "2d" of work."""

from __future__ import annotations

import re
from datetime import timedelta

from routing.people import MONTHS_A_YEAR

WORKING_DAY = timedelta(hours=8)
"""What "1d" means on the ladder: a day of work, however long somebody's own days are."""

YEARS_AND_MONTHS = "(?=.)(?:([0-9]{1,2}) ?(?:y|years?))? ?(?:([0-9]{1,3}) ?(?:mo|months?))?"
_YEARS_AND_MONTHS = re.compile(YEARS_AND_MONTHS)
_WORKING_TIME = re.compile(r"(?:([0-9]{1,3})d)?(?:([0-9]{1,4})h)?(?:([0-9]{1,5})m)?")


def parse_months(text: str) -> int:
    """Whole months of tenure or experience: "5y", "18mo", "1y6mo", "5 years", "6 months".

    Raises:
        ValueError: it is not such a period, or it is no time at all.
    """
    found = _YEARS_AND_MONTHS.fullmatch(text)
    years, months = (int(part or 0) for part in found.groups()) if found else (0, 0)
    if not years and not months:
        raise ValueError(f"not a period of years and months: {text!r}")
    return years * MONTHS_A_YEAR + months


def parse_working_time(text: str) -> timedelta:
    """Working time: "4h", "90m", "2d", "1h30m"; a day counts as `WORKING_DAY`.

    Raises:
        ValueError: it is not such a period, or it is no time at all.
    """
    found = _WORKING_TIME.fullmatch(text)
    days, hours, minutes = (int(part or 0) for part in found.groups()) if found else (0, 0, 0)
    time = days * WORKING_DAY + timedelta(hours=hours, minutes=minutes)
    if not time:
        raise ValueError(f"not a period of working time: {text!r}")
    return time
