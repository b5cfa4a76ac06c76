"""The insights page as a value: plots with the numbers of each beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.insights.words import FIGURES, PAST_GATE, TITLES, hours_words, load_words, share_words
from routing.hindsight.insights import GROUP, Insights

SPANS = (4, 12, 26, 52)
"""Weeks one may look back."""
USUAL = 12


@dataclass(frozen=True, slots=True)
class Table:
    """Numbers in words."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Plot:
    """A plot with its numbers; `light` and `dark` are addresses."""

    name: str
    title: str
    says: str
    light: str
    dark: str
    table: Table


@dataclass(frozen=True, slots=True)
class InsightsPage:
    """Everything the page says."""

    spans: tuple[tuple[int, bool], ...]
    summary: tuple[tuple[str, str], ...]
    plots: tuple[Plot, ...]
    domains: Table
    group: int = GROUP


def parse_weeks(query: Mapping[str, str]) -> int:
    """How many weeks to look back."""
    return next((span for span in SPANS if str(span) == query.get("weeks")), USUAL)


def insights_page(insights: Insights, weeks: int) -> InsightsPage:
    """The page."""
    whole = insights.whole
    return InsightsPage(
        spans=tuple((span, span == weeks) for span in SPANS),
        summary=tuple((name, figure(whole)) for name, figure in FIGURES.items()),
        plots=tuple(
            Plot(
                name,
                TITLES[name],
                says,
                f"/insights/{name}.light.svg?weeks={weeks}",
                f"/insights/{name}.dark.svg?weeks={weeks}",
                Table(
                    ("Week of", *columns),
                    tuple((week.label, *cells(week)) for week in reversed(insights.weeks)),
                ),
            )
            for name, says, columns, cells in _PLOTS
        ),
        domains=Table(
            ("Domain", *FIGURES),
            tuple(
                (one.label, *(figure(one) for figure in FIGURES.values()))
                for one in insights.domains
            ),
        ),
    )


_PLOTS = (
    (
        "time",
        "Median hours from opening to the first approval or objection, and to the merge.",
        ("First review", "Merge", "Merge requests"),
        lambda week: (hours_words(week.hours), hours_words(week.merge_hours), str(week.opened)),
    ),
    (
        "ai",
        "Merge requests in which there is evidence that AI helped.",
        ("Share", "Merge requests"),
        lambda week: (share_words(week), str(week.opened)),
    ),
    (
        "load",
        "How many changes a person was asked about: from the fewest to the most, and the middle.",
        ("Asked of each",),
        lambda week: (load_words(week),),
    ),
    (
        "exceptions",
        "Deadlines passed, steps of the ladder, overrides, and what was merged past a shut gate.",
        ("Overdue", "Escalations", "Overrides", PAST_GATE),
        lambda week: (
            str(week.overdue),
            str(week.escalations),
            str(week.overridden),
            str(week.past_gate),
        ),
    ),
)
