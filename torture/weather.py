"""Forge and Slack failing on three of ten calls for hours, and on all of them in the end.

Nothing is wrong meanwhile, and soon after all is done.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from bot.clock import StoryClock
from bot.dispatcher import Message
from bot.errors import Retryable
from bot.facts import Gatherer
from routing.effects import Effect, GateState, SetGate, ShowCard
from routing.events import Event, MergeRequestTouched
from routing.model import Ref
from storage.database import Storage
from tests.bot.fakes import ListeningMessenger, OpenDirectory, files_in
from tests.builders import NOW
from torture.deliveries import TruthfulForge
from torture.folders import folder_in_memory
from torture.given_up import given_up
from torture.script import ref_of
from torture.tally import Tally
from torture.working import Working

FAILING = 0.3
OUTAGE = 30
"""Minutes at the end in which every call fails: who doubles their waits waits long by then."""
REQUESTS = 20
DRAINED_WITHIN = timedelta(minutes=5)


@dataclass
class Weather:
    """Fails so large a share of calls as networks do."""

    chance: random.Random
    failing: float = FAILING
    failed: int = 0

    def strike(self) -> None:
        """A call is made."""
        if self.chance.random() < self.failing:
            self.failed += 1
            after = self.chance.choice([None, None, 1.0, 30.0])
            raise Retryable("429, 500, a timeout or a reset connection", after=after)


@dataclass
class Writes:
    """What was written, in order: "revoke", "open" or "tell"."""

    kinds: list[str] = field(default_factory=list)


class StormyForge(TruthfulForge):
    """Notes what is written to it."""

    writes: Writes

    async def set_gate(self, gate: SetGate) -> bool:
        """As always."""
        done = await super().set_gate(gate)
        self.writes.kinds.append("open" if gate.state is GateState.SUCCESS else "revoke")
        return done


class StormySlack(ListeningMessenger):
    """Notes that something was said."""

    writes: Writes

    async def say(self, message: Message, key: str, *, again: bool = False) -> Event | None:
        """As always."""
        said = await super().say(message, key, again=again)
        self.writes.kinds.append("tell")
        return said


def storm(hours: int, seed: int) -> Tally:
    """So many simulated hours of it, an event a minute."""
    with folder_in_memory() as name:
        return asyncio.run(_storm(Path(name), hours, random.Random(seed)))  # noqa: S311 - seeded


async def _storm(folder: Path, hours: int, chance: random.Random) -> Tally:
    tally, clock, weather, writes = Tally(), StoryClock(NOW), Weather(chance), Writes()
    storage = Storage(folder / "countersign.db")
    forge, slack = StormyForge(trouble=weather.strike), StormySlack(trouble=weather.strike)
    forge.writes = slack.writes = writes
    gatherer = Gatherer({"github": forge}, storage, files_in(folder), OpenDirectory(), clock)
    working = Working(storage, gatherer, forge, slack, clock)

    async def touched(number: int) -> None:
        request = chance.randint(1, REQUESTS)
        forge.happens(ref_of(request), number, chance)
        now, event = clock.now(), MergeRequestTouched(ref_of(request))
        await storage.run(lambda rooms: rooms.inbox.put(f"delivery {number}", event, now))

    for minute in range(hours * 60):
        weather.failing = FAILING if minute < hours * 60 - OUTAGE else 1.0
        await touched(minute)
        for _ in range(4):
            clock.move_to(clock.now() + timedelta(seconds=15))
            await working.drain()
    tally.tried["calls failed"] = weather.failed
    tally.tried["simulated hours"] = hours
    weather.failing, ended = 0.0, clock.now()
    while (moment := await working.next_moment()) is not None:
        clock.move_to(moment)
        await working.drain()
    if clock.now() - ended > DRAINED_WITHIN:
        tally.faults.append(f"it took {clock.now() - ended} to drain")
    tally.faults += [f"a success that nobody signed: {gate}" for gate in forge.wrong]
    tally.faults += [
        f"{ref}: the gate says {forge.gate(ref)}, signed is {forge.signed(ref)}"
        for ref in forge.changes
        if (forge.gate(ref) is GateState.SUCCESS) is not forge.signed(ref)
    ]
    tally.faults += given_up(storage.path)
    shown = {message.ref for message, _ in slack.said if isinstance(message, ShowCard)}
    tally.faults += [f"{ref}: nobody was shown a card" for ref in forge.changes if ref not in shown]
    await _order(storage, working, list(forge.changes)[:5], writes, tally)
    storage.close()
    return tally


async def _order(
    storage: Storage, working: Working, refs: Sequence[Ref], writes: Writes, tally: Tally
) -> None:
    """Everything that waited out an outage leaves in the right order: revoke, gate, cards."""
    effects: list[Effect] = [ShowCard(ref) for ref in refs]
    for state in (GateState.SUCCESS, GateState.PENDING):
        effects += [SetGate(ref, f"{ref.number}{state}", "main", state, "") for ref in refs]
    await storage.run(lambda rooms: rooms.outbox.put(effects, NOW))
    writes.kinds.clear()
    await working.carry_out(len(effects))
    if writes.kinds != [kind for kind in ("revoke", "open", "tell") for _ in refs]:
        tally.faults.append(f"after an outage the order was {writes.kinds}")
