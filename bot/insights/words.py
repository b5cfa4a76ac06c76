"""Figures in words, the same on the pages and in Slack."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from routing.hindsight.insights import Figures

TOO_FEW = "–"
"""In the place of a figure behind which stand too few people."""

PAST_GATE = "Merged past the gate"
"""Merged while the gate was shut, by whoever may bypass it or where it is not required."""

TITLES = {
    "time": "Time to first review and to merge",
    "ai": "AI share",
    "load": "Changes asked of each person",
    "exceptions": "Overdue, overrides, merged past the gate",
}
"""What each plot is called."""


def share_words(one: Figures) -> str:
    """The part of the changes that AI helped with."""
    return f"{one.ai_share:.0%}" if one.ai_share is not None else TOO_FEW


def hours_words(hours: float | None) -> str:
    """A median time."""
    return f"{hours:.1f} h" if hours is not None else TOO_FEW


def load_words(one: Figures) -> str:
    """How many changes each person was asked about."""
    if one.load is None:
        return TOO_FEW
    return f"{one.load.least}–{one.load.most}, median {one.load.middle:g}"


FIGURES: Mapping[str, Callable[[Figures], str]] = {
    "Merge requests": lambda one: str(one.opened),
    "AI helped with": share_words,
    "Median time to first review": lambda one: hours_words(one.hours),
    "Median time to merge": lambda one: hours_words(one.merge_hours),
    "Overdue": lambda one: str(one.overdue),
    "Overrides": lambda one: str(one.overridden),
    PAST_GATE: lambda one: str(one.past_gate),
    "Escalations": lambda one: str(one.escalations),
    "Asked of each person": load_words,
}
"""What is said of any merge requests together."""
