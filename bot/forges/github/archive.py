"""GitHub's merged pull requests with their files and reviewers: one GraphQL call for each page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from github.Repository import Repository

from bot.forges.archive import MergedPage, name_of
from bot.forges.github.graphql import Json, ask
from routing.knowledge.sweeps import is_sweep
from routing.model import Account, PastChange
from routing.people import account_identity

PER_PAGE = 25
"""Pull requests in one call; with their files and reviews that is a point or two of the quota."""

RESERVE = 0.2
"""The share of the hour's quota that is left to the bot's other work."""

WHO = "{ __typename login ... on User { databaseId } ... on Bot { databaseId } }"

# https://docs.github.com/en/graphql/reference/objects#pullrequest
QUERY = f"""
query($owner: String!, $name: String!, $first: Int!, $after: String) {{
  rateLimit {{ limit remaining resetAt }}
  repository(owner: $owner, name: $name) {{
    pullRequests(
      states: MERGED, first: $first, after: $after,
      orderBy: {{field: CREATED_AT, direction: DESC}}
    ) {{
      pageInfo {{ hasNextPage endCursor }}
      nodes {{
        number title mergedAt changedFiles
        author {WHO}
        mergeCommit {{ oid }}
        files(first: 100) {{ nodes {{ path additions deletions }} }}
        reviews(first: 50) {{ nodes {{ state author {WHO} }} }}
        commits(first: 100) {{ nodes {{ commit {{ oid }} }} }}
      }}
    }}
  }}
}}
"""


def read_merged(repo: Repository, forge: str, project: str, cursor: str | None) -> MergedPage:
    """A page of what was merged.

    Raises as `graphql.ask` does.
    """
    answer = ask(repo, project, QUERY, {"first": PER_PAGE, "after": cursor})
    pulls: Json = answer.repository["pullRequests"]
    nodes: Sequence[Json] = pulls["nodes"]
    more = pulls["pageInfo"]["hasNextPage"]
    return MergedPage(
        changes=tuple(_past_change(forge, pull) for pull in nodes),
        commits=tuple(sha for pull in nodes for sha in _commits(pull)),
        cursor=str(pulls["pageInfo"]["endCursor"]) if more else None,
        rest_until=_rest(answer.data["rateLimit"]),
    )


def _rest(limit: Json | None) -> datetime | None:
    """When to go on, where little is left of the quota."""
    if limit is None or limit["remaining"] > RESERVE * limit["limit"]:
        return None
    return datetime.fromisoformat(limit["resetAt"])


def _past_change(forge: str, pull: Json) -> PastChange:
    author = _identity(forge, pull["author"])
    files = ((one["path"], one["additions"], one["deletions"]) for one in _nodes(pull["files"]))
    reviewers = (
        _identity(forge, one["author"])
        for one in _nodes(pull["reviews"])
        if one["state"] != "PENDING"
    )
    return PastChange(
        id=name_of(pull["number"]),
        at=datetime.fromisoformat(pull["mergedAt"]),
        authors=(author,) if author else (),
        reviewers=tuple(dict.fromkeys(one for one in reviewers if one and one != author)),
        files=() if is_sweep(pull["title"], pull["changedFiles"]) else tuple(files),
    )


def _nodes(connection: Json | None) -> Sequence[Json]:
    return [one for one in connection["nodes"] if one] if connection else []


def _identity(forge: str, actor: Json | None) -> str | None:
    """Somebody's account; None for programs, and for accounts that are gone."""
    if actor is None or actor["__typename"] != "User" or not actor.get("databaseId"):
        return None
    return account_identity(Account(forge, str(actor["databaseId"]), actor["login"]))


def _commits(pull: Json) -> Sequence[str]:
    merge: Sequence[Json] = [pull["mergeCommit"]] if pull["mergeCommit"] else []
    return [one["oid"] for one in (*merge, *(each["commit"] for each in _nodes(pull["commits"])))]
