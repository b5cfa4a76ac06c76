"""What GitLab keeps: accounts, merge requests, approvals, notes, pipelines, commit statuses."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Tier = Literal["free", "premium", "ultimate"]

NOBODY, REPORTER, DEVELOPER, MAINTAINER = 0, 20, 30, 40
"""Roles as GitLab numbers them."""


@dataclass
class Person:
    """An account. `access` is its role in every project of the stand-in."""

    username: str
    id: int
    name: str
    email: str
    access: int = DEVELOPER


@dataclass
class Note:
    """A comment; GitLab notes approvals and the like itself, in the name of who did them."""

    id: int
    author: Person
    body: str
    created_at: datetime
    system: bool = False
    resolvable: bool = False


@dataclass(frozen=True)
class Version:
    """A head as GitLab saw it after a push."""

    id: int
    head_sha: str
    base_sha: str
    created_at: datetime


@dataclass(frozen=True)
class Push:
    """An entry of the project's record: who made a branch point where."""

    id: int
    branch: str
    after: str
    by: Person
    at: datetime


@dataclass
class Pipeline:
    """A pipeline of one commit and ref; `status` is what its own jobs came to.

    `source_sha` is the head that went into a commit which GitLab made to run it on.
    """

    id: int
    sha: str
    ref: str
    source: str
    status: str = "running"
    source_sha: str | None = None

    @property
    def of_merge_request(self) -> bool:
        """Whether it runs for a merge request, not for a branch or for statuses of others."""
        return self.source == "merge_request_event"


@dataclass
class Status:
    """A commit status; a newer one of the same name in its pipeline makes it `retried`."""

    id: int
    sha: str
    ref: str
    name: str
    state: str
    description: str | None
    target_url: str | None
    author: Person
    pipeline: Pipeline
    created_at: datetime
    retried: bool = False


@dataclass(frozen=True)
class Rule:
    """An approval rule of the project that names people."""

    id: int
    name: str
    users: tuple[Person, ...]
    approvals_required: int = 1
    kind: str = "regular"


@dataclass
class MergeRequest:
    """A merge request. `approvals` are by username; `reviews` say how each reviewer's stands."""

    id: int
    iid: int
    title: str
    description: str | None
    author: Person
    source: str
    target: str
    created_at: datetime
    versions: list[Version] = field(default_factory=list)
    draft: bool = False
    state: str = "opened"
    merged_at: datetime | None = None
    labels: list[str] = field(default_factory=list)
    reviewers: list[Person] = field(default_factory=list)
    reviews: dict[str, str] = field(default_factory=dict)
    approvals: dict[str, datetime] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    checks: dict[int, str] = field(default_factory=dict)
    preparing: bool = False
    from_fork: bool = False

    @property
    def head(self) -> str:
        """The head SHA."""
        return self.versions[-1].head_sha
