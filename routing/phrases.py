"""Pieces of sentences: counts, short lists, and names made fit to be read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from routing.people import MONTHS_A_YEAR

LONGEST_NAME = 100
"""Characters of a path or a name that a sentence shows."""


def counted(number: int, one: str, many: str | None = None) -> str:
    """A number with its noun: `1 file`, `3 files`."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def render_months(months: int) -> str:
    """The span in words: "5 y", "8 months", "2 y 3 months"."""
    years, rest = divmod(months, MONTHS_A_YEAR)
    some = counted(rest, "month")
    if not years:
        return some
    return f"{years} y {some}" if rest else f"{years} y"


def day_words(day: date) -> str:
    """A day as people say it: "Friday 20 November 2026"."""
    return f"{day:%A} {day.day} {day:%B %Y}"


def listed(items: Iterable[str], most: int = 3) -> str:
    """A few of the items, readable: `a, b and c`, `a, b, c and 4 more`."""
    everything = list(items)
    shown = [readable(item) for item in everything[:most]]
    if len(everything) > most:
        shown.append(f"{len(everything) - most} more")
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def readable(text: str) -> str:
    """Text from outside on one line: what cannot be printed becomes `?`, long text is cut."""
    cut = text if len(text) <= LONGEST_NAME else text[: LONGEST_NAME - 1] + "…"
    return "".join(letter if letter.isprintable() else "?" for letter in cut)


def whole_parts(text: str, length: int, between: str = " · ") -> str:
    """As many of a sentence's parts as fit, from the first on; the first is cut where it is long.

    "reviewed 14 changes · 6 y here · 1 open review" loses its end, never half a word.
    """
    first, *others = text.split(between)
    said = cut(first, length)
    for part in others:
        if len(said) + len(between) + len(part) > length:
            break
        said += between + part
    return said


def cut(text: str, length: int) -> str:
    """The text, shortened with an ellipsis where it is too long."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"
