"""Simulating a policy on a clone: every change of its main line is a merge request once more."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from bot.base_files import ReadAtBase, owners_at_base, policy_at_base
from bot.errors import Misconfigured, Refused
from bot.git.cache import project_of
from bot.git.change import read_lineage
from bot.git.clone import Clone
from bot.git.contacts import is_machine
from bot.git.history import Progress as Read
from bot.git.history import import_history
from bot.git.main_line import Landed, read_main_line
from bot.git.people import LOCAL, at_home, people_of_clone
from bot.learning import theirs
from bot.policies import Rulebook
from bot.simulation.past import Desks, Past, Staff
from routing.events import MergeRequestTouched
from routing.facts import Facts
from routing.hindsight.simulation import Simulated, simulated
from routing.model import (
    Account,
    Change,
    Commit,
    MergeRequest,
    PastChange,
    Ref,
    Signature,
    State,
)
from routing.people import People, Person
from routing.policy import Policy
from routing.review import advance
from storage.database import Rooms, Storage
from storage.places import Moment

BEFORE = timedelta(days=730)
"""How much of what lies before the first merge request is learnt from."""
PAGE = 2_000
SHORT = 8
NUMBER = re.compile(
    r"\(([#!][0-9]{1,9})\)|^Merge pull request (#[0-9]{1,9})|^See merge request \S*(![0-9]{1,9})",
    re.MULTILINE,
)
"""How GitHub and GitLab name a merge request in the message it lands with."""


@dataclass(frozen=True, slots=True)
class Told:
    """Who is told how many commits were read, and how many merge requests decided, of how many."""

    read: Read
    decided: Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Span:
    """Which merge requests: those that landed on `branch` in the last `days` of its history."""

    branch: str = "HEAD"
    days: int = 90
    last: int = 20_000


@dataclass(frozen=True, slots=True)
class Simulation:
    """What came of it: the outcomes of each policy, in the same order, and what they rest on."""

    outcomes: tuple[tuple[Simulated, ...], ...]
    since: datetime
    until: datetime
    branch: str
    people: Mapping[str, str]
    invented_people: bool


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stays the same for all merge requests: where they landed, and who works there."""

    clone: Clone
    tip: str
    branch: str
    project: str
    people: tuple[Person, ...]


async def simulate_clone(
    clone: Clone, span: Span, rulebooks: Sequence[Rulebook], storage: Storage, told: Told
) -> Simulation:
    """Decide the merge requests of a span of the main line by the policy of each rulebook.

    Each is decided when it landed, by what was known then. The repository's own rules and its
    CODEOWNERS are those of today. Without people in the first rulebook, which speaks for all,
    the authors of the history stand in.

    Raises:
        Misconfigured: this is no clone, there is no such branch, or nothing landed in the span.
    """
    await clone.check()
    try:
        tip = await clone.commit_of(span.branch)
    except Refused as exc:
        raise Misconfigured(f"there is no branch or commit {span.branch}") from exc
    project = await project_of(clone)
    await import_history(clone, storage, project, tip, told.read)
    until = datetime.fromtimestamp(
        int(await clone.text("log", "-1", "--format=%ct", "--end-of-options", tip)), UTC
    )
    since = until - timedelta(days=span.days)
    count = min(span.last, await _landed_since(clone, tip, since))
    if not count:
        raise Misconfigured(f"nothing landed on {span.branch} in the last {span.days} days")
    authors = await storage.run(lambda rooms: rooms.history.authors(project))
    people = rulebooks[0].people
    staff = tuple(map(at_home, people or people_of_clone(authors, since)))
    around = Surroundings(clone, tip, await _branch(clone, span.branch), project, staff)
    courses = [await _course(around, policy) for policy in (one.policy for one in rulebooks)]
    past = _Onwards(storage, project, People(staff), since - BEFORE)
    branches = _Branches(await read_lineage(clone, tip, count))
    done = 0
    async for landed in read_main_line(clone, tip, count):
        await past.until(landed.at)
        commits = branches.of(landed)
        for course in courses:
            await course.decide(landed, commits, past.known)
        done += 1
        told.decided(done, count)
    return Simulation(
        tuple(tuple(course.outcomes) for course in courses),
        since,
        until,
        around.branch,
        {person.id: person.name for person in staff},
        not people,
    )


