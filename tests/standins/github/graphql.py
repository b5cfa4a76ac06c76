"""GitHub's GraphQL, as far as pull requests go: it answers with the fields that are asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tests.standins.github.repository import Repository
from tests.standins.github.state import BaseChange, Person, Pull
from tests.standins.github.views import Json, moment

TOKEN = re.compile(r"\.\.\.|[A-Za-z_]\w*|[{}]|\((?:[^()]|\([^()]*\))*\)")
MOST_NODES = 100


class Mistake(Exception):
    """A query that GitHub would refuse, with its words."""


@dataclass
class Selection:
    """The fields asked for, each with its own selection; and those of one type alone."""

    fields: dict[str, Selection] = field(default_factory=dict)
    of_types: dict[str, Selection] = field(default_factory=dict)


def answer(repo: Repository, query: str, variables: Mapping[str, object]) -> Json:
    """What the query asks for."""
    wanted = _parse(query)
    whole = {
        "rateLimit": {"limit": 5000, "remaining": 4999, "resetAt": "2026-11-16T11:00:00Z"},
        "repository": _repository(repo, query, variables),
    }
    shown = _pick(whole, wanted)
    assert isinstance(shown, dict)
    return {"data": shown}


def _parse(query: str) -> Selection:
    words = iter(TOKEN.findall(query))
    if next(words, "") != "query":
        raise Mistake("Expected a query")
    next(words)  # the variables
    if next(words, "") != "{":
        raise Mistake("Expected {")
    return _selection(words)


def _selection(words: Iterator[str]) -> Selection:
    found, last = Selection(), ""
    for word in words:
        if word == "}":
            return found
        if word == "{":
            found.fields[last] = _selection(words)
        elif word == "...":
            if next(words) != "on":
                raise Mistake("Expected a type")
            kind = next(words)
            next(words)  # its brace
            found.of_types[kind] = _selection(words)
        elif not word.startswith("("):
            last = word
            found.fields[word] = Selection()
    raise Mistake("Expected }")


def _pick(value: object, wanted: Selection) -> object:
    if isinstance(value, list):
        return [_pick(one, wanted) for one in value]
    if not isinstance(value, dict):
        return value
    own = wanted.of_types.get(str(value.get("__typename")), Selection())
    fields = wanted.fields | own.fields
    unknown = fields.keys() - value.keys()
    if unknown:
        raise Mistake(f"Field '{min(unknown)}' doesn't exist")
    return {name: _pick(value[name], inner) for name, inner in fields.items()}


def _repository(repo: Repository, query: str, variables: Mapping[str, object]) -> Json:
    """What is asked for: one pull request, or a page of those that are merged, or open."""
    number = variables.get("number")
    if isinstance(number, int):
        pull = repo.pulls.get(number)
        return {"pullRequest": None if pull is None else _timeline(pull, variables["last"])}
    if "states: OPEN" in query:
        found = [pull for pull in repo.pulls.values() if pull.state == "open"]
        return {"pullRequests": _page([_listed(repo, one, variables) for one in found], variables)}
    merged = [pull for pull in repo.pulls.values() if pull.merged_at is not None][::-1]
    return {"pullRequests": _page([_pull(repo, one) for one in merged], variables)}


def _timeline(pull: Pull, last: object) -> Json:
    if not isinstance(last, int) or not 1 <= last <= MOST_NODES:
        raise Mistake("`last` must be between 1 and 100")
    shown = pull.base_changes[-last:]
    return {
        "baseRefName": pull.base,
        "timelineItems": {
            "pageInfo": {"hasPreviousPage": len(shown) < len(pull.base_changes)},
            "nodes": [_base_change(one) for one in shown],
        },
    }


def _base_change(change: BaseChange) -> Json:
    """Somebody's change of the base, or GitHub's own when it took away the old one."""
    at = moment(change.at)
    if change.automatic:
        kind = "AutomaticBaseChangeSucceededEvent"
        names = {"oldBase": change.before, "newBase": change.after}
    else:
        kind = "BaseRefChangedEvent"
        names = {"previousRefName": change.before, "currentRefName": change.after}
    return {"__typename": kind, "createdAt": at, **names}


def _page(nodes: Sequence[Json], variables: Mapping[str, object]) -> Json:
    first, after = variables["first"], variables.get("after")
    if not isinstance(first, int) or not 1 <= first <= MOST_NODES:
        raise Mistake("`first` must be between 1 and 100")
    begin = 0 if after is None else int(str(after).removeprefix("cursor-"))
    some = nodes[begin : begin + first]
    end = begin + len(some)
    return {
        "pageInfo": {"hasNextPage": end < len(nodes), "endCursor": f"cursor-{end}"},
        "nodes": list(some),
    }


def _listed(repo: Repository, pull: Pull, variables: Mapping[str, object]) -> Json:
    """An open pull request in the list; of each person the latest review is shown."""
    latest = {id(one.by): one for one in pull.reviews}.values()
    tip = repo.git.branches.get(pull.base)
    statuses = [
        one for one in repo.statuses.get(pull.head_sha, []) if one.context == variables["gate"]
    ]
    said = statuses[-1] if statuses else None
    context = {"state": said.state.upper(), "creator": _actor(said.creator)} if said else None
    has_any = bool(repo.statuses.get(pull.head_sha))
    commit = {"oid": pull.head_sha, "status": {"context": context} if has_any else None}
    return {
        "number": pull.number,
        "updatedAt": moment(pull.updated_at),
        "isDraft": pull.draft,
        "headRefOid": pull.head_sha,
        "baseRefName": pull.base,
        "baseRef": {"target": {"oid": tip}} if tip else None,
        "latestReviews": _connection({"databaseId": one.id, "state": one.state} for one in latest),
        "commits": _connection(iter([{"commit": commit}])),
    }


def _pull(repo: Repository, pull: Pull) -> Json:
    files = repo.git.diff(pull.base_sha, pull.head_sha)
    commits = repo.git.between(pull.base_sha, pull.head_sha)
    return {
        "number": pull.number,
        "title": pull.title,
        "mergedAt": moment(pull.merged_at),
        "changedFiles": len(files),
        "author": _actor(pull.author),
        "mergeCommit": {"oid": pull.merge_sha} if pull.merge_sha else None,
        "files": _connection(
            {"path": one.path, "additions": one.additions, "deletions": one.deletions}
            for one in files
        ),
        "reviews": _connection(
            {"state": one.state, "author": _actor(one.by)} for one in pull.reviews
        ),
        "commits": _connection({"commit": {"oid": one.sha}} for one in commits),
    }


def _connection(nodes: Iterator[Json]) -> Json:
    shown: Sequence[Json] = list(nodes)[:MOST_NODES]
    return {"nodes": shown}


def _actor(person: Person | None) -> Json | None:
    if person is None:
        return None
    kind = "Bot" if person.bot else "User"
    return {"__typename": kind, "login": person.login, "databaseId": person.id}
