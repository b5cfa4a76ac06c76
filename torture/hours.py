"""A day, both nights on which the clocks change, clocks that are set, two who tick on one file.

Queues, engine and dispatcher are the real ones, and people say yes and no all day long.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.dispatcher import LONGEST_WAIT
from bot.facts import Gatherer
from bot.policies import Policies
from bot.schedule import RECONCILE, Schedule
from routing.chasing.working_hours import after_working_time
from routing.events import DigestDue, EscalationDue, ReconcileDue
from storage.database import Storage
from storage.inbox import Arrival
from tests.bot.fakes import ListeningMessenger, OpenDirectory, SetClock, files_in
from torture.folders import folder_in_memory
from torture.script import ref_of
from torture.signing import SHUT_WITHIN, Signer, SigningForge
from torture.tally import Tally
from torture.working import Working

RUNGS = 20
POLICY = f"""\
version: 1
rules: [{{name: everything, require: {{approvals: 1, from: {{min_tenure: 5y}}}}}}]
review: {{channel: "#days", ask: 1}}
escalation: [{", ".join(f"{{after: {hour}h, do: remind}}" for hour in range(1, RUNGS + 1))}]
digests:
  - {{channel: "#nights", at: "02:30", days: Mon-Sun, timezone: Europe/Berlin}}
  - {{channel: "#days", at: "09:00", days: Mon-Sun, timezone: Europe/Berlin}}
"""
PEOPLE = """\
people:
  - {id: ana, name: Ana, github: ana, emails: [ana@example.com], started: 2024-02-01}
  - {id: dana, name: Dana, slack: U0DANA, github: dana, started: 2017-03-01, hours: "00:00-23:59",
     days: Mon-Sun}
