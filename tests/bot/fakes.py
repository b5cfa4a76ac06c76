"""Stateful stand-ins for what the shell speaks with: a forge in memory, a Slack that listens."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from bot.clock import Clock, StoryClock
from bot.dispatcher import Message
from bot.engine import Engine
from bot.errors import Refused
from bot.facts import Gatherer
from bot.forges.guarantees import Finding
from bot.policies import Policies
from routing.effects import GateState, PostDigest, SetGate, ShowCard, TellPerson
from routing.events import CardPosted, DigestPosted, Event
from routing.model import Change, ForgeReview, PastChange, Ref
from storage.database import Rooms, Storage
from storage.inbox import Arrival
from tests.builders import REF, a_change

POLICY = """\
version: 1
rules:
  - name: everything
    require: {approvals: 1, from: {min_tenure: 5y}}
review: {channel: "#reviews", ask: 1}
escalation:
  - {after: 4h, do: remind}
digests:
  - {channel: "#reviews", at: "09:00", days: Mon-Fri, timezone: UTC}
"""
PEOPLE = """\
people:
  - {id: ana, name: Ana, slack: U0ANA, github: ana, emails: [ana@example.com], started: 2024-02-01}
  - {id: dana, name: Dana, slack: U0DANA, github: dana, started: 2017-03-01}
