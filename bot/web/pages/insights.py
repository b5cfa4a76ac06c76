"""The insights page as a value: plots with the numbers of each beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from routing.hindsight.insights import GROUP, Figures, Insights, monday_of

SPANS = (4, 12, 26, 52)
"""Weeks one may look back."""
USUAL = 12

TOO_FEW = "–"
"""In the place of a figure behind which stand too few people."""

DOMAIN_COLUMNS = (
    *("Domain", "Merge requests", "AI", "First review", "Asked of each"),
    *("Escalations", "Overrides"),
)


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


def first_monday(today: date, weeks: int) -> date:
    """Where so many weeks, this one included, begin."""
    return monday_of(today) - timedelta(weeks=weeks - 1)


def insights_page(insights: Insights, weeks: int) -> InsightsPage:
    """The page."""
    whole = insights.whole
    return InsightsPage(
        spans=tuple((span, span == weeks) for span in SPANS),
        summary=(
            ("Merge requests", str(whole.opened)),
            ("AI helped with", _share(whole)),
            ("Median time to first review", _hours(whole)),
            ("Asked of each person", _load(whole)),
            ("Escalations", str(whole.escalations)),
            ("Overrides", str(whole.overridden)),
        ),
        plots=tuple(
            Plot(
                name,
                title,
                says,
                f"/insights/{name}.light.svg?weeks={weeks}",
                f"/insights/{name}.dark.svg?weeks={weeks}",
                Table(
                    ("Week of", *columns),
                    tuple((week.label, *cells(week)) for week in reversed(insights.weeks)),
                ),
            )
            for name, title, says, columns, cells in _PLOTS
        ),
        domains=Table(
            DOMAIN_COLUMNS,
            tuple(
                (
                    one.label,
                    str(one.opened),
                    _share(one),
                    _hours(one),
                    _load(one),
                    str(one.escalations),
                    str(one.overridden),
                )
                for one in insights.domains
            ),
        ),
    )


def _share(one: Figures) -> str:
    return f"{one.ai_share:.0%}" if one.ai_share is not None else TOO_FEW


def _hours(one: Figures) -> str:
    return f"{one.hours:.1f} h" if one.hours is not None else TOO_FEW


def _load(one: Figures) -> str:
    if one.load is None:
        return TOO_FEW
    return f"{one.load.least}–{one.load.most}, middle {one.load.middle:g}"


_PLOTS = (
    (
        "time",
        "Time to first review",
        "Median hours from a merge request’s opening to the first approval or objection.",
        ("Median", "Merge requests"),
        lambda week: (_hours(week), str(week.opened)),
    ),
    (
        "ai",
        "AI share",
        "Merge requests in which there is evidence that AI helped.",
        ("Share", "Merge requests"),
        lambda week: (_share(week), str(week.opened)),
    ),
    (
        "load",
        "Load",
        "How many changes a person was asked about: from the fewest to the most, and the middle.",
        ("Asked of each",),
        lambda week: (_load(week),),
    ),
    (
        "exceptions",
        "Escalations and overrides",
        "Steps of the ladder that were taken, and gates opened without the signatures.",
        ("Escalations", "Overrides"),
        lambda week: (str(week.escalations), str(week.overridden)),
    ),
)
