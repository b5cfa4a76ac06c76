"""The figures of some weeks, from the cases that were opened in them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from routing.hindsight.cases import Case
from routing.hindsight.insights import Insights, add_up
from routing.hindsight.tallies import tally_week


def gain_insights(cases: Iterable[Case], first: date, weeks: int) -> Insights:
    """Add up the cases opened in the `weeks` weeks from the Monday `first` on."""
    by_week: list[list[Case]] = [[] for _ in range(weeks)]
    for case in cases:
        week = (case.opened.toordinal() - first.toordinal()) // 7
        if 0 <= week < weeks:
            by_week[week].append(case)
    return add_up([tally_week(some) for some in by_week], first)
