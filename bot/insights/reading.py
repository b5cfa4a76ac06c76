"""Reads the insights of some weeks out of the ledger."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import date, timedelta

from routing.hindsight.cases import monday_of
from routing.hindsight.insights import Insights, add_up
from routing.hindsight.tallies import Week, tally_week
from storage.database import Rooms, Storage

A_BATCH = 500
"""Entries read within one transaction, so that decisions get their turn in between."""


@dataclass(slots=True)
class Remembered:
    """Weeks that were added up before, each with the revision of its cases then."""

    weeks: dict[date, tuple[int, Week]] = field(default_factory=dict)


def first_monday(today: date, weeks: int) -> date:
    """Where so many weeks, this one included, begin."""
    return monday_of(today) - timedelta(weeks=weeks - 1)


async def read_insights(
    storage: Storage, first: date, weeks: int, remembered: Remembered | None = None
) -> Insights:
    """The figures of the `weeks` weeks from the Monday `first` on, by UTC.

    Of weeks that are `remembered` only those are read again of which a case has changed.
    """
    while await storage.run(lambda rooms: rooms.cases.catch_up(A_BATCH)):
        pass
    mondays = [first + timedelta(weeks=number) for number in range(weeks)]
    before = dict(remembered.weeks) if remembered is not None else {}

    def look(rooms: Rooms) -> dict[date, tuple[int, Week]]:
        return {
            monday: before[monday]
            if monday in before and before[monday][0] == revision
            else (revision, tally_week(rooms.cases.of_week(monday)))
            for monday, revision in rooms.cases.revisions(first, mondays[-1]).items()
        }

    known = await storage.read(look)
    if remembered is not None:
        remembered.weeks.update(known)
    tallied = [known[monday][1] if monday in known else Week() for monday in mondays]
    return await asyncio.to_thread(add_up, tallied, first)
