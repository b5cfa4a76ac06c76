"""Every event up to five times, shuffled, three of ten lost: in the end the bot knows the truth.

And it has done everything once: each delivery is one event, nothing is written or said twice.
"""

from __future__ import annotations

import asyncio
import heapq
import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from bot.clock import StoryClock
from bot.dispatcher import Message
from bot.facts import Gatherer
from bot.policies import Policies
from routing.effects import GateState, SetGate, ShowCard, TellPerson, TellThread
from routing.events import Event, MergeRequestTouched, ReconcileDue
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

    It notes a success that nobody signed, and what was done `again`.
    """

    of: dict[Ref, list[ForgeReview]] = field(default_factory=dict)
    wrong: list[SetGate] = field(default_factory=list)
    again: list[str] = field(default_factory=list)
    _says: dict[tuple[Ref, str], SetGate] = field(default_factory=dict)
    _asked: defaultdict[Ref, set[str]] = field(default_factory=lambda: defaultdict(set))
    _comments: defaultdict[Ref, set[str]] = field(default_factory=lambda: defaultdict(set))

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
        if done:
            if self._says.get((gate.ref, gate.sha)) == gate:
                self.again.append(f"a gate was set to what it said: {gate}")
            self._says[gate.ref, gate.sha] = gate
        return done

    async def request_reviewers(self, ref: Ref, logins: Iterable[str]) -> tuple[str, ...]:
        """As always; each request stands until it is taken back."""
        asked = set(logins)
        self.again += [f"{who} was asked for {ref}" for who in asked & self._asked[ref]]
        self._asked[ref] |= asked
        return await super().request_reviewers(ref, asked)

    async def withdraw_reviewers(self, ref: Ref, logins: Iterable[str]) -> None:
        """As always."""
        self._asked[ref] -= set(logins)
        await super().withdraw_reviewers(ref, logins)

    async def comment(self, ref: Ref, body: str, key: str, *, thread: bool = False) -> None:
        """As always; what is said twice is noted, whatever its key."""
        if body in self._comments[ref]:
            self.again.append(f"a comment on {ref}: {body}")
        self._comments[ref].add(body)
        await super().comment(ref, body, key, thread=thread)

    def happens(self, ref: Ref, number: int, chance: random.Random) -> None:
        """Somebody pushes, approves or asks for changes."""
        if ref not in self.changes or chance.random() < 0.3:
            self.shows(a_change(ref=ref, head=f"{number:010d}"))
            return
        head = self.changes[ref].merge_request.head_sha
        who, state = chance.choice(WORDS)
        review = on_the_forge(who, state, sha=head, id=str(number), at=NOW)
        self._asked[ref].discard(who)  # who has spoken is not asked any more, as on GitHub
        self.of.setdefault(ref, []).append(review)


@dataclass
class DatingMessenger(ListeningMessenger):
    """Counts what was said of one merge request at one moment: everything once.

    But for cards, which are edited again and again.
    """

    clock: StoryClock = field(kw_only=True)
    heard: Counter[tuple[datetime, Message | TellPerson]] = field(default_factory=Counter)

    async def tell(self, things: Sequence[TellPerson], key: str, *, again: bool = False) -> None:
        """As always."""
        self.heard.update((self.clock.now(), thing) for thing in things)
        await super().tell(things, key, again=again)

    async def say(self, message: Message, key: str, *, again: bool = False) -> Event | None:
        """As always."""
        match message:
            case ShowCard():
                pass
            case TellThread(ref, text):  # what waits for one thread is one message
                lines = text.splitlines()
                self.heard.update((self.clock.now(), TellThread(ref, line)) for line in lines)
            case _:
                self.heard[self.clock.now(), message] += 1
        return await super().say(message, key, again=again)


def deliver(events: int, seed: int) -> Tally:
    """So many events, delivered badly; then one reconcile."""
    with folder_in_memory() as name:
        return asyncio.run(_deliver(Path(name), events, random.Random(seed)))  # noqa: S311 - seeded


async def _deliver(folder: Path, events: int, chance: random.Random) -> Tally:
    tally, clock = Tally(), StoryClock(NOW)
    storage, forge = Storage(folder / "countersign.db"), TruthfulForge()
    policies: Policies = files_in(folder)
    gatherer = Gatherer({"github": forge}, storage, policies, OpenDirectory(), clock)
    slack = DatingMessenger(clock=clock)
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
            await _goes_on(working, clock)
    while under_way:
        await _arrive(storage, heapq.heappop(under_way), arrived, tally)
    await _goes_on(working, clock)
    for number in range(events, events + ALL_LOST):
        forge.happens(ref_of(chance.randint(1, REQUESTS)), number, chance)
    now = clock.now()
    await storage.run(lambda rooms: rooms.inbox.put("reconcile", ReconcileDue("github"), now))
    await _goes_on(working, clock)
    tally.tried["events"] = events + ALL_LOST
    tally.tried["events lost"] += ALL_LOST
    tally.faults += [f"a success that nobody signed: {gate}" for gate in forge.wrong]
    tally.faults += [
        f"{ref}: the gate says {forge.gate(ref)}, signed is {forge.signed(ref)}"
        for ref in forge.changes
        if (forge.gate(ref) is GateState.SUCCESS) is not forge.signed(ref)
    ]
    tally.faults += [f"done twice: {what}" for what in forge.again]
    tally.faults += [f"said twice: {what}" for what, n in slack.heard.items() if n > 1]
    tally.faults += await storage.run(lambda rooms: list(rooms.ledger.faults()))
    storage.close()
    return tally


async def _goes_on(working: Working, clock: StoryClock) -> None:
    """Half a minute later everything is decided that has arrived meanwhile."""
    clock.move_to(clock.now() + timedelta(seconds=30))
    await working.drain()


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