"""
DAYS = {
    "an ordinary day": datetime(2026, 11, 17, tzinfo=UTC),
    "the night an hour is doubled": datetime(2026, 10, 24, 14, tzinfo=UTC),
    "the night an hour is missing": datetime(2027, 3, 27, 14, tzinfo=UTC),
}
DAY, HOUR = timedelta(hours=24), timedelta(hours=1)
STEPS = {DAY / 6: -HOUR, DAY / 3: HOUR, DAY * 2 / 3: HOUR, DAY * 5 / 6: -HOUR}
"""When the clock is set, and by how much: behind and right again, ahead and right again."""
BLINK = DAY / 2
"""When it leaps ahead and back before anybody ticks."""
TURNS = (*STEPS, BLINK)
UNWELL = timedelta(minutes=2)
"""So long before the clock is set the forge answers nothing: all is put off by the old clock."""
SIGNED, CHASED = ref_of(1), ref_of(2)
"""What Dana says yes and no to, and what she never answers."""


def pass_day(name: str, tick: timedelta, *, is_set: bool) -> Tally:
    """One of the days, with a clock that goes as it should or one that is set again and again."""
    tally = Tally()
    with folder_in_memory() as folder:
        day = _Day(Path(folder), DAYS[name], tick, is_set=is_set)
        asyncio.run(day.passes())
    tally.tried.update({"ticks": day.ticks, "events": len(day.taken)})
    tally.tried["withdrawals"] = day.signer.withdrawn
    tally.measure("minutes until shut", day.signer.slowest / timedelta(minutes=1))
    how = "clock set again and again" if is_set else "clock as it should be"
    tally.faults += [f"{name}, {how}: {one}" for one in day.faults]
    return tally


class _Day:
    """24 hours of one bot with two schedules; `time` is what the world's clocks say."""

    def __init__(self, folder: Path, start: datetime, tick: timedelta, *, is_set: bool) -> None:
        self.start, self.time, self.tick, self.is_set = start, start, tick, is_set
        self.clock, self.latest = SetClock(start), start
        self.storage = Storage(folder / "countersign.db")
        self.policies: Policies = files_in(folder, POLICY, PEOPLE)
        forge = SigningForge(self._unwell)
        self.signer = Signer(SIGNED, forge, self.storage, random.Random(str(start)))  # noqa: S311 - seeded
        for ref in (SIGNED, CHASED):
            forge.opens(ref)
        gatherer = Gatherer(
            {forge.name: forge}, self.storage, self.policies, OpenDirectory(), self.clock
        )
        self.working = Working(
            self.storage, gatherer, forge, ListeningMessenger(), self.clock, self._takes
        )
        self.schedules = [
            Schedule(self.storage, self.policies, (forge.name,), self.clock, lambda: None)
            for _ in range(2)
        ]
        self.taken: dict[int, tuple[Arrival, datetime]] = {}
        self.ticks = 0
        self.faults: list[str] = []

    def _takes(self, arrival: Arrival) -> None:
        self.taken.setdefault(arrival.seq, (arrival, self.time))

    def _unwell(self) -> bool:
        since = self.time - self.start
        return self.is_set and any(one - UNWELL <= since < one for one in TURNS)

    async def passes(self) -> None:
        """The day, tick by tick. What people say is heard by the clock as it was before."""
        late = timedelta(0)
        for number in range(int(DAY / self.tick)):
            since = self.tick * number
            self.time = self.start + since
            await self._people_act(since)
            if self.is_set:
                late += STEPS.get(since, timedelta(0))
                if since == BLINK:
                    await self._blinks()
            self.clock.set_to(self.time + late)
            self.latest = max(self.latest, self.clock.now())
            await asyncio.gather(*(schedule.tick() for schedule in self.schedules))
            self.ticks += 2
            await self.working.drain()
            self.signer.looks(self.time)
        await self._judge()
        self.storage.close()

    async def _people_act(self, since: timedelta) -> None:
        """Around a step Dana approves, is heard of while the forge is unwell, then withdraws."""
        signer, time, clock = self.signer, self.time, self.clock.now()
        before, after = UNWELL + 3 * self.tick, SHUT_WITHIN + 3 * self.tick
        step = next((one for one in TURNS if one - before <= since <= one + after), None)
        if step is None:
            await signer.goes_on(time, clock, self.tick)
        elif since < step - UNWELL:
            await signer.insists(time, clock, approves=True)
        elif since <= step:
            await signer.hints(clock)
        else:
            await signer.insists(time, clock, approves=False)

    async def _blinks(self) -> None:
        """For a moment it is an hour later, in which things are heard and put off."""
        self.clock.set_to(self.time + HOUR)
        await self.signer.hints(self.clock.now())
        self.signer.forge.is_down = True
        await self.working.drain()
        self.signer.forge.is_down = False

    async def _judge(self) -> None:
        heard = [arrival.event for arrival, _ in self.taken.values()]
        due = Counter(one for one in heard if isinstance(one, DigestDue | EscalationDue))
        self.faults += [f"{one} came {count} times" for one, count in due.items() if count > 1]
        for channel in ("#nights", "#days"):
            if sum(isinstance(one, DigestDue) and one.channel == channel for one in due) != 1:
                self.faults.append(f"{channel} had not one digest: {list(due)}")
        hours = Counter(
            (at - self.start) // HOUR
            for arrival, at in self.taken.values()
            if isinstance(arrival.event, ReconcileDue)
        )
        wanted = HOUR // max(RECONCILE, self.tick)
        self.faults += [
            f"hour {hour} had {hours[hour]} reconciles"
            for hour in range(DAY // HOUR)
            if not wanted - 2 <= hours[hour] <= wanted + 4
        ]
        await self._judge_chase()
        if self.signer.withdrawn < len(TURNS):
            self.faults.append(f"only {self.signer.withdrawn} approvals were withdrawn")
        moment = await self.working.next_moment()
        if moment is not None and moment - self.clock.now() > LONGEST_WAIT:
            self.faults.append(f"something waits until {moment} in the end")
        self.faults += self.signer.faults

    async def _judge_chase(self) -> None:
        """Every rung of the ladder was taken once: as many as were due by the latest clock."""
        (dana,) = (one for one in self.policies.current.people if one.id == "dana")
        entries = await self.storage.run(lambda rooms: list(rooms.ledger.entries(str(CHASED))))
        done = sum(one.kind == "escalated" for one in entries)
        ends = (after_working_time(dana, self.start, HOUR * n) for n in range(1, RUNGS + 1))
        due = sum(end <= self.latest for end in ends)
        if done != due:
            self.faults.append(f"{due} rungs of the ladder were due, {done} were taken")
