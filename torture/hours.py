"""A day, both nights on which the clocks change, clocks that are set, two who tick on one file."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.policies import Policies
from bot.schedule import Schedule
from routing.events import DigestDue, EscalationDue
from routing.model import Ref
from storage.database import Rooms, Storage
from tests.bot.builders import a_review
from tests.bot.fakes import SetClock, files_in
from torture.folders import folder_in_memory
from torture.tally import Tally

POLICY = """\
version: 1
rules: [{name: everything, require: {approvals: 1, from: {anyone: true}}}]
digests:
  - {channel: "#nights", at: "02:30", days: Mon-Sun, timezone: Europe/Berlin}
  - {channel: "#days", at: "09:00", days: Mon-Sun, timezone: Europe/Berlin}
"""
DAYS = {
    "an ordinary day": datetime(2026, 11, 17, tzinfo=UTC),
    "the night an hour is doubled": datetime(2026, 10, 24, 14, tzinfo=UTC),
    "the night an hour is missing": datetime(2027, 3, 27, 14, tzinfo=UTC),
}
EVERY = timedelta(hours=1)
"""How far apart the review's deadlines are."""
REF = Ref("github", "acme/shop", 7)
STEPS = (timedelta(hours=1), timedelta(hours=-1))


def pass_day(name: str, tick: timedelta, *, is_set: bool) -> Tally:
    """One of the days, with a clock that goes as it should or one that is set by an hour twice."""
    tally, steps = Tally(), STEPS if is_set else ()
    with folder_in_memory() as folder:
        day = _Day(Path(folder), DAYS[name])
        asyncio.run(day.passes(tick, steps))
    tally.tried.update({"ticks": day.ticks, "events": sum(day.seen.values())})
    tally.faults += [f"{name}, clock set {len(steps)} times: {one}" for one in day.faults]
    return tally


class _Day:
    """24 hours on one database with two schedules, and what they put into the inbox."""

    def __init__(self, folder: Path, start: datetime) -> None:
        self.clock, self.start = SetClock(start), start
        self.storage = Storage(folder / "countersign.db")
        policies: Policies = files_in(folder, POLICY)
        self.schedules = [
            Schedule(self.storage, policies, ("github",), self.clock, self._nothing)
            for _ in range(2)
        ]
        self.seen = Counter[str]()
        self.ticks = 0
        self.faults: list[str] = []

    def _nothing(self) -> None:
        """Nobody has to be woken."""

    async def passes(self, tick: timedelta, steps: tuple[timedelta, ...]) -> None:
        """The day, tick by tick; at a third and two thirds of it the clock is set."""
        await self.storage.run(lambda rooms: self._due(rooms, self.start + EVERY))
        count, late = int(timedelta(hours=24) / tick), timedelta(0)
        for number in range(count):
            for index, step in enumerate(steps):
                if number == count * (index + 1) // 3:
                    late += step
            self.clock.set_to(self.start + tick * number + late)
            await asyncio.gather(*(schedule.tick() for schedule in self.schedules))
            self.ticks += 2
            await self.storage.run(self._decide)
        self._judge(self.clock.now())
        self.storage.close()

    def _due(self, rooms: Rooms, moment: datetime) -> None:
        rooms.reviews.save(replace(a_review(), ref=REF, next_due=moment), self.start)

    def _decide(self, rooms: Rooms) -> None:
        """What an engine would: note the event, and set the next deadline."""
        while (arrival := rooms.inbox.next(self.clock.now())) is not None:
            rooms.inbox.done(arrival.seq)
            match arrival.event:
                case DigestDue(channel, day):
                    self.seen[f"{channel} {day}"] += 1
                case EscalationDue(_, due):
                    self.seen[f"deadline {due.isoformat()}"] += 1
                    self._due(rooms, due + EVERY)
                case _:
                    pass

    def _judge(self, end: datetime) -> None:
        self.faults += [
            f"{what} came {count} times" for what, count in self.seen.items() if count > 1
        ]
        due = self.start + EVERY
        while due <= end:
            if not self.seen[f"deadline {due.isoformat()}"]:
                self.faults.append(f"the deadline {due} was missed")
            due += EVERY
        for channel in ("#nights", "#days"):
            if sum(count for what, count in self.seen.items() if what.startswith(channel)) != 1:
                self.faults.append(f"{channel} had not one digest: {dict(self.seen)}")
