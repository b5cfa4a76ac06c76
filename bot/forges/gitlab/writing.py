"""Writing to GitLab: each write looks first, so that doing it twice does it once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote

from gitlab import Gitlab
from gitlab.v4.objects import Project, ProjectMergeRequest

from bot.forges.gitlab.reading import Json
from routing.effects import GateState, SetGate
from routing.model import Account, Ref

GATE = "countersign"
"""The name of our commit status."""
NOTE_LIMIT = 1_000_000
NOBODY = [0]
"""What empties a list of people, as GitLab documents it."""

STATES = {
    GateState.PENDING: "pending",
    GateState.SUCCESS: "success",
    GateState.FAILURE: "failed",
}
UNFINISHED = frozenset({"created", "pending", "running"})


def stands(found: ProjectMergeRequest, gate: SetGate) -> bool:
    """Whether the merge request is open and has the head and base that were decided for."""
    now = (found.state, found.sha, found.target_branch)
    return now == ("opened", gate.sha, gate.base_branch)


def sharing(project: Project, found: ProjectMergeRequest, sha: str) -> list[ProjectMergeRequest]:
    """The other open merge requests whose head is this very commit."""
    listed = project.commits.get(sha, lazy=True).merge_requests(get_all=True)
    numbers = [one["iid"] for one in listed if (one["state"], one["sha"]) == ("opened", sha)]
    return [project.mergerequests.get(iid) for iid in numbers if iid != found.iid]


def has_said(project: Project, found: ProjectMergeRequest, sha: str, me: Account) -> bool:
    """Whether we have set a status for this merge request's branch before."""
    statuses = project.commits.get(sha, lazy=True).statuses
    told = statuses.list(iterator=True, name=GATE, **_place(found, sha))
    return any(_is_ours(one.attributes, me) for one in told)


def write_status(project: Project, found: ProjectMergeRequest, gate: SetGate, me: Account) -> None:
    """Set the commit status on the head's newest pipeline, unless it stands so already.

    A status hangs on a pipeline, and GitLab looks at the newest one only: after a new pipeline
    has begun, the same status has to be set there again.
    """
    place = _place(found, gate.sha)
    statuses = project.commits.get(gate.sha, lazy=True).statuses
    wanted = {"name": GATE, "all": "true", **place}
    told = [one.attributes for one in statuses.list(iterator=True, query_parameters=wanted)]
    newest = max(told, key=lambda one: one["id"], default=None)
    if newest is not None and _same(newest, gate, me):
        return
    if any(_is_stuck(one, gate, me) for one in told):
        # A status that waits cannot begin to wait again with other words: it has to end first,
        # even behind a newer one of somebody else.
        statuses.create({"state": "canceled", "name": GATE, **place})
    statuses.create(
        {
            "state": STATES[gate.state],
            "name": GATE,
            "description": gate.description,
            **({"target_url": gate.url} if gate.url else {}),
            **place,
        }
    )


def _place(found: ProjectMergeRequest, sha: str) -> dict[str, Any]:
    """Where the status belongs: the branch, and the pipeline where one runs for this head."""
    own = found.source_project_id == found.target_project_id
    ref = found.source_branch if own else f"refs/merge-requests/{found.iid}/head"
    pipeline: Json = found.attributes.get("head_pipeline") or {}
    here = pipeline.get("project_id") == found.target_project_id
    if pipeline.get("sha") == sha and here:
        return {"ref": pipeline["ref"], "pipeline_id": pipeline["id"]}
    return {"ref": ref}


def _same(status: Json, gate: SetGate, me: Account) -> bool:
    """Whether we have said exactly this. What somebody else said in our name is not ours."""
    return (
        _is_ours(status, me)
        and status["status"] == STATES[gate.state]
        and (status.get("description") or "") == gate.description
        and (status.get("target_url") or None) == gate.url
    )


def _is_ours(status: Json, me: Account) -> bool:
    author = status.get("author") or {}
    return str(author.get("id")) == me.id


def _is_stuck(status: Json, gate: SetGate, me: Account) -> bool:
    waits = gate.state is GateState.PENDING and status["status"] in UNFINISHED
    return waits and _is_ours(status, me)


def request_reviewers(
    gitlab: Gitlab, project: Project, ref: Ref, logins: Iterable[str]
) -> tuple[str, ...]:
    """Ask everybody not asked yet; returns those who are not asked on GitLab after all.

    GitLab passes silently over people who cannot read the merge request, and where the tier
    allows one reviewer only, over all but the first.
    """
    found = project.mergerequests.get(ref.number)
    asked = _asked(found)
    wanted = [login for login in dict.fromkeys(logins) if login.lower() not in asked]
    if not wanted:
        return ()
    ids = {login: number for login in wanted if (number := _user(gitlab, login)) is not None}
    standing = set(asked)
    if ids:
        standing = _ask(project, ref, [*asked.values(), *ids.values()])
    if not standing:  # the one place went to somebody who cannot be asked
        for number in ids.values():
            standing = standing or _ask(project, ref, [number])
    return tuple(login for login in wanted if login.lower() not in standing)


def withdraw_reviewers(project: Project, ref: Ref, logins: Iterable[str]) -> None:
    """Take back those requests that stand."""
    asked, unwanted = _asked(project.mergerequests.get(ref.number)), {one.lower() for one in logins}
    if unwanted & asked.keys():
        _ask(project, ref, [number for login, number in asked.items() if login not in unwanted])


def requested(found: ProjectMergeRequest) -> frozenset[str]:
    """Logins of those whose review is requested."""
    return frozenset(person["username"] for person in found.reviewers)


def _asked(found: ProjectMergeRequest) -> dict[str, int]:
    return {person["username"].lower(): person["id"] for person in found.reviewers}


def _ask(project: Project, ref: Ref, ids: Sequence[int]) -> set[str]:
    """Make these the reviewers; returns who they then are."""
    answer: Any = project.mergerequests.update(ref.number, {"reviewer_ids": list(ids) or NOBODY})
    return {person["username"].lower() for person in answer["reviewers"]}


def _user(gitlab: Gitlab, login: str) -> int | None:
    found = (one.attributes for one in gitlab.users.list(username=login, iterator=True))
    numbers = (one["id"] for one in found if one["username"].lower() == login.lower())
    return next(numbers, None)


def comment(project: Project, ref: Ref, body: str, key: str, me: Account, *, thread: bool) -> None:
    """Comment once for each key; a `thread` is one that people have to resolve.

    The key stands in an invisible first line; nothing that people wrote can come before it, so
    no content can pretend that a comment was made.
    """
    marker = f"<!-- countersign:{quote(key, safe='')} -->"
    found = project.mergerequests.get(ref.number, lazy=True)
    for earlier in found.notes.list(iterator=True, sort="asc", order_by="created_at"):
        writer = earlier.author or {}
        if str(writer.get("id")) == me.id and earlier.body.startswith(marker):
            return
    said = {"body": f"{marker}\n{body}"[:NOTE_LIMIT]}
    if thread:
        found.discussions.create(said)
    else:
        found.notes.create(said)
