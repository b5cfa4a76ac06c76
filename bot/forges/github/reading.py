"""From PyGithub's objects to the values of `routing.model`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from github import IncompletableObject
from github.Commit import Commit as GithubCommit
from github.File import File
from github.GitAuthor import GitAuthor
from github.Label import Label
from github.NamedUser import NamedUser
from github.Organization import Organization
from github.PullRequest import PullRequest
from github.PullRequestReview import PullRequestReview

from bot.forges.bases import Bases
from routing.model import (
    Account,
    ChangedFile,
    Commit,
    FileStatus,
    ForgeReview,
    MergeRequest,
    Ref,
    ReviewState,
    Signature,
    State,
)

FILES_LIMIT, COMMITS_LIMIT = 3000, 250
"""GitHub lists no more than these: https://docs.github.com/en/rest/pulls/pulls"""

COMPARED_LIMIT = 10_000
"""A comparison shows so many commits: https://docs.github.com/en/rest/commits/commits"""

EMPTY_BLOB = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"
"""The SHA-1 that git gives to a file without content."""

SUBMODULE = re.compile(r"^[-+]Subproject commit [0-9a-f]{40}", re.MULTILINE)

WEB_FLOW_ID: Final = "19864447"
"""The account `web-flow`: GitHub itself, committing what people do in its web pages."""

GHOST_ID, GHOST_LOGIN = "10137", "ghost"
"""The account under which GitHub shows what deleted accounts left behind."""

FILE_STATUSES = {
    "added": FileStatus.ADDED,
    "copied": FileStatus.ADDED,
    "removed": FileStatus.REMOVED,
    "renamed": FileStatus.RENAMED,
}

REVIEW_STATES = {
    "APPROVED": ReviewState.APPROVED,
    "CHANGES_REQUESTED": ReviewState.CHANGES_REQUESTED,
    "COMMENTED": ReviewState.COMMENTED,
    "DISMISSED": ReviewState.DISMISSED,
}


def account(forge: str, user: NamedUser | Organization | None) -> Account | None:
    """An account, or None where GitHub knows none (any more)."""
    if user is None:
        return None
    try:
        return Account(forge, str(user.id), user.login, bot=user.type == "Bot")
    except IncompletableObject:  # GitHub writes {} for some accounts that are gone
        return None


def _account_or_ghost(forge: str, user: NamedUser | None) -> Account:
    return account(forge, user) or Account(forge, GHOST_ID, GHOST_LOGIN)


def merge_request(
    ref: Ref, pull: PullRequest, base_sha: str, pusher: Account | None
) -> MergeRequest:
    """A pull request; `base_sha` is the tip of the base branch, which `pull.base.sha` is not."""
    if pull.merged_at is not None:
        state = State.MERGED
    else:
        state = State.OPEN if pull.state == "open" else State.CLOSED
    labels: Iterable[Label] = pull.labels
    return MergeRequest(
        ref=ref,
        project_id=str(pull.base.repo.id),
        title=pull.title,
        body=pull.body or "",
        author=_account_or_ghost(ref.forge, pull.user),
        state=state,
        draft=pull.draft,
        head_sha=pull.head.sha,
        head_branch=pull.head.ref,
        base_branch=pull.base.ref,
        base_sha=base_sha,
        url=pull.html_url,
        opened_at=pull.created_at,
        labels=tuple(label.name for label in labels),
        merged_at=pull.merged_at,
        pusher=pusher,
    )


def changed_file(file: File) -> ChangedFile:
    """A changed file."""
    return ChangedFile(
        path=file.filename,
        additions=file.additions,
        deletions=file.deletions,
        status=FILE_STATUSES.get(file.status, FileStatus.MODIFIED),
        old_path=file.previous_filename,
        patch=file.patch,
    )


def commit(forge: str, found: GithubCommit) -> Commit:
    """A commit of a pull request."""
    written, committed = found.commit.author, found.commit.committer
    committer = account(forge, found.committer)
    if committer is not None and committer.id == WEB_FLOW_ID:
        # Anybody can commit as noreply@github.com; only GitHub can sign for it.
        genuine = found.commit.verification.verified
        committer = Account(forge, committer.id, committer.login, bot=True) if genuine else None
    return Commit(
        sha=found.sha,
        author=_signature(written, account(forge, found.author)),
        committer=_signature(committed, committer),
        message=found.commit.message,
    )


def _signature(author: GitAuthor, who: Account | None) -> Signature:
    return Signature(author.name or "", author.email or "", author.date, who)


def review(forge: str, found: PullRequestReview, bases: Bases) -> ForgeReview | None:
    """A review, or None while it is our own unfinished draft."""
    state = REVIEW_STATES.get(found.state)
    if state is None:
        return None
    return ForgeReview(
        id=str(found.id),
        account=_account_or_ghost(forge, found.user),
        state=state,
        sha=found.commit_id or "",
        base=bases.at(found.submitted_at),
        at=found.submitted_at,
    )


def hidden_files(pull: PullRequest, files: Sequence[File]) -> tuple[str, ...]:
    """Which files of a change are not there at all, in sentences."""
    if len(files) < FILES_LIMIT and len(files) == pull.changed_files:
        return ()
    return (_listed("changed files", len(files), pull.changed_files, FILES_LIMIT),)


def hidden_commits(pull: PullRequest, commits: Sequence[Commit]) -> tuple[str, ...]:
    """Which commits of a change are not there at all, in sentences."""
    found = []
    if len(commits) >= COMPARED_LIMIT or len(commits) != pull.commits:
        found.append(_listed("commits", len(commits), pull.commits, COMPARED_LIMIT))
    if pull.head.sha not in {commit.sha for commit in commits}:
        found.append("GitHub's list of commits lacks the head.")
    return tuple(found)


def unseen_contents(files: Sequence[File]) -> tuple[str, ...]:
    """Which files are named but not shown, in sentences."""
    problems = ((file.filename, _gap(file)) for file in files)
    return tuple(f"{name}: {problem}" for name, problem in problems if problem is not None)


def _listed(things: str, seen: int, said: int, limit: int) -> str:
    if seen >= limit:
        return f"GitHub lists no more than {limit:,} {things}; it says that there are {said:,}."
    return f"GitHub lists {seen:,} of {said:,} {things}."


def _gap(file: File) -> str | None:
    patch: str | None = file.patch  # PyGithub says str, GitHub may leave it out
    if patch is None:
        moved = file.status == "renamed" and file.changes == 0
        empty = file.changes == 0 and file.sha == EMPTY_BLOB
        if moved or empty:
            return None
        return "its change cannot be seen (binary, too large, or of its mode alone)."
    if SUBMODULE.search(patch):
        return "a submodule; what changed inside it cannot be seen."
    lines = patch.split("\n")
    added = sum(line.startswith("+") for line in lines)
    deleted = sum(line.startswith("-") for line in lines)
    if (added, deleted) != (file.additions, file.deletions):
        return "GitHub shows only a part of its change."
    return None
