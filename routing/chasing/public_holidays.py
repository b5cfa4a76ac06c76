"""Public holidays of a region, by the `holidays` library: days on which nobody there is at work."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import holidays

REGION = r"[A-Z]{2}(-[A-Z0-9]{1,6})?"
"""A country (ISO 3166-1), or one of its parts (ISO 3166-2): DE, DE-BE, US-CA."""


def is_region(region: str) -> bool:
    """Whether the library knows the public holidays of that region."""
    try:
        _days(region, 2000)
    except NotImplementedError:
        return False
    return True


def is_public_holiday(region: str, day: date) -> bool:
    """Whether people in that region do not work on that day.

    Raises:
        NotImplementedError: the region is none; `is_region` tells.
    """
    return day in _days(region, day.year)


@lru_cache(maxsize=256)
def _days(region: str, year: int) -> frozenset[date]:
    country, _, part = region.partition("-")
    return frozenset(holidays.country_holidays(country, subdiv=part or None, years=year))
