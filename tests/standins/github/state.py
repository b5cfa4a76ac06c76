"""What GitHub keeps: accounts, pull requests, reviews, comments, commit statuses."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal


@dataclass
class Person:
    """An account. `access` is what it may do in every repository of the stand-in."""

    login: str
    id: int
    name: str
    email: str
    bot: bool = False
    access: Literal["none", "read", "write"] = "write"


@dataclass
class Review:
    """A review as GitHub keeps it; `by` is None once the account is gone."""

    id: int
    by: Person | None
    state: str
    commit_id: str
    body: str
    submitted_at: datetime


@dataclass
class Comment:
    """A comment in the conversation of a pull request."""

    id: int
    by: Person | None
    body: str
    created_at: datetime


@dataclass(frozen=True)
class Status:
    """A commit status; for each context, the newest one holds."""

    id: int
    state: str
    context: str
    description: str | None
    target_url: str | None
    creator: Person
    created_at: datetime


@dataclass(frozen=True)
class Check:
    """A check run; for each app and name, the newest one holds."""

    id: int
    app: int
    name: str
    status: str
    conclusion: str | None
    title: str | None
    summary: str | None
    details_url: str | None


@dataclass(frozen=True)
class Push:
    """An entry of a branch's record: who made it point where."""

    id: int
    branch: str
    after: str
    by: Person | None
    at: datetime


@dataclass(frozen=True)
class BaseChange:
    """An entry of a pull request's timeline; `automatic` is that GitHub itself made the change."""

    at: datetime
    before: str
    after: str
    automatic: bool = False


@dataclass
class Pull:
    """A pull request. `base_sha` is the base's tip when the head last moved, as on GitHub.

    `requests` counts those for somebody's review, `requested` is whose stand, and
    `asked_again` are the logins of those whose review was asked for though their request stood.
    """

    id: int
    number: int
    title: str
    body: str | None
    author: Person | None
    head: str
    base: str
    head_sha: str
    base_sha: str
    created_at: datetime
    draft: bool = False
    state: str = "open"
    merged_at: datetime | None = None
    merge_sha: str | None = None
    labels: list[str] = field(default_factory=list)
    requested: list[Person] = field(default_factory=list)
    requests: int = 0
    asked_again: list[str] = field(default_factory=list)
    reviews: list[Review] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    base_changes: list[BaseChange] = field(default_factory=list)
    changed_at: datetime | None = None

    @property
    def updated_at(self) -> datetime:
        """When anything about it changed last; a commit status does not count as a change."""
        return self.changed_at or self.created_at