"""


def no_trouble() -> None:
    """Nothing goes wrong."""


async def nothing_at_hand() -> Sequence[Finding]:
    """What a doctor is told who has no bot and no database before them."""
    return ()


@dataclass
class MemoryForge:
    """A forge that keeps what it is told. `trouble` is called before every answer."""

    name: str = "github"
    changes: dict[Ref, Change] = field(default_factory=dict)
    reviewed: list[ForgeReview] = field(default_factory=list)
    gates: list[SetGate] = field(default_factory=list)
    requested: set[str] = field(default_factory=set)
    unwilling: frozenset[str] = frozenset()
    comments: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    past: list[PastChange] = field(default_factory=list)
    asked_about: list[str] = field(default_factory=list)
    read_at: list[tuple[str, str]] = field(default_factory=list)
    trouble: Callable[[], None] = no_trouble

    def shows(self, change: Change) -> None:
        """From now on the merge request looks like this."""
        self.changes[change.merge_request.ref] = change

    def gate(self, ref: Ref = REF) -> GateState | None:
        """What the gate says on the head as it stands now."""
        head = self.changes[ref].merge_request.head_sha
        states = [gate.state for gate in self.gates if (gate.ref, gate.sha) == (ref, head)]
        return states[-1] if states else None

    async def check(self) -> str:
        self.trouble()
        return "countersign-bot"

    async def projects(self) -> Sequence[str]:
        return sorted({ref.project for ref in self.changes} or {REF.project})

    async def open_merge_requests(self, project: str) -> Sequence[Ref]:
        self.trouble()
        return [
            ref
            for ref, change in self.changes.items()
            if ref.project == project and change.merge_request.state == "open"
        ]

    async def change(self, ref: Ref) -> Change:
        self.trouble()
        if ref not in self.changes:
            raise Refused(f"there is no merge request {ref}")
        return self.changes[ref]

    async def reviews(self, ref: Ref) -> Sequence[ForgeReview]:
        del ref
        return self.reviewed

    async def requested_reviewers(self, ref: Ref) -> frozenset[str]:
        del ref
        return frozenset(self.requested)

    async def read_file(self, project: str, branch: str, sha: str, path: str) -> str | None:
        del project
        self.read_at.append((branch, sha))
        return self.files.get(path)

    async def past_changes(
        self, project: str, sha: str, paths: Sequence[str], since: datetime
    ) -> Sequence[PastChange]:
        del project, sha, since
        self.trouble()
        self.asked_about += paths
        return self.past

    async def set_gate(self, gate: SetGate) -> bool:
        self.trouble()
        request = self.changes[gate.ref].merge_request
        passes = gate.state is GateState.SUCCESS
        if passes and (request.head_sha, request.base_branch) != (gate.sha, gate.base_branch):
            return False
        self.gates.append(gate)
        return True

    async def request_reviewers(self, ref: Ref, logins: Iterable[str]) -> tuple[str, ...]:
        del ref
        self.trouble()
        self.requested |= set(logins) - self.unwilling
        return tuple(login for login in logins if login in self.unwilling)

    async def withdraw_reviewers(self, ref: Ref, logins: Iterable[str]) -> None:
        del ref
        self.requested -= set(logins)

    async def comment(self, ref: Ref, body: str, key: str, *, thread: bool = False) -> None:
        del ref, thread
        self.trouble()
        self.comments.setdefault(key, body)

    async def close(self) -> None:
        """Nothing to let go of."""


@dataclass
class ListeningMessenger:
    """Keeps what it was to say; a card is answered with where it stands."""

    said: list[tuple[Message | TellPerson, str]] = field(default_factory=list)
    asleep: dict[str, datetime] = field(default_factory=dict)
    trouble: Callable[[], None] = no_trouble

    async def quiet_until(self, person: str) -> datetime | None:
        return self.asleep.get(person)

    async def tell(self, things: Sequence[TellPerson], key: str, *, again: bool = False) -> None:
        del again
        self.trouble()
        self.said += [(thing, key) for thing in things]

    async def say(self, message: Message, key: str, *, again: bool = False) -> Event | None:
        del again
        self.trouble()
        self.said.append((message, key))
        match message:
            case ShowCard(ref):
                return CardPosted(ref, "C1", "1.0")
            case PostDigest():
                return DigestPosted(message, "C1", "1.0")
            case _:
                return None


@dataclass
class OpenDirectory:
    """A Slack in which everybody may decide but those named."""

    barred: frozenset[str] = frozenset()

    async def without_say(self, users: Iterable[str]) -> frozenset[str]:
        return self.barred & frozenset(users)


class SetClock(StoryClock):
    """A clock that may be set back as well."""

    def set_to(self, moment: datetime) -> None:
        """Whatever it was before."""
        self._now = moment


def files_in(folder: Path, policy: str = POLICY, people: str = PEOPLE) -> Policies:
    """The policy and the people, from files in this folder."""
    (folder / "policy.yml").write_text(policy, "utf-8")
    (folder / "people.yml").write_text(people, "utf-8")
    return Policies(folder / "policy.yml", folder / "people.yml")


class Decider:
    """An engine with everything around it, and a way to put one event through."""

    def __init__(
        self, storage: Storage, policies: Policies, clock: Clock, forge: MemoryForge | None = None
    ) -> None:
        self.storage = storage
        self.clock = clock
        self.forge = forge or MemoryForge()
        self.forge.shows(a_change())
        self.directory = OpenDirectory()
        self.nudges = 0
        forges = {self.forge.name: self.forge}
        self.gatherer = Gatherer(forges, storage, policies, self.directory, clock)
        self.engine = Engine(storage, self.gatherer, clock, self._nudged)
        self._count = 0

    def _nudged(self) -> None:
        self.nudges += 1

    async def put(self, event: Event) -> None:
        """Something happened."""
        self._count += 1
        key, now = f"test {self._count}", self.clock.now()
        await self.storage.run(lambda rooms: rooms.inbox.put(key, event, now))

    async def next(self) -> Arrival | None:
        """What is to be decided on next."""
        return await self.engine.take(())

    async def decides(self, event: Event) -> None:
        """Something happened, and it is decided on."""
        await self.put(event)
        arrival = await self.next()
        assert arrival is not None
        await self.engine.work(arrival)


async def look(storage: Storage, what: Callable[[Rooms], object]) -> object:
    """What is kept."""
    return await storage.run(what)
