"""Reading GitLab so that what is read belongs together: one head, one base, one tree."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from gitlab.exceptions import GitlabError, GitlabGetError
from gitlab.v4.objects import Project, ProjectMergeRequest

from bot.errors import Refused, Retryable
from bot.forges.gitlab.errors import is_missing
from bot.forges.gitlab.notes import AiNotes
from bot.forges.gitlab.pipelines import Ask, read_pipeline
from bot.forges.gitlab.pushes import head_pusher
from bot.forges.gitlab.reading import (
    Json,
    changed_file,
    commit,
    hidden_commits,
    hidden_files,
    merge_request,
    unseen_contents,
)
from routing.model import Change, Ref, State

ATTEMPTS = 3
"""How often a merge request that moves while it is read is read again."""
PREPARING_SECONDS = 3
"""How long GitLab is given to look at a push."""


def read_change(project: Project, ref: Ref, notes: AiNotes, ask: Ask) -> Change:
    """The merge request, its files, commits and their notes, all of the same head and base."""
    found = project.mergerequests.get(ref.number)
    for _ in range(ATTEMPTS):
        change = _read_once(project, ref, found, notes)
        pipeline = read_pipeline(ask, ref.project, found)
        again = project.mergerequests.get(ref.number)
        if (again.sha, again.target_branch) == (found.sha, found.target_branch):
            return replace(change, pipeline=pipeline)
        found = again
    raise Retryable(f"{ref} keeps moving while it is read.", after=5)


def _read_once(project: Project, ref: Ref, found: ProjectMergeRequest, notes: AiNotes) -> Change:
    told = found.attributes
    if not told["sha"]:
        raise Refused(f"{ref} has no commits.")
    base_sha = _base_sha(project, told)
    request = merge_request(ref, told, base_sha, head_pusher(ref.forge, project, told))
    if request.state is State.OPEN and not _is_prepared(told):
        raise Retryable(f"GitLab is still looking at {ref}.", after=PREPARING_SECONDS)
    diffs = _diffs(found)
    commits = tuple(commit(one.attributes) for one in found.commits())
    # GitLab lists the newest commit first.
    commits = commits[::-1]
    noted = notes.read(project, [one.sha for one in commits])
    files_gone = hidden_files(told, diffs)
    commits_gone = hidden_commits(told, {one.sha for one in commits})
    return Change(
        merge_request=request,
        files=tuple(map(changed_file, diffs)),
        commits=commits,
        gaps=(*files_gone, *commits_gone, *unseen_contents(diffs), *noted.gaps),
        hidden=bool(files_gone or commits_gone),
        unknown_hands=commits_gone,
        notes=noted.texts,
    )


def _is_prepared(told: Json) -> bool:
    """Whether GitLab has looked at this head: its diff is made some time after a push."""
    refs = told.get("diff_refs") or {}
    return refs.get("head_sha") == told["sha"] and told.get("changes_count") is not None


def _diffs(found: ProjectMergeRequest) -> Sequence[Json]:
    path = f"{found.manager.path}/{found.encoded_id}/diffs"
    pages: Any = found.manager.gitlab.http_list(path, iterator=True)
    return list(pages)


def _base_sha(project: Project, told: Json) -> str:
    """The tip of the base branch, not the commit that the head was compared with."""
    tip = branch_tip(project, told["target_branch"])
    if tip is not None:
        return tip
    if told["state"] == "opened":
        raise Refused(f"The base branch {told['target_branch']} does not exist.")
    return str(told["diff_refs"]["base_sha"])


def branch_tip(project: Project, branch: str) -> str | None:
    """The commit of a branch; a tag of that name changes nothing."""
    try:
        return str(project.branches.get(branch).commit["id"])
    except GitlabGetError as fault:
        if is_missing(fault):
            return None
        raise


def read_file(project: Project, branch: str, sha: str, path: str) -> str | None:
    """A file's text at `sha`, once that is known to be part of the branch."""
    tip = branch_tip(project, branch)
    if tip is None:
        raise Refused(f"The branch {branch} does not exist.")
    if tip != sha and not _is_part(project, sha, tip):
        raise Retryable(f"The branch {branch} was rewritten and no longer has {sha[:12]}.")
    try:
        found = project.files.get(path, ref=sha)
    except GitlabGetError as fault:
        if is_missing(fault):
            return None
        raise
    try:
        return b64decode(found.content).decode()
    except UnicodeDecodeError as fault:
        raise Refused(f"{path} on {branch} is not text in UTF-8: {fault}.") from fault


def _is_part(project: Project, sha: str, tip: str) -> bool:
    try:
        base: Any = project.repository_merge_base([sha, tip])
    except GitlabError as fault:
        if is_missing(fault):
            return False
        raise
    return bool(base["id"] == sha)
