"""Where a demo plays: a repository, its people and its policy; the story's, or a copy of yours."""

from __future__ import annotations

import re
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from importlib.resources import as_file, files
from pathlib import Path

from bot.demo.repository import make_repository
from bot.errors import Misconfigured, Refused
from bot.git.clone import Clone
from bot.git.history import read_history
from bot.git.main_line import Landed, read_main_line
from bot.git.people import ALL_DAY, ALL_WEEK, at_home, people_of_clone
from bot.policies import Policies
from routing.forge_words import words_of
from routing.people import Person
from storage.history import Author

STORY = "shop"
CHANNEL = "#reviews"
"""Where the people of a setting meet, and cards go unless the policy knows better."""
RECENT = 8
"""How many of a clone's latest changes can be opened."""
MOST_PEOPLE = 12
"""How many of a clone's people are let into the workspace, the latest active first."""

COLLEAGUES = tuple(
    Person(
        id=f"invented-{name.split()[0].lower()}",
        name=f"{name} (invented)",
        started=date(2015, 1, 1),
        hours=ALL_DAY,
        days=ALL_WEEK,
    )
    for name in ("Vera Second", "Paul Third")
)
"""Who stands in where hardly anybody else has written to a clone, so that somebody can sign."""


@dataclass(frozen=True)
class Setting:
    """The repository at `path` belongs to the demo; `recent` are changes that can be opened.

    `forge` names the forge that it is on: its words and its CODEOWNERS hold.
    """

    forge: str
    path: Path
    project: str
    branch: str
    policies: Policies
    recent: tuple[Landed, ...] = ()

    @property
    def people(self) -> tuple[Person, ...]:
        """Everybody, each with a Slack account."""
        return self.policies.current.people


@asynccontextmanager
async def story(now: datetime, forge: str) -> AsyncIterator[Setting]:
    """The small company's shop, with a year of history that ends the day before `now`."""
    with (
        tempfile.TemporaryDirectory(prefix="countersign-demo-") as name,
        as_file(files("bot.demo") / "files" / "policy.yml") as policy,
        as_file(files("bot.demo") / "files" / "people.yml") as people,
    ):
        path = Path(name) / STORY
        path.mkdir()
        await make_repository(path, now, words_of(forge).dialect)
        policies = Policies(policy, people)
        _settle(policies, policies.current.people, forge)
        yield Setting(forge, path, STORY, "main", policies)


@asynccontextmanager
async def own_clone(source: Path, forge: str) -> AsyncIterator[Setting]:
    """A copy of somebody's clone (an absolute path): nothing is ever written into theirs.

    Its authors stand in for people, tenure counts from the first commit, and the built-in policy
    holds beside the repository's own `.countersign.yml`.

    Raises:
        Misconfigured: it is no clone, or has too little history.
    """
    clone = Clone(source)
    await clone.check()
    try:
        branch = (await clone.text("rev-parse", "--abbrev-ref", "HEAD")).strip()
        tip = await clone.commit_of("HEAD")
    except Refused as exc:
        raise Misconfigured(f"{source}: has no commit yet") from exc
    branch = "main" if branch == "HEAD" else branch
    landed = [one async for one in read_main_line(clone, tip, RECENT + 1)]
    recent = tuple(one for one in landed if one.parents and one.files)[-RECENT:]
    if not recent:
        raise Misconfigured(f"{source}: has too few commits: there is nothing to open")
    with _copied(source) as path:
        copy = Clone(path)
        await copy.text("clone", "--quiet", "--shared", "--bare", "--", str(source), ".")
        await copy.text("update-ref", f"refs/heads/{branch}", tip)
        for one in recent:
            await copy.text("update-ref", f"refs/heads/{branch_of(one)}", one.sha)
        policies = Policies(None, None)
        _settle(policies, await _people(copy, tip, recent), forge)
        yield Setting(forge, path, source.name, branch, policies, recent)


def branch_of(change: Landed) -> str:
    """The branch on which a recent change is opened."""
    words = re.sub(r"[^a-z0-9]+", "-", change.title.lower()).strip("-")[:30].strip("-")
    return f"again/{change.sha[:8]}-{words}".rstrip("-")


@contextmanager
def _copied(source: Path) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="countersign-demo-") as name:
        path = Path(name) / source.name
        path.mkdir()
        yield path


async def _people(clone: Clone, tip: str, recent: tuple[Landed, ...]) -> tuple[Person, ...]:
    """Those who wrote the recent changes, and who else was active last."""
    authors: dict[str, Author] = {}
    async for _, one in read_history(clone, None, tip):
        known = authors.get(one.email, one)
        authors[one.email] = replace(
            one, first=min(one.first, known.first), last=max(one.last, known.last)
        )
    now = max(one.at for one in recent)
    writers = {one.email.lower() for one in recent}
    last = {one.email: one.last for one in authors.values()}
    everybody = sorted(
        people_of_clone(authors.values(), now),
        key=lambda person: (
            not writers & {email.lower() for email in person.emails},
            -max(last[email] for email in person.emails).timestamp(),
        ),
    )
    people = tuple(one for one in everybody if not one.bot)[:MOST_PEOPLE]
    return people if len(people) > len(COLLEAGUES) else (*people, *COLLEAGUES)


def _settle(policies: Policies, people: tuple[Person, ...], forge: str) -> None:
    """The people are at home on the forge, each has a Slack account, and cards a channel."""
    policy = policies.current.policy
    channel = policy.review.channel or CHANNEL
    policies.current = replace(
        policies.current,
        policy=replace(policy, review=replace(policy.review, channel=channel)),
        people=tuple(
            replace(at_home(person, forge), slack=person.slack or f"U0{number:03d}")
            for number, person in enumerate(people, start=1)
        ),
    )
