"""Which paths' history a forge is asked for, and what one of its commits teaches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from routing.identities import CO_AUTHOR
from routing.model import PastChange
from routing.people import mail_identity
from routing.repairs import names_repair

QUERIES = 10
"""Paths and directories asked for, one page of a hundred commits each."""
DIRECTORIES = 5
MERGE = 2
"""The parents that make a commit a merge."""


def queries(paths: Sequence[str]) -> tuple[str, ...]:
    """What to ask for: the directories with the most of the paths, then the paths themselves."""
    counts = Counter(path.rpartition("/")[0] for path in paths if "/" in path)
    directories = [f"{directory}/" for directory, _ in counts.most_common(DIRECTORIES)]
    files = list(dict.fromkeys(paths))[: QUERIES - len(directories)]
    return (*directories, *files)


@dataclass(frozen=True, slots=True)
class Logged:
    """A commit as a forge lists it in the history of a path."""

    sha: str
    at: datetime
    author_email: str
    message: str
    parents: int


def past_changes(
    paths: Sequence[str], page: Callable[[str], Iterable[Logged]]
) -> tuple[PastChange, ...]:
    """The changes that touched these paths or their directories, newest first.

    `page` is the first page of a path's history; more would be too dear. Listing every commit's
    files would cost a request each, so a past change names only the queried paths it was found
    under, without line counts; a directory ends with "/". Who reviewed a commit is not asked for
    the same reason. Merge commits are left out.
    """
    found: dict[str, Logged] = {}
    places: dict[str, list[str]] = {}
    for path in queries(paths):
        for commit in page(path):
            if commit.parents < MERGE:
                found[commit.sha] = commit
                places.setdefault(commit.sha, []).append(path)
    changes = (_past_change(one, places[one.sha]) for one in found.values())
    return tuple(sorted(changes, key=lambda change: (change.at, change.id), reverse=True))


def _past_change(commit: Logged, places: Sequence[str]) -> PastChange:
    emails = [commit.author_email, *CO_AUTHOR.findall(commit.message)]
    return PastChange(
        id=commit.sha,
        at=commit.at,
        authors=tuple(dict.fromkeys(mail_identity(email) for email in emails if email)),
        reviewers=(),
        files=tuple((place, 0, 0) for place in places),
        fix=names_repair(commit.message.partition("\n")[0]),
    )
