"""GitHub's history of some paths, at a price that can be paid for every change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from github.Repository import Repository

from bot.forges.past_queries import Logged, past_changes
from routing.model import PastChange


def read_history(
    repo: Repository, sha: str, paths: Sequence[str], since: datetime
) -> tuple[PastChange, ...]:
    """What is part of `sha` and touched these paths; see `past_queries.past_changes`."""

    def page(path: str) -> Iterator[Logged]:
        history = repo.get_commits(sha=sha, path=path, since=since.astimezone(UTC))
        for commit in history.get_page(0):
            git = commit.commit
            email = git.author.email or ""
            yield Logged(commit.sha, git.committer.date, email, git.message, len(commit.parents))

    return past_changes(paths, page)
