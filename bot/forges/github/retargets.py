"""GitHub's record of the base branches that a pull request has had."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from github.Repository import Repository

from bot.forges.bases import Bases, Retarget
from bot.forges.github.graphql import Json, ask
from routing.model import Ref

LAST = 100
"""So many of the latest changes of the base are read; what was said before them has no base."""

# REST tells of these events as well, but not which branches they name:
# https://docs.github.com/en/graphql/reference/objects#baserefchangedevent
QUERY = """
query($owner: String!, $name: String!, $number: Int!, $last: Int!) {
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) {
      baseRefName
      timelineItems(
        last: $last
        itemTypes: [BASE_REF_CHANGED_EVENT, AUTOMATIC_BASE_CHANGE_SUCCEEDED_EVENT]
      ) {
        pageInfo { hasPreviousPage }
        nodes {
          __typename
          ... on BaseRefChangedEvent { createdAt previousRefName }
          ... on AutomaticBaseChangeSucceededEvent { createdAt oldBase }
        }
      }
    }
  }
}
"""


def read_bases(repo: Repository, ref: Ref) -> Bases:
    """The base of a pull request now, and what it was before each change."""
    answer = ask(repo, ref.project, QUERY, {"number": ref.number, "last": LAST})
    pull: Json = answer.repository["pullRequest"]
    items: Json = pull["timelineItems"]
    retargets = list(_retargets(items["nodes"]))
    if items["pageInfo"]["hasPreviousPage"] and retargets:
        retargets.insert(0, Retarget(retargets[0].at, ""))
    return Bases(pull["baseRefName"], retargets)


def _retargets(nodes: Sequence[Json]) -> Iterable[Retarget]:
    for one in nodes:
        before = one.get("previousRefName", one.get("oldBase"))
        yield Retarget(datetime.fromisoformat(one["createdAt"]), before or "")
