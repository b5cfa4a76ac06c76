"""Simulating a policy on a clone: every change of its main line is a merge request once more."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from bot.base_files import dialect_at_base
from bot.errors import Misconfigured, Refused
from bot.git.cache import project_of
from bot.git.change import read_lineage
from bot.git.clone import Clone
from bot.git.contacts import is_machine
from bot.git.history import import_history
from bot.git.main_line import Landed, read_main_line
from bot.git.people import LOCAL, at_home, people_of_clone
from bot.policies import Rulebook
from bot.simulation.past import Staff
from bot.simulation.replay import Place, Request, Simulation, Told, replay
from routing.model import Account, Change, Commit, MergeRequest, Ref, Signature, State
from routing.people import People
from storage.database import Storage

SHORT = 8
NUMBER = re.compile(
    r"\(([#!][0-9]{1,9})\)|^Merge pull request (#[0-9]{1,9})|^See merge request \S*(![0-9]{1,9})",
    re.MULTILINE,
)
"""How GitHub and GitLab name a merge request in the message it lands with."""


@dataclass(frozen=True, slots=True)
class Span:
    """Which merge requests: those that landed on `branch` in the last `days` of its history."""

    branch: str = "HEAD"
    days: int = 90
    last: int = 20_000


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
    told.begins("Reading history")
    await import_history(clone, storage, project, tip, told.reached)
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
    branch = await _branch(clone, span.branch)

    async def read(_: str, path: str) -> str | None:
        return await clone.file_at(tip, path)

    place = Place(project, staff, read, await dialect_at_base(partial(read, branch)))
    landed = _requests(clone, tip, count, branch, place)
    policies = [one.policy for one in rulebooks]
    told.begins("Deciding", count)
    outcomes = await replay(landed, place, policies, storage, told)
    names = {person.id: person.name for person in staff}
    return Simulation(outcomes, since, until, names, branch=branch, invented_people=not people)


async def _requests(
    clone: Clone, tip: str, count: int, branch: str, place: Place
) -> AsyncIterator[Request]:
    staff, branches = Staff(place.staff), _Branches(await read_lineage(clone, tip, count))
    async for landed in read_main_line(clone, tip, count):
        request = _request(landed, clone, branch, place.scope, staff.at(landed.at))
        change = Change(request, landed.files, branches.of(landed))
        yield Request(_name(landed), landed.at, change)


def _request(
    landed: Landed, clone: Clone, branch: str, project: str, people: People
) -> MergeRequest:
    author = people.of_email(landed.email)
    login = author.logins[LOCAL] if author is not None else landed.author
    return MergeRequest(
        ref=Ref(LOCAL, clone.path.resolve().name, 0),
        project_id=project,
        title=landed.title,
        body="",
        author=Account(LOCAL, landed.email, login, bot=is_machine(landed.author, landed.email)),
        state=State.OPEN,
        draft=False,
        head_sha=landed.sha,
        head_branch="",
        base_branch=branch,
        base_sha=landed.parents[0] if landed.parents else landed.sha,
        url="",
        opened_at=landed.at,
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


def _name(landed: Landed) -> str:
    """What people call it: the number that forges write into the message, or the commit."""
    number = NUMBER.search(landed.message)
    return next(filter(None, number.groups())) if number else landed.sha[:SHORT]
