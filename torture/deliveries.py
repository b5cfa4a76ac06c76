"""Every event up to five times, shuffled, three of ten lost: in the end the bot knows the truth.

And it has done everything once: each delivery is one event, nothing is written or said twice.
"""

from __future__ import annotations

import asyncio
import heapq
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from bot.clock import StoryClock
from bot.facts import Gatherer
from bot.policies import Policies
from routing.effects import GateState, SetGate
from routing.events import MergeRequestTouched, ReconcileDue
from routing.model import ForgeReview, Ref, ReviewState
from storage.database import Storage
from tests.bot.fakes import ListeningMessenger, MemoryForge, OpenDirectory, files_in
from tests.builders import NOW, a_change, on_the_forge
from torture.folders import folder_in_memory
from torture.script import ref_of
from torture.tally import Tally
from torture.working import Working

LOST = 0.3
ALL_LOST = 100
"""Of the last events every one is lost: what is right in the end, the reconcile alone has found."""
COPIES = 5
WORDS = (
    ("dana", ReviewState.APPROVED),
    ("dana", ReviewState.CHANGES_REQUESTED),
    ("ana", ReviewState.APPROVED),  # she opened it: hers must never count
)
DELAY = 200
"""A delivery comes up to so many events late."""
REQUESTS = 60


@dataclass
class TruthfulForge(MemoryForge):
    """A forge with each merge request's own reviews.

    It notes a success that nobody signed, and what was set `again` on a commit that says so.
    """

    of: dict[Ref, list[ForgeReview]] = field(default_factory=dict)
    wrong: list[SetGate] = field(default_factory=list)
    again: list[SetGate] = field(default_factory=list)
    _says: dict[tuple[Ref, str], SetGate] = field(default_factory=dict)

    async def reviews(self, ref: Ref) -> list[ForgeReview]:
        """The reviews of this merge request."""
        self.trouble()
        return self.of.get(ref, [])

    def signed(self, ref: Ref) -> bool:
        """The oracle: whether Dana's last word on exactly this head is yes."""
        head = self.changes[ref].merge_request.head_sha
        words = [one for one in self.of.get(ref, []) if one.account.login == "dana"]
        return bool(words) and words[-1].state is ReviewState.APPROVED and words[-1].sha == head

    async def set_gate(self, gate: SetGate) -> bool:
        """As always; a success is held against the truth of the moment."""
        done = await super().set_gate(gate)
        if done and gate.state is GateState.SUCCESS and not self.signed(gate.ref):
            self.wrong.append(gate)
        if done and self._says.get((gate.ref, gate.sha)) == gate:
            self.again.append(gate)
        self._says[gate.ref, gate.sha] = gate
        return done

    def happens(self, ref: Ref, number: int, chance: random.Random) -> None:
        """Somebody pushes, approves or asks for changes."""
        if ref not in self.changes or chance.random() < 0.3:
            self.shows(a_change(ref=ref, head=f"{number:010d}"))
            return
        head = self.changes[ref].merge_request.head_sha
        who, state = chance.choice(WORDS)
        review = on_the_forge(who, state, sha=head, id=str(number), at=NOW)
        self.of.setdefault(ref, []).append(review)


def deliver(events: int, seed: int) -> Tally:
    """So many events, delivered badly; then one reconcile."""
    with folder_in_memory() as name:
        return asyncio.run(_deliver(Path(name), events, random.Random(seed)))  # noqa: S311 - seeded


async def _deliver(folder: Path, events: int, chance: random.Random) -> Tally:
    tally, clock = Tally(), StoryClock(NOW)
    storage, forge = Storage(folder / "countersign.db"), TruthfulForge()
    policies: Policies = files_in(folder)
    gatherer = Gatherer({"github": forge}, storage, policies, OpenDirectory(), clock)
    slack = ListeningMessenger()
    working = Working(storage, gatherer, forge, slack, clock)
    under_way: list[tuple[int, int, int]] = []
    arrived = set[int]()
    for number in range(events):
        request = chance.randint(1, REQUESTS)
        forge.happens(ref_of(request), number, chance)
        if chance.random() < LOST:
            tally.tried["events lost"] += 1
        else:
            for _ in range(chance.randint(1, COPIES)):
                heapq.heappush(under_way, (number + chance.randint(0, DELAY), number, request))
        while under_way and under_way[0][0] <= number:
            await _arrive(storage, heapq.heappop(under_way), arrived, tally)
        if number % 50 == 0:
            clock.move_to(clock.now() + timedelta(seconds=30))
            await working.drain()
    while under_way:
        await _arrive(storage, heapq.heappop(under_way), arrived, tally)
    await working.drain()
    for number in range(events, events + ALL_LOST):
        forge.happens(ref_of(chance.randint(1, REQUESTS)), number, chance)
    now = clock.now()
    await storage.run(lambda rooms: rooms.inbox.put("reconcile", ReconcileDue("github"), now))
    await working.drain()
    tally.tried["events"] = events + ALL_LOST
    tally.tried["events lost"] += ALL_LOST
    tally.faults += [f"a success that nobody signed: {gate}" for gate in forge.wrong]
    tally.faults += [
        f"{ref}: the gate says {forge.gate(ref)}, signed is {forge.signed(ref)}"
        for ref in forge.changes
        if (forge.gate(ref) is GateState.SUCCESS) is not forge.signed(ref)
    ]
    tally.faults += [f"a gate was set again to what it said: {gate}" for gate in forge.again]
    tally.faults += _said_twice(slack)
    tally.faults += await storage.run(lambda rooms: list(rooms.ledger.faults()))
    storage.close()
    return tally


def _said_twice(slack: ListeningMessenger) -> Iterator[str]:
    for (said, key), count in Counter(slack.said).items():
        if count > 1:
            yield f"{key} was said {count} times: {said}"


async def _arrive(
    storage: Storage, delivery: tuple[int, int, int], arrived: set[int], tally: Tally
) -> None:
    """Only the first of its copies is an event."""
    _, number, request = delivery
    event = MergeRequestTouched(ref_of(request))
    is_new = await storage.run(lambda rooms: rooms.inbox.put(f"delivery {number}", event, NOW))
    if is_new is (number in arrived):
        tally.faults.append(f"delivery {number} was {'taken twice' if is_new else 'not taken'}")
    arrived.add(number)
    tally.tried["deliveries"] += 1
