"""Questions to GitHub's GraphQL: what REST does not tell, or not in one call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from github.Repository import Repository

from bot.errors import Refused

Json = Mapping[str, Any]


def ask(repo: Repository, project: str, query: str, variables: Json) -> Json:
    """The data of the answer; the query takes `$owner` and `$name` beside its own variables.

    Raises:
        GithubException: GraphQL found fault; see `errors.translated`.
        Refused: there is no such repository, or the credentials may not look.
    """
    owner, _, name = project.partition("/")
    _, answer = repo.requester.graphql_query(query, {"owner": owner, "name": name, **variables})
    data: Json = answer["data"]
    if data["repository"] is None:
        raise Refused(f"GitHub shows nothing of {project} by GraphQL.")
    return data
