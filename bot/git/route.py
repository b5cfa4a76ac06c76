"""Routing from a clone: the facts of one change read with git, decided like any other."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.base_files import dialect_at_base, owners_at_base, policy_at_base
from bot.errors import Misconfigured, Refused
from bot.facts import WINDOW, measure
from bot.git.cache import project_of
from bot.git.change import read_ai_notes, read_commits, read_files
from bot.git.clone import Clone
from bot.git.history import Progress, import_history
from bot.git.people import LOCAL, at_home, people_of_clone
from bot.learning import Learning
from bot.policies import Rulebook
from routing.events import MergeRequestTouched
from routing.facts import Facts
from routing.model import Account, Change, MergeRequest, Ref, State
from routing.people import People
from routing.record import Review
from routing.review import advance
from storage.database import Storage
from storage.history import Author

DEFAULT_BASES = ("origin/HEAD", "origin/main", "origin/master", "main", "master", "trunk", "HEAD~1")


@dataclass(frozen=True, slots=True)
class Routed:
    """A routed change: the review with its whole reason, and what it was read from.

    `invented_people` says that there was no people file and the commit authors stand in.
    """

    review: Review
    change: Change
    base: str
    head: str
    history: int
    read_now: int
    invented_people: bool


async def route(
    clone: Clone,
    span: tuple[str | None, str],
    rulebook: Rulebook,
    storage: Storage,
    progress: Progress,
) -> Routed:
    """Decide who should review `span`, (base or None, head), of this clone.

    `rulebook` without people means that the authors of the history stand in for them.

    Raises:
        Misconfigured: not a clone, no such branch, nothing between the two.
    """
    await clone.check()
    head = await clone.commit_of(span[1])
    base, branch = await _base(clone, span[0], head)
    fork = await clone.merge_base(base, head)
    if fork == head:
        raise Misconfigured(f"nothing to review: {span[1]} has no commit that {base[:12]} lacks")
    project = await project_of(clone)
    # The history is read at the base: what is being judged teaches nobody anything.
    read_now = await import_history(clone, storage, project, base, progress)
    commits = await read_commits(clone, base, head)
    now = max(commit.committer.at for commit in commits)
    authors = [
        *await storage.run(lambda rooms: rooms.history.authors(project)),
        *(Author(one.author.name, one.author.email.lower(), now, now) for one in commits),
    ]
    people = People(tuple(map(at_home, rulebook.people or people_of_clone(authors, now))))
    first = commits[0].author
    author = people.of_email(first.email)
    account = Account(LOCAL, first.email, author.logins[LOCAL] if author else first.name)
    request = MergeRequest(
        ref=Ref(LOCAL, clone.path.resolve().name, 0),
        project_id=project,
        title=commits[-1].message.split("\n", 1)[0],
        body="",
        author=account,
        state=State.OPEN,
        draft=False,
        head_sha=head,
        head_branch=span[1],
        base_branch=branch,
        base_sha=base,
        url="",
        opened_at=now,
    )
    notes = await read_ai_notes(clone, [one.sha for one in commits])
    change = Change(request, await read_files(clone, fork, head), commits, notes=notes)

    async def read(path: str) -> str | None:
        return await clone.file_at(base, path)

    policy, problems = await policy_at_base(
        read, rulebook.policy, request.base_branch, people.everyone
    )
    past = await storage.run(lambda rooms: rooms.history.near(project, change.paths, now - WINDOW))
    weighed = await Learning(storage).weigh(project, change, people, now)
    facts = Facts(
        change=change,
        people=people,
        history=replace(measure(past, change, policy, people, now), weighed=weighed),
        owners=await owners_at_base(read, change.paths, await dialect_at_base(read)),
        problems=problems,
    )
    decision = advance(None, MergeRequestTouched(request.ref), facts, policy, now)
    count = await storage.run(lambda rooms: rooms.history.count(project))
    return Routed(decision.review, change, base, head, count, read_now, not rulebook.people)


async def _base(clone: Clone, wanted: str | None, head: str) -> tuple[str, str]:
    """The base commit and its branch's name."""
    if wanted is not None:
        return await clone.commit_of(wanted), _branch_name(wanted)
    for name in DEFAULT_BASES:
        try:
            base = await clone.commit_of(name)
        except Refused:
            continue
        if base != head:
            called = (await clone.text("rev-parse", "--abbrev-ref", name)).strip()
            return base, _branch_name(called or name)
    raise Misconfigured("no base branch found: name it with --base")


def _branch_name(name: str) -> str:
    return name.removeprefix("refs/heads/").removeprefix("origin/")
