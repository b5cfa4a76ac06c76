"""One request to the stand-in for GitLab: who asks for what, and how it may be answered."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from tests.standins.git import Commit
from tests.standins.gitlab.project import Project
from tests.standins.gitlab.state import MergeRequest, Person
from tests.standins.gitlab.views import Json
from tests.standins.server import Problem


@dataclass(frozen=True)
class Call:
    """One request: who asks for what."""

    project: Project
    person: Person
    match: Mapping[str, str]
    query: Mapping[str, str]
    refs: Sequence[str]
    body: Mapping[str, object]

    @property
    def found(self) -> MergeRequest:
        """The merge request of the address."""
        try:
            return self.project.merge_requests[int(self.match["iid"])]
        except (KeyError, ValueError):
            raise Problem(404, "404 Not found") from None

    def commit(self, name: str) -> Commit:
        """The commit that a SHA or short name means."""
        sha = self.project.git.resolve(name)
        if sha is None:
            raise Problem(404, "404 Commit Not Found")
        return self.project.git.commits[sha]

    def text(self, key: str, default: str | None = None) -> str:
        """A string of the body that must be there."""
        value = self.body.get(key, default)
        if not isinstance(value, str):
            raise Problem(400, f"{key} is missing")
        return value

    def optional(self, key: str) -> str | None:
        """A string of the body that may be absent."""
        value = self.body.get(key)
        return None if value is None else str(value)

    def at_least(self, access: int) -> None:
        """Refuse those with a lesser role."""
        if self.person.access < access:
            raise Problem(403, "403 Forbidden")

    def licensed(self, *tiers: str) -> None:
        """What the tier lacks is not there."""
        if self.project.tier not in tiers:
            raise Problem(404, "404 Not Found")


@dataclass(frozen=True)
class Listing:
    """An answer that comes in pages."""

    items: Sequence[object]


@dataclass(frozen=True)
class Created:
    """An answer with status 201."""

    body: object


Answer = Json | Listing | Created


Handler = Callable[[Call], Answer]
