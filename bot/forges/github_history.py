"""GitHub's history of some paths, at a price that can be paid for every change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime

from github.Commit import Commit
from github.Repository import Repository

from routing.identities import CO_AUTHOR
from routing.model import PastChange
from routing.people import mail_identity

QUERIES = 10
"""Paths and directories asked for, one page of a hundred commits each."""
DIRECTORIES = 5


def past_changes(
    repo: Repository, sha: str, paths: Sequence[str], since: datetime
) -> tuple[PastChange, ...]:
    """Commits that are part of `sha` and touched these paths or their directories, newest first.

    Listing every commit's files would cost a request each, so a past change names only the
    queried paths it was found under, without line counts; a directory ends with "/". Who
    reviewed a commit is not asked for the same reason. Merge commits are left out.
    """
    found: dict[str, Commit] = {}
    places: dict[str, list[str]] = {}
    for path in queries(paths):
        history = repo.get_commits(sha=sha, path=path, since=since.astimezone(UTC))
        for commit in history.get_page(0):
            if len(commit.parents) < 2:  # noqa: PLR2004 - a merge has two parents or more
                found[commit.sha] = commit
                places.setdefault(commit.sha, []).append(path)
    changes = (_past_change(commit, places[sha]) for sha, commit in found.items())
    return tuple(sorted(changes, key=lambda change: (change.at, change.id), reverse=True))


def queries(paths: Sequence[str]) -> tuple[str, ...]:
    """What to ask for: the directories with the most of the paths, then the paths themselves."""
    counts = Counter(path.rpartition("/")[0] for path in paths if "/" in path)
    directories = [f"{directory}/" for directory, _ in counts.most_common(DIRECTORIES)]
    files = list(dict.fromkeys(paths))[: QUERIES - len(directories)]
    return (*directories, *files)


def _past_change(commit: Commit, places: Sequence[str]) -> PastChange:
    emails = [commit.commit.author.email or "", *CO_AUTHOR.findall(commit.commit.message)]
    return PastChange(
        id=commit.sha,
        at=commit.commit.committer.date,
        authors=tuple(dict.fromkeys(mail_identity(email) for email in emails if email)),
        reviewers=(),
        files=tuple((place, 0, 0) for place in places),
    )
