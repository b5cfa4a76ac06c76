"""What GitHub's list of open pull requests shows: enough to tell which of them have changed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from github.Repository import Repository

from bot.forges.base import Sighting
from bot.forges.github.gate import GATE
from bot.forges.github.graphql import Json, ask
from routing.model import Ref

PER_PAGE = 50
REVIEWS = 50
"""So many people's latest reviews are shown; GitHub's own time of the last change knows of more."""
SETTLED = timedelta(minutes=1)
"""GitHub tells seconds: what changes twice within one looks as if it had changed once."""

# https://docs.github.com/en/graphql/reference/objects#pullrequest
QUERY = """
query($owner: String!, $name: String!, $first: Int!, $after: String, $reviews: Int!, $gate: String!)
{
  repository(owner: $owner, name: $name) {
    pullRequests(
      states: OPEN, first: $first, after: $after, orderBy: {field: CREATED_AT, direction: ASC}
    ) {
      pageInfo { hasNextPage endCursor }
      nodes {
        number updatedAt isDraft headRefOid baseRefName
        baseRef { target { oid } }
        latestReviews(first: $reviews) { nodes { databaseId state } }
        commits(last: 1) {
          nodes { commit { oid status { context(name: $gate) { state creator { login } } } } }
        }
      }
    }
  }
}
"""


def read_list(repo: Repository, forge: str, project: str) -> Sequence[Sighting]:
    """Every open pull request as it is listed."""
    found: list[Sighting] = []
    cursor: str | None = None
    while True:
        asked = {"first": PER_PAGE, "after": cursor, "reviews": REVIEWS, "gate": GATE}
        answer = ask(repo, project, QUERY, asked)
        pulls: Json = answer.repository["pullRequests"]
        found += [_sighting(forge, project, one, answer.at) for one in pulls["nodes"]]
        if not pulls["pageInfo"]["hasNextPage"]:
            return found
        cursor = pulls["pageInfo"]["endCursor"]


def _sighting(forge: str, project: str, one: Json, now: datetime | None) -> Sighting:
    ref = Ref(forge, project, one["number"])
    base: Json = one["baseRef"] or {}
    changed = datetime.fromisoformat(one["updatedAt"])
    settled = now is not None and now - changed >= SETTLED
    trace = json.dumps(one, sort_keys=True) if settled else None
    return Sighting(ref, one["baseRefName"], (base.get("target") or {}).get("oid"), trace)