class _Branches:
    """The commits that each change of the main line brought, its own one where it brought none."""

    def __init__(self, commits: Mapping[str, tuple[tuple[str, ...], Commit]]) -> None:
        self._left = dict(commits)

    def of(self, landed: Landed) -> tuple[Commit, ...]:
        """Its branch's commits, oldest first; the changes are asked for in their order."""
        found: list[Commit] = []
        waiting = list(landed.parents[1:])
        while waiting:
            known = self._left.pop(waiting.pop(), None)
            if known is not None:
                waiting += known[0]
                found.append(known[1])
        self._left.pop(landed.sha, None)
        return tuple(reversed(found)) or (_itself(landed),)


def _itself(landed: Landed) -> Commit:
    # Who merged it, the main line does not say: the forge commits under its own name.
    signed = Signature(landed.author, landed.email, landed.at)
    return Commit(landed.sha, signed, signed, landed.message)


async def _landed_since(clone: Clone, tip: str, since: datetime) -> int:
    counted = await clone.text(
        "rev-list", "--count", "--first-parent", f"--since={since.isoformat()}",
        "--end-of-options", tip,
    )  # fmt: skip
    return int(counted)


async def _branch(clone: Clone, name: str) -> str:
    """The branch's own name, by which rules know it."""
    try:
        full = await clone.text("rev-parse", "--abbrev-ref", "--end-of-options", name)
    except Refused:
        return name
    return full.strip().splitlines()[-1].removeprefix("origin/") or name


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


@dataclass(frozen=True)
class _Course:
    """One policy's way through the merge requests."""

    around: Surroundings
    policy: Policy
    problems: tuple[str, ...]
    read: ReadAtBase
    staff: Staff
    desks: Desks
    outcomes: list[Simulated]

    async def decide(self, landed: Landed, commits: tuple[Commit, ...], past: Past) -> None:
        """Decide it as a merge request seen for the first time, at the moment when it landed."""
        people = self.staff.at(landed.at)
        change = Change(self._request(landed, people), landed.files, commits)
        open_asks, carried = self.desks.held(landed.at)
        facts = Facts(
            change=change,
            people=people,
            history=past.known_of(change, self.policy, people, landed.at),
            owners=await owners_at_base(self.read, change.paths),
            open_asks=open_asks,
            loads=carried,
            problems=self.problems,
        )
        touched = MergeRequestTouched(change.merge_request.ref)
        review = advance(None, touched, facts, self.policy, landed.at).review
        found = simulated(review, self.policy, _name(landed))
        self.desks.ask(found.asked, landed.at)
        self.outcomes.append(found)

    def _request(self, landed: Landed, people: People) -> MergeRequest:
        author = people.of_email(landed.email)
        login = author.logins[LOCAL] if author is not None else landed.author
        return MergeRequest(
            ref=Ref(LOCAL, self.around.clone.path.resolve().name, 0),
            project_id=self.around.project,
            title=landed.title,
            body="",
            author=Account(LOCAL, landed.email, login, bot=is_machine(landed.author, landed.email)),
            state=State.OPEN,
            draft=False,
            head_sha=landed.sha,
            head_branch="",
            base_branch=self.around.branch,
            base_sha=landed.parents[0] if landed.parents else landed.sha,
            url="",
            opened_at=landed.at,
        )


async def _course(around: Surroundings, policy: Policy) -> _Course:
    texts: dict[str, str | None] = {}

    async def read(path: str) -> str | None:
        if path not in texts:
            texts[path] = await around.clone.file_at(around.tip, path)
        return texts[path]

    both, problems = await policy_at_base(read, policy, around.branch, around.people)
    return _Course(around, both, problems, read, Staff(around.people), Desks(), [])


def _name(landed: Landed) -> str:
    """What people call it: the number that forges write into the message, or the commit."""
    number = NUMBER.search(landed.message)
    return next(filter(None, number.groups())) if number else landed.sha[:SHORT]
