"""GitHub's history of some paths, at a price that can be paid for every change."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from github.Commit import Commit
from github.Repository import Repository

from bot.forges.past_queries import past_change, queries
from routing.model import PastChange


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


def _past_change(commit: Commit, places: Sequence[str]) -> PastChange:
    git = commit.commit
    email = git.author.email or ""
    return past_change(commit.sha, git.committer.date, email, git.message, places)
