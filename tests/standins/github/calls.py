"""A request to GitHub's REST API and the answers to it: a thing, a listing in pages, a refusal."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from tests.standins.git import Commit
from tests.standins.github.repository import Repository
from tests.standins.github.state import Person, Pull
from tests.standins.github.views import Json, Views
from tests.standins.server import Problem, number


@dataclass(frozen=True)
class Call:
    """One request: who asks for what."""

    repo: Repository
    person: Person
    views: Views
    match: Mapping[str, str]
    query: Mapping[str, str]
    body: Mapping[str, object]
    app: int | None = None

    @property
    def pull(self) -> Pull:
        """The pull request of the address."""
        try:
            return self.repo.pulls[int(self.match["number"])]
        except (KeyError, ValueError):
            raise Problem(404, "Not Found") from None

    @property
    def review_id(self) -> int:
        """The review of the address, which belongs to the pull request."""
        for review in self.pull.reviews:
            if str(review.id) == self.match["item"]:
                return review.id
        raise Problem(404, "Not Found")

    def commit(self, name: str, status: int = 422) -> Commit:
        """The commit that a SHA or short name means."""
        sha = self.repo.git.resolve(name)
        if sha is None:
            raise Problem(status, f"No commit found for SHA: {name}")
        return self.repo.git.commits[sha]

    def text(self, key: str, default: str | None = None) -> str:
        """A string of the body that must be there."""
        value = self.body.get(key, default)
        if not isinstance(value, str):
            problem = {"resource": "Body", "field": key, "code": "missing_field"}
            raise Problem(422, "Validation Failed", [problem])
        return value

    def may_write(self) -> None:
        """Refuse those who may only look."""
        if self.person.access != "write":
            raise Problem(403, "Resource not accessible by personal access token")


@dataclass(frozen=True)
class Listing:
    """An answer that comes in pages; `within` is the object whose `key` the items are."""

    items: Sequence[object]
    size: int = 30
    most: int = 100
    within: Json | None = None
    key: str = ""


@dataclass(frozen=True)
class Created:
    """An answer with status 201."""

    body: object


Answer = Json | Listing | Created
Handler = Callable[[Call], Answer]


def page(listing: Listing, query: Mapping[str, str]) -> tuple[list[object], Mapping[str, int]]:
    """One page of a listing, and the pages to link to by relation."""
    size = min(max(number(query, "per_page", listing.size), 1), listing.most)
    current = max(number(query, "page", 1), 1)
    last = max(-(-len(listing.items) // size), 1)
    links: dict[str, int] = {}
    if current > 1:
        links |= {"first": 1, "prev": current - 1}
    if current < last:
        links |= {"next": current + 1, "last": last}
    start = (current - 1) * size
    return list(islice(listing.items, start, start + size)), links
