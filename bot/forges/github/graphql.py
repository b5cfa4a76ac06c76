"""Questions to GitHub's GraphQL: what REST does not tell, or not in one call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from github.Repository import Repository

from bot.errors import Refused

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """What GraphQL tells, and GitHub's own time of telling it, where that is said."""

    data: Json
    at: datetime | None

    @property
    def repository(self) -> Json:
        """The repository that was asked for."""
        found: Json = self.data["repository"]
        return found


def ask(repo: Repository, project: str, query: str, variables: Json) -> Answer:
    """Ask for a repository; the query takes `$owner` and `$name` beside its own variables.

    Raises:
        GithubException: GraphQL found fault; see `errors.translated`.
        Refused: there is no such repository, or the credentials may not look.
    """
    owner, _, name = project.partition("/")
    asked = {"owner": owner, "name": name, **variables}
    headers, answer = repo.requester.graphql_query(query, asked)
    if answer["data"]["repository"] is None:
        raise Refused(f"GitHub shows nothing of {project} by GraphQL.")
    return Answer(answer["data"], _date(headers))


def _date(headers: Json) -> datetime | None:
    try:
        return parsedate_to_datetime(headers["date"])
    except (KeyError, ValueError):
        return None
