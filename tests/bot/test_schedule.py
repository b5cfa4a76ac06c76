"""The schedule: late, doubled and slept-through ticks give every event exactly once."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.clock import StoryClock
from bot.policies import Policies
from bot.schedule import Schedule
from routing.events import DigestDue, EscalationDue, Event, InsightsDue, ReconcileDue
from routing.model import State
from storage.database import Rooms, Storage, StorageFailed
from tests.bot.builders import a_review
from tests.bot.fakes import POLICY, files_in
from tests.builders import NOW, REF

DUE = NOW + timedelta(hours=4)
BERLIN_NIGHT = (
    'digests: [{channel: "#nights", at: "02:30", days: Mon-Sun, timezone: Europe/Berlin}]'
)


class Ticking:
    """A schedule over a database, and what it has put into the inbox."""

    def __init__(self, storage: Storage, folder: Path, policy: str = POLICY) -> None:
        self.storage = storage
        self.folder = folder
        self.policies: Policies = files_in(folder, policy)
        self.clock = StoryClock(NOW)
        self.nudges = 0
        self.restart()

    def restart(self) -> None:
        self.schedule = Schedule(self.storage, self.policies, ("github",), self.clock, self._nudged)

    def _nudged(self) -> None:
        self.nudges += 1

    async def tick_at(self, moment: datetime) -> None:
        self.clock.move_to(moment)
        await self.schedule.tick()

    async def events(self, kind: type[Event]) -> list[Event]:
        """Everything of a kind that was put in, decided on now."""

        def work(rooms: Rooms) -> list[Event]:
            found: list[Event] = []
            while (arrival := rooms.inbox.next(self.clock.now())) is not None:
                rooms.inbox.done(arrival.seq)
                found.append(arrival.event)
            return [event for event in found if isinstance(event, kind)]

        return await self.storage.run(work)

    async def asks(self, **changes: object) -> None:
        """A review is open whose ladder has a step at four hours."""
        review = a_review(next_due=DUE, **changes)
        await self.storage.run(lambda rooms: rooms.reviews.save(review, NOW))


@pytest.fixture
def ticking(storage: Storage, tmp_path: Path) -> Ticking:
    return Ticking(storage, tmp_path)


async def test_a_deadline_that_has_passed_becomes_an_event(ticking: Ticking) -> None:
    await ticking.asks()
    await ticking.tick_at(DUE - timedelta(seconds=1))
    assert await ticking.events(EscalationDue) == []
    await ticking.tick_at(DUE)
    assert await ticking.events(EscalationDue) == [EscalationDue(REF, DUE)]


async def test_two_ticks_are_as_good_as_one(ticking: Ticking) -> None:
    await ticking.asks()
    await ticking.tick_at(DUE)
    await ticking.tick_at(DUE)
    await ticking.tick_at(DUE + timedelta(seconds=15))
    assert len(await ticking.events(EscalationDue)) == 1


async def test_an_escalation_is_told_once_even_after_it_was_decided_on(ticking: Ticking) -> None:
    await ticking.asks()
    await ticking.tick_at(DUE)
    await ticking.events(EscalationDue)
    await ticking.tick_at(DUE + timedelta(minutes=59))
    assert await ticking.events(EscalationDue) == []


async def test_a_deadline_whose_event_nobody_could_decide_on_comes_again(ticking: Ticking) -> None:
    await ticking.asks()
    await ticking.tick_at(DUE)
    await ticking.storage.run(lambda rooms: rooms.inbox.bury(1, "there is no merge request"))
    await ticking.tick_at(DUE + timedelta(hours=1))
    assert await ticking.events(EscalationDue) == [EscalationDue(REF, DUE)]


async def test_a_tick_that_comes_days_late_misses_no_deadline(ticking: Ticking) -> None:
    await ticking.asks()
    await ticking.tick_at(DUE + timedelta(days=3))
    assert await ticking.events(EscalationDue) == [EscalationDue(REF, DUE)]


async def test_the_next_deadline_of_the_same_review_is_another_event(ticking: Ticking) -> None:
    await ticking.asks()
    await ticking.tick_at(DUE)
    later = a_review(next_due=DUE + timedelta(hours=4))
    await ticking.storage.run(lambda rooms: rooms.reviews.save(later, DUE))
    await ticking.tick_at(DUE + timedelta(hours=4))
    dues = [event.due for event in await ticking.events(EscalationDue)]  # type: ignore[union-attr]  # of one kind
    assert dues == [DUE, DUE + timedelta(hours=4)]


async def test_a_review_that_is_over_is_not_escalated(ticking: Ticking) -> None:
    await ticking.asks(state=State.MERGED)
    await ticking.tick_at(DUE)
    assert await ticking.events(EscalationDue) == []


async def test_after_a_restart_the_same_deadline_is_not_told_again(ticking: Ticking) -> None:
    await ticking.asks()
    await ticking.tick_at(DUE)
    ticking.restart()
    await ticking.tick_at(DUE)
    assert len(await ticking.events(EscalationDue)) == 1


def at(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "due"),
    [
        (at(17, 8, 59), False),
        (at(17, 9, 0), True),
        (at(17, 12, 59), True),
        (at(17, 13, 1), False),
        (at(21, 9, 0), False),
    ],
    ids=["before", "on time", "hours late", "too late", "on a Saturday"],
)
async def test_a_digest_is_due_from_its_time_on_for_some_hours(
    ticking: Ticking, moment: datetime, *, due: bool
) -> None:
    await ticking.tick_at(moment)
    expected = [DigestDue("#reviews", moment.date())] if due else []
    assert await ticking.events(DigestDue) == expected


async def test_a_digest_is_due_once_a_day(ticking: Ticking) -> None:
    for minutes in range(0, 48 * 60, 30):
        await ticking.tick_at(at(17, 0) + timedelta(minutes=minutes))
    days = [event.day.day for event in await ticking.events(DigestDue)]  # type: ignore[union-attr]  # of one kind
    assert days == [17, 18]


@pytest.mark.parametrize(
    ("first_hour", "day"),
    [
        (at(24, 18, month=10), 25),
        (at(28, 18, month=3).replace(year=2027, day=27), 28),
        (at(9, 18, month=12), 10),
    ],
    ids=["the hour comes twice", "the hour is left out", "any night"],
)
async def test_a_night_on_which_the_clocks_change_has_one_digest(
    storage: Storage, tmp_path: Path, first_hour: datetime, day: int
) -> None:
    ticking = Ticking(storage, tmp_path, POLICY.split("digests:")[0] + BERLIN_NIGHT)
    ticking.clock = StoryClock(first_hour - timedelta(days=1))
    ticking.restart()
    for minutes in range(0, 18 * 60, 30):
        await ticking.tick_at(first_hour + timedelta(minutes=minutes))
    days = [event.day.day for event in await ticking.events(DigestDue)]  # type: ignore[union-attr]  # of one kind
    assert days == [day]


WEEKLY = 'digests: [{channel: "#leads", show: insights, at: "09:00", timezone: Europe/Berlin}]'


@pytest.mark.parametrize("first", [at(16, 6), at(19, 3, month=10)], ids=["any", "clocks change"])
async def test_the_weeks_figures_are_due_once_a_week_whatever_restarts(
    storage: Storage, tmp_path: Path, first: datetime
) -> None:
    ticking = Ticking(storage, tmp_path, POLICY.split("digests:")[0] + WEEKLY)
    ticking.clock = StoryClock(first)
    due: list[tuple[datetime, InsightsDue]] = []
    for hours in range(0, 14 * 24, 1):
        ticking.restart()
        await ticking.tick_at(first + timedelta(hours=hours))
        found = await ticking.events(InsightsDue)
        due += [(ticking.clock.now(), one) for one in found if isinstance(one, InsightsDue)]
    assert [one.week for _, one in due] == [
        first.date(),
        first.date() + timedelta(days=7),
    ]
    assert [moment.astimezone(ZoneInfo("Europe/Berlin")).hour for moment, _ in due] == [9, 9]


async def test_the_weeks_figures_come_once_though_their_day_is_moved(
    storage: Storage, tmp_path: Path
) -> None:
    ticking = Ticking(storage, tmp_path, POLICY.split("digests:")[0] + WEEKLY)
    await ticking.tick_at(at(16, 9))
    for day in ("Wed", "Mon"):
        text = (tmp_path / "policy.yml").read_text("utf-8").split("digests:")[0]
        moved = WEEKLY.replace("show: insights,", f"show: insights, days: {day},")
        (tmp_path / "policy.yml").write_text(text + moved, "utf-8")
        await ticking.tick_at(at(19, 10))
    assert len(await ticking.events(InsightsDue)) == 1


async def test_the_weeks_figures_are_late_rather_than_lost(ticking: Ticking) -> None:
    text = (ticking.folder / "policy.yml").read_text("utf-8").split("digests:")[0]
    (ticking.folder / "policy.yml").write_text(text + WEEKLY, "utf-8")
    await ticking.tick_at(at(19, 17))
    assert await ticking.events(InsightsDue) == [InsightsDue("#leads", at(16, 0).date())]


async def test_open_changes_are_looked_at_again_every_five_minutes(ticking: Ticking) -> None:
    for seconds in range(0, 3600, 15):
        await ticking.tick_at(NOW + timedelta(seconds=seconds))
    assert len(await ticking.events(ReconcileDue)) == 12


async def test_at_the_start_they_are_looked_at_once_more(ticking: Ticking) -> None:
    await ticking.tick_at(NOW)
    await ticking.events(ReconcileDue)
    ticking.clock.move_to(NOW + timedelta(seconds=20))
    await ticking.schedule.tick(starting=True)
    assert await ticking.events(ReconcileDue) == [ReconcileDue("github", whole=True)]


async def test_a_new_policy_has_them_looked_at_again_at_once(ticking: Ticking) -> None:
    await ticking.tick_at(NOW)
    await ticking.events(ReconcileDue)
    (ticking.folder / "policy.yml").write_text(POLICY + "codeowners: require\n", "utf-8")
    await ticking.tick_at(NOW + timedelta(seconds=15))
    assert await ticking.events(ReconcileDue) == [ReconcileDue("github", whole=True)]


async def test_a_digest_of_the_new_policy_is_due_as_it_says(ticking: Ticking) -> None:
    await ticking.tick_at(NOW)
    text = POLICY.replace('"09:00"', '"10:00"').replace("#reviews", "#payments")
    (ticking.folder / "policy.yml").write_text(text, "utf-8")
    await ticking.tick_at(NOW + timedelta(seconds=15))
    events = await ticking.events(DigestDue)
    assert events[-1] == DigestDue("#payments", NOW.date())


async def test_every_tick_has_the_engine_look_for_what_others_put_in(ticking: Ticking) -> None:
    await ticking.tick_at(NOW)
    await ticking.tick_at(NOW + timedelta(seconds=15))
    assert ticking.nudges == 2


async def test_stopping_waits_for_the_tick_under_way(ticking: Ticking) -> None:
    slow = SlowStorage(ticking.storage)
    ticking.schedule._storage = slow  # type: ignore[assignment]  # storage, and slow
    ticking.schedule.start()
    tick = asyncio.create_task(ticking.schedule.tick())
    await slow.begun.wait()
    stop = asyncio.create_task(ticking.schedule.stop())
    await asyncio.sleep(0)
    assert not stop.done()
    slow.go_on.set()
    await stop
    assert tick.done()


class SlowStorage:
    """Storage that waits to be told."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self.begun, self.go_on = asyncio.Event(), asyncio.Event()

    async def run(self, work: Callable[[Rooms], object]) -> object:
        self.begun.set()
        await self.go_on.wait()
        return await self._storage.run(work)


