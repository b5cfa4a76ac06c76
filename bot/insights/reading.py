"""Reads the insights of some weeks out of the ledger."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from routing.hindsight.insights import Insights, gain_insights, monday_of
from storage.database import Storage

A_BATCH = 500
"""Entries read within one transaction, so that decisions get their turn in between."""


def first_monday(today: date, weeks: int) -> date:
    """Where so many weeks, this one included, begin."""
    return monday_of(today) - timedelta(weeks=weeks - 1)


async def read_insights(storage: Storage, first: date, weeks: int) -> Insights:
    """The figures of the `weeks` weeks from the Monday `first` on, by UTC."""
    while await storage.run(lambda rooms: rooms.cases.catch_up(A_BATCH)):
        pass
    start = datetime.combine(first, time(), UTC)
    cases = await storage.read(lambda rooms: rooms.cases.since(start))
    return gain_insights(cases, first, weeks)
