"""What the base commit says about who must review: read there, where the author cannot edit it."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from bot.clock import Clock, Onward
from bot.forges.base import Forge
from bot.remembered import Remembered
from routing.files.policy_file import parse_repository_policy
from routing.files.problems import InvalidFile
from routing.owners.codeowners import LOCATIONS, Dialect, parse_codeowners
from routing.owners.ownership import Codeowners, Ownership
from routing.people import Person
from routing.policy import Policy

REPOSITORY_POLICY = ".countersign.yml"
GITLABS_OWN = (".gitlab/CODEOWNERS", ".gitlab-ci.yml")

ABSENT = timedelta(minutes=10)
"""For so long a file is believed to be missing: a forge may show a new commit before its files."""

ROOM, ROOM_PARSED = 16_000_000, 4_000_000
"""Characters of files that are kept. Parsed, CODEOWNERS take seventy times as many bytes."""
A_FILE, A_PARSED = 1_000, 40_000
"""What one counts besides its text: parsed, it remembers what it was asked."""

_READER = ThreadPoolExecutor(1, "base-files")
T = TypeVar("T")

_Read = tuple[str | None, datetime]
"""A file's text, and when it was read."""

ReadAtBase = Callable[[str], Awaitable[str | None]]
"""Path → the file's text at the base commit, None where there is none."""


class BaseFiles:
    """Reads files at base commits, each once: what a commit holds never changes.

    `sha` has to be known as the tip of the branch: where nothing is read, nobody asks for that.
    """

    def __init__(self, clock: Clock, room: int = ROOM) -> None:
        """Keep so many characters of them, those that were asked for last."""
        self._clock = Onward(clock)
        self._kept: Remembered[tuple[str, ...], _Read] = Remembered(room, _size_of_read)

    def at(self, forge: Forge, project: str, branch: str, sha: str) -> ReadAtBase:
        """Reads at one commit."""

        async def read(path: str) -> str | None:
            key, now = (forge.name, project, branch, sha, path), self._clock.now()
            text, at = self._kept.find(key) or (None, now - ABSENT)
            if text is None and now - at >= ABSENT:
                text = await forge.read_file(project, branch, sha, path)
                self._kept.keep(key, (text, now))
            return text

        return read


async def asked_at_base(read: ReadAtBase, dialect: Dialect) -> str:
    """What tells whether a base asks something else of merge requests than before: a digest."""
    paths = (REPOSITORY_POLICY, *LOCATIONS[dialect])
    texts = [(path, text) for path in paths if (text := await read(path)) is not None]
    return hashlib.sha256(repr(texts).encode()).hexdigest()


def is_read_at_base(path: str) -> bool:
    """Whether a change of this file changes what is asked of open merge requests."""
    return path == REPOSITORY_POLICY or any(path in places for places in LOCATIONS.values())


async def policy_at_base(
    read: ReadAtBase, organisation: Policy, branch: str, people: Collection[Person]
) -> tuple[Policy, tuple[str, ...]]:
    """The organisation's policy with the repository's additions, and what is wrong with these.

    A repository's file that cannot be used does not relax anything: the problems block.
    """
    text = await read(REPOSITORY_POLICY)
    if text is None:
        return organisation, ()
    try:
        parse = partial(parse_repository_policy, text, REPOSITORY_POLICY, organisation, people)
        return await _beside(parse), ()
    except InvalidFile as exc:
        return organisation, tuple(f"on {branch}, {line}" for line in str(exc).splitlines())


async def dialect_at_base(read: ReadAtBase) -> Dialect:
    """Whose CODEOWNERS a clone holds, by what else a GitLab project has beside it."""
    for path in GITLABS_OWN:
        if await read(path) is not None:
            return Dialect.GITLAB
    return Dialect.GITHUB


async def owners_at_base(
    read: ReadAtBase, paths: Sequence[str], dialect: Dialect = Dialect.GITHUB
) -> Mapping[str, Ownership]:
    """Path → the lines of CODEOWNERS that count for it; paths that nobody owns are absent."""
    for location in LOCATIONS[dialect]:
        text = await read(location)
        if text is not None:
            return await _beside(partial(_owned, text, dialect, paths))
    return {}


async def _beside(work: Callable[[], T]) -> T:
    """Done in the one thread there is for it, so that many who ask for one file parse it once.

    Somebody else wrote the files, and three megabytes of CODEOWNERS take seconds.
    """
    return await asyncio.get_running_loop().run_in_executor(_READER, work)


def _owned(text: str, dialect: Dialect, paths: Sequence[str]) -> Mapping[str, Ownership]:
    codeowners = _PARSED.get((text, dialect), lambda: parse_codeowners(text, dialect))
    owned = {path: codeowners.owners(path) for path in paths}
    return {path: its for path, its in owned.items() if its.rules}


def _size_of_read(_key: object, read: _Read) -> int:
    text, _ = read
    return A_FILE + len(text or "")


def _size_of_parsed(key: tuple[str, Dialect], _parsed: Codeowners) -> int:
    text, _ = key
    return A_PARSED + len(text)


_PARSED: Remembered[tuple[str, Dialect], Codeowners] = Remembered(ROOM_PARSED, _size_of_parsed)