async def test_a_new_policy_is_not_forgotten_when_a_tick_fails(ticking: Ticking) -> None:
    await ticking.tick_at(NOW)
    await ticking.events(ReconcileDue)
    (ticking.folder / "policy.yml").write_text(POLICY + "codeowners: require\n", "utf-8")
    ticking.clock.move_to(NOW + timedelta(seconds=15))
    whole = ticking.schedule._storage
    ticking.schedule._storage = FullDisk()  # type: ignore[assignment]  # fails as storage would
    with pytest.raises(StorageFailed):
        await ticking.schedule.tick()
    ticking.schedule._storage = whole
    await ticking.tick_at(NOW + timedelta(seconds=30))
    assert await ticking.events(ReconcileDue) == [ReconcileDue("github", whole=True)]


class FullDisk:
    """Storage on a full disk."""

    async def run(self, work: Callable[[object], object]) -> object:
        del work
        raise StorageFailed("the database refused: database or disk is full")


async def test_it_ticks_by_itself_until_it_is_stopped(ticking: Ticking) -> None:
    ticking.schedule.start()
    (job,) = ticking.schedule._scheduler.get_jobs()
    assert job.trigger.interval == timedelta(seconds=15)
    assert job.misfire_grace_time is None
    await ticking.schedule.stop()
    await asyncio.sleep(0)  # APScheduler stops at the loop's next turn
    await ticking.schedule.stop()
    assert not ticking.schedule._scheduler.running


async def test_reading_the_files_keeps_nobody_waiting(
    ticking: Ticking, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, served, waits = threading.Event(), threading.Event(), []

    def reload() -> bool:
        begun.set()
        waits.append(served.wait(5))
        return False

    monkeypatch.setattr(ticking.policies, "reload", reload)
    tick = asyncio.create_task(ticking.schedule.tick())
    assert await asyncio.to_thread(begun.wait, 5)
    served.set()
    await tick
    assert waits == [True]
