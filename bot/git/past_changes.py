"""From commits to past changes: who wrote and reviewed what, by the names of today."""

from __future__ import annotations

import hashlib
import re
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass

from bot.git.clone import Clone
from bot.git.commit_log import Landed, read_log
from bot.git.contacts import Contacts, is_machine
from bot.git.merge_credits import MergeCredits
from bot.git.present_names import PresentNames
from routing.knowledge.sweeps import is_sweep
from routing.model import PastChange
from routing.people import mail_identity
from routing.repairs import names_repair
from storage.history import Author

IGNORED = ".git-blame-ignore-revs"
MAILMAP = ".mailmap"

VERSION = 1
"""Goes up when the same commits are read differently: what was kept is then read anew."""

TOGETHER = 4_000
"""Commits whose trailers are looked up in the mailmap at once."""

SHA = re.compile(r"^[ \t]*([0-9a-f]{40}(?:[0-9a-f]{24})?)\b", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Rules:
    """What decides how commits are read, beside the commits; `key` changes when any of it does.

    `untold` commits say nothing about anybody: the clone's `.git-blame-ignore-revs` lists them, or
    a shallow clone ends there and shows every file as new.
    """

    untold: frozenset[str]
    key: str


async def read_rules(clone: Clone, tip: str) -> Rules:
    """The rules as they stand at a commit.

    Raises:
        Refused: there is no such commit.
    """
    ignored = await clone.file_at(tip, IGNORED) or ""
    mailmap = await clone.file_at(tip, MAILMAP) or ""
    end = clone.path / (await clone.text("rev-parse", "--git-path", "shallow")).removesuffix("\n")
    shallow = end.read_text("ascii") if end.exists() else ""
    said = repr((VERSION, ignored, mailmap, shallow))
    untold = frozenset(SHA.findall(f"{ignored}\n{shallow}"))
    return Rules(untold, hashlib.sha256(said.encode()).hexdigest()[:16])


class Reading:
    """One pass through a span of a clone's commits."""

    def __init__(self, clone: Clone, tip: str, rules: Rules) -> None:
        self._clone = clone
        self._tip = tip
        self._untold = rules.untold
        self._contacts = Contacts(clone, tip)
        self._credits = MergeCredits(tip)
        self._names = PresentNames()

    async def changes(self, since: str | None) -> AsyncIterator[tuple[PastChange, Author]]:
        """What the tip has and `since` has not, merges left out, the latest first."""
        span = f"{since}..{self._tip}" if since else self._tip
        waiting: list[Landed] = []
        async for commit in read_log(self._clone, span, self._tip):
            waiting.append(commit)
            if len(waiting) >= TOGETHER:
                async for one in self._told(waiting):
                    yield one
                waiting.clear()
        async for one in self._told(waiting):
            yield one

    @property
    def earlier_names(self) -> Mapping[str, str]:
        """Once all is read: names that files had where it began → their present names."""
        return self._names.earlier

    async def late_names(self) -> Mapping[str, str]:
        """Once all is read: names given to files above that turned out to be former ones."""
        if not self._names.doubtful:
            return {}
        listed = await self._clone.text(
            "ls-tree", "-r", "-z", "--full-tree", "--name-only", "--end-of-options", self._tip
        )
        return self._names.late(frozenset(listed.split("\0")))

    async def _told(self, commits: Collection[Landed]) -> AsyncIterator[tuple[PastChange, Author]]:
        named = await self._contacts.named({commit.trailers for commit in commits})
        for commit in commits:
            said = named[commit.trailers]
            reviewers = self._credits.reviewers(commit.sha, commit.parents, said.reviewers)
            if len(commit.parents) <= 1:
                yield self._change(commit, said.co_authors, reviewers), _author(commit)

    def _change(
        self, commit: Landed, co_authors: Sequence[str], reviewers: Sequence[str]
    ) -> PastChange:
        machine = is_machine(commit.name, commit.email)
        writer = () if machine else (mail_identity(commit.email),)
        authors = tuple(dict.fromkeys((*writer, *co_authors)))
        untold = commit.sha in self._untold or is_sweep(commit.subject, len(commit.touched))
        paths = () if untold else dict.fromkeys(map(self._names.of, commit.touched))
        self._names.moved(commit.moved)
        return PastChange(
            commit.sha,
            commit.at,
            authors,
            tuple(who for who in dict.fromkeys(reviewers) if who not in authors),
            tuple((path, 1, 0) for path in paths),
            names_repair(commit.subject),
        )


def _author(commit: Landed) -> Author:
    return Author(commit.name, commit.email.lower(), commit.at, commit.at)
