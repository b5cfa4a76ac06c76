"""The gate on GitLab: a commit status on the pipeline that GitLab looks at before it merges.

Sources: https://docs.gitlab.com/api/commits/#set-commit-pipeline-status and
https://docs.gitlab.com/ci/ci_cd_for_external_repos/external_commit_statuses/
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gitlab.v4.objects import Project, ProjectMergeRequest

from bot.forges.gitlab.pipelines import newest_made
from bot.forges.gitlab.reading import Json
from routing.effects import GateState, SetGate
from routing.model import Account, SaidByOthers

GATE = "countersign"
"""The name of our commit status."""

STATES = {
    GateState.PENDING: "pending",
    GateState.SUCCESS: "success",
    GateState.FAILURE: "failed",
}
UNFINISHED = frozenset({"created", "pending", "running"})


def stands(found: ProjectMergeRequest, gate: SetGate) -> bool:
    """Whether the merge request is open and has the head and base that were decided for."""
    now = (found.state, found.sha, found.target_branch)
    return now == ("opened", gate.head or gate.sha, gate.base_branch)


def sharing(project: Project, found: ProjectMergeRequest, sha: str) -> list[ProjectMergeRequest]:
    """The other open merge requests whose head is this very commit."""
    listed = project.commits.get(sha, lazy=True).merge_requests(get_all=True)
    numbers = [one["iid"] for one in listed if (one["state"], one["sha"]) == ("opened", sha)]
    return [project.mergerequests.get(iid) for iid in numbers if iid != found.iid]


def has_said(project: Project, found: ProjectMergeRequest, sha: str, me: Account) -> bool:
    """Whether we have set a status for this merge request's branch before."""
    statuses = project.commits.get(sha, lazy=True).statuses
    told = statuses.list(iterator=True, name=GATE, **_on_head(found, sha))
    return any(_is_ours(one.attributes, me) for one in told)


def said_by_others(
    project: Project, found: ProjectMergeRequest, sha: str, me: Account
) -> SaidByOthers | None:
    """Who set the status last where GitLab looks for it, if that was not us."""
    newest = _newest(_told(project, sha, _on_head(found, sha)))
    if newest is None or _is_ours(newest, me):
        return None
    author: Json = newest.get("author") or {}
    states = {theirs: ours.value for ours, theirs in STATES.items()}
    state = str(newest["status"])
    return SaidByOthers(states.get(state, state), str(author.get("username", "somebody")))


def write_status(project: Project, found: ProjectMergeRequest, gate: SetGate, me: Account) -> None:
    """Set the commit status on the commit's newest pipeline, unless it stands so already.

    A status hangs on a pipeline, and GitLab looks at the newest one only: after a new pipeline
    has begun, the same status has to be set there again. What GitLab made of a head (`gate.head`)
    has a status only where a pipeline runs: nothing else of it is ever looked at.
    """
    place = _on_head(found, gate.sha) if gate.head is None else _on_made(project, found, gate.sha)
    if place is None:
        return
    statuses = project.commits.get(gate.sha, lazy=True).statuses
    told = _told(project, gate.sha, place)
    newest = _newest(told)
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


def _told(project: Project, sha: str, place: Json) -> list[Json]:
    """Everything that was ever said there under our gate's name, by anybody."""
    statuses = project.commits.get(sha, lazy=True).statuses
    wanted = {"name": GATE, "all": "true", **place}
    return [one.attributes for one in statuses.list(iterator=True, query_parameters=wanted)]


def _newest(told: Sequence[Json]) -> Json | None:
    return max(told, key=lambda one: int(one["id"]), default=None)


def _on_made(project: Project, found: ProjectMergeRequest, sha: str) -> dict[str, Any] | None:
    pipeline = newest_made(project, found, sha)
    return {"ref": pipeline["ref"], "pipeline_id": pipeline["id"]} if pipeline else None


def _on_head(found: ProjectMergeRequest, sha: str) -> dict[str, Any]:
    """Where the status belongs: the branch, and the pipeline where one runs for this head.

    Of a fork's merge request GitLab looks at pipelines in the fork, where we may set nothing, or
    at those that members run for it here; until there is one, the status is for people to see.
    """
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
