"""The schedule under a clock that is set: what has a rhythm keeps it, nothing comes twice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.schedule import TICK, Schedule
from routing.events import DigestDue, EscalationDue, Event, ReconcileDue
from storage.database import Rooms, Storage
from tests.bot.builders import a_review
from tests.bot.fakes import SetClock, files_in
from tests.builders import NOW, REF

HOUR = timedelta(hours=1)
NINE = NOW.replace(hour=9, minute=0)
"""When the digest is due."""


class Hours:
    """A schedule that ticks through hours, as its clock tells them."""

    def __init__(self, storage: Storage, folder: Path) -> None:
        self.storage, self.clock = storage, SetClock(NOW)
        self.policies = files_in(folder)
        self.start()

    def start(self) -> None:
        """Another process begins where the last one ended."""
        self.schedule = Schedule(self.storage, self.policies, ("github",), self.clock, lambda: None)

    async def pass_hour(self, start: datetime, *, every: timedelta = TICK) -> Sequence[Event]:
        """What an hour from `start` on has put into the inbox; all of it is decided on."""
        found: list[Event] = []
        for number in range(int(HOUR / every)):
            self.clock.set_to(start + every * number)
            await self.schedule.tick()
            found += await self.storage.run(self._decided)
        return found

    def _decided(self, rooms: Rooms) -> Sequence[Event]:
        found: list[Event] = []
        while (arrival := rooms.inbox.next(self.clock.now())) is not None:
            rooms.inbox.done(arrival.seq)
            found.append(arrival.event)
        return found


@pytest.fixture
def hours(storage: Storage, tmp_path: Path) -> Hours:
    return Hours(storage, tmp_path)


def reconciles(events: Sequence[Event]) -> int:
    return sum(isinstance(event, ReconcileDue) for event in events)


@pytest.mark.parametrize("restarts", [False, True], ids=["it runs", "it was down meanwhile"])
async def test_an_hour_that_comes_twice_is_reconciled_twice(
    hours: Hours, *, restarts: bool
) -> None:
    first = await hours.pass_hour(NOW)
    if restarts:
        hours.start()
    second = await hours.pass_hour(NOW)
    assert [reconciles(first), reconciles(second)] == [12, 12]


async def test_after_a_leap_ahead_and_back_the_rhythm_goes_on(hours: Hours) -> None:
    ahead = await hours.pass_hour(NOW + HOUR)
    back = await hours.pass_hour(NOW)
    again = await hours.pass_hour(NOW + HOUR)
    assert [reconciles(events) for events in (ahead, back, again)] == [12, 12, 12]


async def test_a_tick_that_comes_a_moment_early_counts(hours: Hours) -> None:
    events = await hours.pass_hour(NOW, every=TICK - timedelta(milliseconds=10))
    assert 12 <= reconciles(events) <= 13


async def test_that_the_clock_was_set_back_is_said_and_everything_looked_at(hours: Hours) -> None:
    await hours.pass_hour(NOW)
    with capture_logs() as logs:
        hours.clock.set_to(NOW)
        await hours.schedule.tick()
    assert [(one["event"], one["seconds"]) for one in logs] == [("clock_set_back", 3585.0)]
    decided = await hours.storage.run(hours._decided)
    assert decided == [ReconcileDue("github", whole=True)]


async def test_a_clock_that_is_slowed_down_is_not_taken_for_set_back(hours: Hours) -> None:
    await hours.pass_hour(NOW)
    with capture_logs() as logs:
        hours.clock.set_to(NOW + HOUR - TICK - timedelta(seconds=1))
        await hours.schedule.tick()
    assert logs == []


async def test_a_digest_whose_hour_comes_twice_is_due_once(hours: Hours) -> None:
    events = [event for _ in range(2) for event in await hours.pass_hour(NINE)]
    assert [event for event in events if isinstance(event, DigestDue)] == [
        DigestDue("#reviews", NINE.date())
    ]


async def test_a_deadline_whose_hour_comes_twice_is_due_once(hours: Hours) -> None:
    due = NOW + HOUR / 2
    review = a_review(next_due=due)
    await hours.storage.run(lambda rooms: rooms.reviews.save(review, NOW))
    events = [event for _ in range(2) for event in await hours.pass_hour(NOW)]
    assert [event for event in events if isinstance(event, EscalationDue)] == [
        EscalationDue(REF, due)
    ]
