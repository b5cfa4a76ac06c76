"""The nouns of a change: merge requests, files, commits and the accounts behind them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property


@dataclass(frozen=True, slots=True, order=True)
class Ref:
    """One merge request's address.

    `forge` names the configured forge ("github", "local"), `project` is its path there
    ("acme/shop"), `number` the one people read.
    """

    forge: str
    project: str
    number: int

    def __str__(self) -> str:
        return f"{self.forge}/{self.project}/{self.number}"


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody's account on a forge: `id` never changes, `login` may.

    `bot` is what the forge itself says of the account.
    """

    forge: str
    id: str
    login: str
    bot: bool = False


class State(StrEnum):
    """Where a merge request stands on its forge."""

    OPEN = "open"
    CLOSED = "closed"
    MERGED = "merged"


@dataclass(frozen=True, slots=True)
class MergeRequest:
    """A merge request (GitHub: pull request) as its forge tells it. All times are UTC.

    `pusher` is whose push made the head what it is, where the forge tells.
    """

    ref: Ref
    project_id: str
    title: str
    body: str
    author: Account
    state: State
    draft: bool
    head_sha: str
    head_branch: str
    base_branch: str
    base_sha: str
    url: str
    opened_at: datetime
    labels: tuple[str, ...] = ()
    merged_at: datetime | None = None
    pusher: Account | None = None


class FileStatus(StrEnum):
    """What a change did to a file."""

    ADDED = "added"
    MODIFIED = "modified"
    REMOVED = "removed"
    RENAMED = "renamed"


@dataclass(frozen=True, slots=True)
class ChangedFile:
    """One file of a change.

    `patch` is the unified diff without headers, or None where it could not be seen (binary,
    too large, or simply not asked for).
    """

    path: str
    additions: int
    deletions: int
    status: FileStatus = FileStatus.MODIFIED
    old_path: str | None = None
    patch: str | None = None

    @property
    def paths(self) -> tuple[str, ...]:
        """Every name the file goes by in this change: rules match the old one too."""
        if self.old_path is None or self.old_path == self.path:
            return (self.path,)
        return (self.path, self.old_path)


@dataclass(frozen=True, slots=True)
class Signature:
    """Who wrote or committed, as the commit says, with the forge's account where it knows one."""

    name: str
    email: str
    at: datetime
    account: Account | None = None


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit of a change's branch."""

    sha: str
    author: Signature
    committer: Signature
    message: str


@dataclass(frozen=True, slots=True)
class Pipeline:
    """The run of checks that GitLab looks at before it merges, and that commit statuses hang on.

    It runs on `sha`: the head, or a commit that GitLab made of the head and of what it is to be
    merged onto (merged results, merge trains).
    """

    id: str
    sha: str


@dataclass(frozen=True)
class Change:
    """A merge request with everything in it; what every assessment looks at.

    `gaps` names, in plain sentences, what could not be seen (a limit of the forge was reached,
    content was missing); a gap may only make the answer stricter. `hidden` says that whole files
    or commits are missing, so that the change may touch anything; `unknown_hands` are the gaps
    that hide who wrote the change. `notes` are the texts of git
    notes about AI (`refs/notes/ai`) by commit SHA, where the forge or clone has them. `pipeline`
    is the one that stands for this very head, where the forge has such.
    """

    merge_request: MergeRequest
    files: tuple[ChangedFile, ...]
    commits: tuple[Commit, ...]
    gaps: tuple[str, ...] = ()
    hidden: bool = False
    unknown_hands: tuple[str, ...] = ()
    notes: Mapping[str, str] = field(default_factory=dict)
    pipeline: Pipeline | None = None

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """Every path touched, old names included, each once, in order."""
        return tuple(dict.fromkeys(path for file in self.files for path in file.paths))

    @cached_property
    def lines(self) -> int:
        """Lines added and deleted."""
        return sum(file.additions + file.deletions for file in self.files)


class ReviewState(StrEnum):
    """What a review on the forge says."""

    APPROVED = "approved"
    CHANGES_REQUESTED = "changes_requested"
    DISMISSED = "dismissed"
    COMMENTED = "commented"


@dataclass(frozen=True, slots=True)
class ForgeReview:
    """A review left on the forge itself; `sha` is the head the reviewer looked at."""

    id: str
    account: Account
    state: ReviewState
    sha: str
    at: datetime


@dataclass(frozen=True, slots=True)
class MergedRequest:
    """A merge request as it was merged, with the reviews that had been left on it."""

    change: Change
    reviews: tuple[ForgeReview, ...]


@dataclass(frozen=True, slots=True)
class PastChange:
    """A change that was merged: one line of history.

    `authors` and `reviewers` are identities as `people.Identity` strings; `files` are
    (path, added, deleted). `fix` says that it called itself the repair of a defect; its own words
    are not kept.
    """

    id: str
    at: datetime
    authors: tuple[str, ...]
    reviewers: tuple[str, ...]
    files: tuple[tuple[str, int, int], ...] = field(default=())
    fix: bool = False
