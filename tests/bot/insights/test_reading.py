"""Insights that are read again are the same, whatever was remembered, and follow the ledger."""

from __future__ import annotations

from datetime import timedelta

from bot.insights.reading import Remembered, first_monday, read_insights
from routing.model import Ref
from routing.trail import Entry
from storage.database import Storage
from tests.builders import NOW, REF

FIRST, WEEKS = first_monday(NOW.date(), 4), 4
OTHER = Ref("github", "acme/shop", 99)


async def write(storage: Storage, ref: Ref, *kinds: str, weeks_ago: int = 0) -> None:
    at = NOW - timedelta(weeks=weeks_ago)
    entries = [Entry(kind, {"author": "ana"}) for kind in kinds]
    await storage.run(lambda rooms: rooms.ledger.append(ref, entries, at))


async def test_what_changed_in_a_remembered_week_is_told(storage: Storage) -> None:
    remembered = Remembered()
    await write(storage, REF, "opened")
    await write(storage, OTHER, "opened", weeks_ago=2)
    before = await read_insights(storage, FIRST, WEEKS, remembered)
    await write(storage, OTHER, "escalated", weeks_ago=2)
    after = await read_insights(storage, FIRST, WEEKS, remembered)

    assert [week.opened for week in before.weeks] == [0, 1, 0, 1]
    assert [week.overdue for week in before.weeks] == [0, 0, 0, 0]
    assert [week.overdue for week in after.weeks] == [0, 1, 0, 0]
    assert after == await read_insights(storage, FIRST, WEEKS)


async def test_a_week_is_counted_in_the_span_that_holds_it_only(storage: Storage) -> None:
    remembered = Remembered()
    await write(storage, REF, "opened", weeks_ago=3)
    whole = await read_insights(storage, FIRST, WEEKS, remembered)
    later = await read_insights(storage, FIRST + timedelta(weeks=1), WEEKS - 1, remembered)

    assert (whole.whole.opened, later.whole.opened) == (1, 0)
