"""Past merge requests, decided once more one after the other by every policy that is tried."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

from bot.base_files import ReadAtBase, owners_at_base, policy_at_base
from bot.learning import theirs
from bot.simulation.past import Desks, Past, Staff
from routing.events import MergeRequestTouched
from routing.facts import Facts
from routing.hindsight.simulation import Simulated, simulated, was_signed
from routing.model import Change, ForgeReview, PastChange
from routing.owners.codeowners import Dialect
from routing.people import People, Person
from routing.policy import Policy
from routing.review import advance
from storage.database import Rooms, Storage
from storage.places import Moment

BEFORE = timedelta(days=730)
"""How much of what lies before the first merge request is learnt from."""
PAGE = 2_000

ReadBranch = Callable[[str, str], Awaitable[str | None]]
"""Branch and path → the file's text there as it is today, None where there is none."""


class Told(Protocol):
    """Who is told how far it has come."""

    def begins(self, what: str, count: int | None = None) -> None:
        """Something else begins, of so many steps where that is known."""
        ...

    def reached(self, count: int) -> None:
        """So many steps of it are done."""
        ...

    def waits(self, why: str, until: datetime) -> None:
        """The other side wants us to wait."""
        ...


@dataclass(frozen=True, slots=True)
class Request:
    """A past merge request: what people call it, when it is decided, and what it was.

    `reviews` are those it had when it was merged, None where that is not known.
    """

    id: str
    at: datetime
    change: Change
    reviews: tuple[ForgeReview, ...] | None = None


@dataclass(frozen=True, slots=True)
class Simulation:
    """What came of it: the outcomes of each policy, in the same order, and what they rest on.

    They landed on a `branch` of a clone, or were merged in a `project` of a forge. `unread` says in
    sentences what could not be read.
    """

    outcomes: tuple[tuple[Simulated, ...], ...]
    since: datetime
    until: datetime
    people: Mapping[str, str]
    branch: str | None = None
    project: str | None = None
    invented_people: bool = False
    unread: tuple[str, ...] = ()

    @property
    def where(self) -> str:
        """Where the merge requests come from: "that landed on main", "merged in acme/shop"."""
        return f"that landed on {self.branch}" if self.branch else f"merged in {self.project}"


@dataclass(frozen=True, slots=True)
class Place:
    """Where they were merged: its name in the history, who works there, and what files say."""

    scope: str
    staff: tuple[Person, ...]
    read: ReadBranch
    dialect: Dialect


async def replay(
    requests: AsyncIterator[Request],
    place: Place,
    policies: Sequence[Policy],
    storage: Storage,
    told: Told,
) -> tuple[tuple[Simulated, ...], ...]:
    """The outcomes of each policy; `requests` come in order of time.

    Each is decided by what was known at its time. The repository's own rules and its CODEOWNERS
    are those of today.
    """
    courses = [_Course(place, policy) for policy in policies]
    past: _Onwards | None = None
    async for request in requests:
        if past is None:
            past = _Onwards(storage, place.scope, People(place.staff), request.at - BEFORE)
        await past.until(request.at)
        for course in courses:
            await course.decide(request, past.known)
        told.reached(len(courses[0].outcomes))
    return tuple(tuple(course.outcomes) for course in courses)


class _Onwards:
    """Lets the past become known: nothing earlier than it landed."""

    def __init__(self, storage: Storage, project: str, people: People, start: datetime) -> None:
        self.known = Past()
        self._people = people
        self._coming = _in_order(storage, project, start)
        self._next: PastChange | None = None

    async def until(self, now: datetime) -> None:
        """Learn everything that had landed before."""
        while self._next is None or self._next.at < now:
            if self._next is not None:
                (change,) = theirs([self._next], self._people)
                self.known.observe(change)
            self._next = await anext(self._coming, None)
            if self._next is None:
                return


async def _in_order(storage: Storage, project: str, start: datetime) -> AsyncIterator[PastChange]:
    place: Moment = (int(start.timestamp()), 0)
    while True:
        page = await storage.run(partial(_page, project, place))
        for _, change in page:
            yield change
        if len(page) < PAGE:
            return
        place = page[-1][0]


def _page(project: str, place: Moment, rooms: Rooms) -> Sequence[tuple[Moment, PastChange]]:
    return rooms.history.onwards(project, place, PAGE)


@dataclass(slots=True)
class _Branch:
    """A base branch under one policy: its files, each read once, and the rules in force there."""

    read: ReadAtBase
    policy: Policy
    problems: tuple[str, ...]


@dataclass
class _Course:
    """One policy's way through the merge requests."""

    place: Place
    policy: Policy
    desks: Desks = field(default_factory=Desks)
    outcomes: list[Simulated] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._staff = Staff(self.place.staff)
        self._branches: dict[str, _Branch] = {}

    async def decide(self, request: Request, past: Past) -> None:
        """Decide it as a merge request seen for the first time, with nobody's word yet."""
        change, people = request.change, self._staff.at(request.at)
        branch = await self._branch(change.merge_request.base_branch)
        open_asks, carried = self.desks.held(request.at)
        facts = Facts(
            change=change,
            people=people,
            history=past.known_of(change, branch.policy, people, request.at),
            owners=await owners_at_base(branch.read, change.paths, self.place.dialect),
            open_asks=open_asks,
            loads=carried,
            problems=branch.problems,
        )
        touched = MergeRequestTouched(change.merge_request.ref)
        review = advance(None, touched, facts, branch.policy, request.at).review
        found = simulated(review, branch.policy, request.id)
        if request.reviews is not None:
            had = replace(facts, forge_reviews=request.reviews)
            signed = advance(None, touched, had, branch.policy, request.at).review
            found = replace(found, signed=was_signed(signed))
        self.desks.ask(found.asked, request.at)
        self.outcomes.append(found)

    async def _branch(self, name: str) -> _Branch:
        if name not in self._branches:
            read = _once(partial(self.place.read, name))
            policy, problems = await policy_at_base(read, self.policy, name, self.place.staff)
            self._branches[name] = _Branch(read, policy, problems)
        return self._branches[name]


def _once(read: ReadAtBase) -> ReadAtBase:
    """The same, asking for each file a single time."""
    texts: dict[str, str | None] = {}

    async def kept(path: str) -> str | None:
        if path not in texts:
            texts[path] = await read(path)
        return texts[path]

    return kept
