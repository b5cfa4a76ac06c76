"""GitLab's JSON: the state as its REST API shows it."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

from tests.standins.git import Commit, Content, FileDiff, Submodule, blob_sha
from tests.standins.gitlab.pipelines import Pipelines
from tests.standins.gitlab.project import Project
from tests.standins.gitlab.state import (
    MergeRequest,
    Note,
    Person,
    Pipeline,
    Push,
    Rule,
    Status,
    Version,
)

Json = dict[str, object]

FILES_COUNTED = 1000
"""GitLab counts no more files than these, and then writes "1000+"."""
WEB = "https://gitlab.test"
FORK = 9_000_001
"""The id of somebody's fork of a project."""


def moment(at: datetime | None) -> str | None:
    """A time as GitLab writes it."""
    if at is None:
        return None
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def user(person: Person) -> Json:
    """An account, as it stands inside other things."""
    return {
        "id": person.id,
        "username": person.username,
        "name": person.name,
        "state": "active",
        "locked": False,
        "avatar_url": None,
        "web_url": f"{WEB}/{person.username}",
    }


def project(found: Project, access: int) -> Json:
    """A project, with the settings of what its tier has."""
    view: Json = {
        "id": found.id,
        "path": found.path.rpartition("/")[2],
        "path_with_namespace": found.path,
        "default_branch": "main",
        "visibility": "private",
        "web_url": f"{WEB}/{found.path}",
        "only_allow_merge_if_pipeline_succeeds": False,
        "allow_merge_on_skipped_pipeline": False,
        "permissions": {"project_access": {"access_level": access}, "group_access": None},
    }
    if found.tier != "free":
        view |= {
            "approvals_before_merge": 0,
            "merge_pipelines_enabled": False,
            "merge_trains_enabled": False,
        }
    if found.tier == "ultimate":
        view["only_allow_merge_if_all_status_checks_passed"] = False
    return view | {key: value for key, value in found.settings.items() if key in view}


def merge_request(where: Project, found: MergeRequest) -> Json:
    """A merge request as lists show it."""
    return {
        "id": found.id,
        "iid": found.iid,
        "project_id": where.id,
        "source_project_id": FORK if found.from_fork else where.id,
        "target_project_id": where.id,
        "title": f"Draft: {found.title}" if found.draft else found.title,
        "description": found.description,
        "state": found.state,
        "draft": found.draft,
        "author": user(found.author),
        "assignees": [],
        "reviewers": [user(person) for person in found.reviewers],
        "source_branch": found.source,
        "target_branch": found.target,
        "sha": found.head,
        "labels": list(found.labels),
        "created_at": moment(found.created_at),
        "updated_at": moment(found.versions[-1].created_at),
        "merged_at": moment(found.merged_at),
        "web_url": f"{WEB}/{where.path}/-/merge_requests/{found.iid}",
        "references": {"full": f"{where.path}!{found.iid}", "short": f"!{found.iid}"},
        "detailed_merge_status": "preparing" if found.preparing else "mergeable",
    }


def full_merge_request(where: Project, found: MergeRequest) -> Json:
    """A merge request as its own address shows it."""
    last = found.versions[-1]
    # What is merged keeps the diff that it was merged with.
    base = last.base_sha if found.state == "merged" else where.git.branches[found.target]
    number = len(where.git.diff(base, found.head))
    counted = f"{FILES_COUNTED}+" if number > FILES_COUNTED else str(number)
    place = where.stored_pipeline(found)
    return merge_request(where, found) | {
        "changes_count": None if found.preparing else counted,
        "diff_refs": {
            "base_sha": last.base_sha,
            "start_sha": base,
            "head_sha": last.base_sha if found.preparing else last.head_sha,
        },
        "head_pipeline": pipeline(where, place) if place else None,
    }


def diff(where: Project, found: MergeRequest, file: FileDiff) -> Json:
    """A changed file; GitLab gives no line counts."""
    tree = where.git.commits[found.head].tree
    content = tree.get(file.path)
    if content is None:
        content = where.git.commits[where.git.branches[found.target]].tree.get(file.path)
    binary = isinstance(content, bytes) and b"\0" in content
    mode = "160000" if isinstance(content, Submodule) else "100644"
    old = file.old_path or file.path
    shown = f"{file.patch}\n" if file.patch else ""
    too_large = file.patch is None and not binary and (file.additions + file.deletions) > 0
    return {
        "old_path": old,
        "new_path": file.path,
        "a_mode": "0" if file.status == "added" else mode,
        "b_mode": "0" if file.status == "removed" else mode,
        "diff": f"Binary files a/{old} and b/{file.path} differ\n" if binary else shown,
        "collapsed": False,
        "too_large": too_large,
        "new_file": file.status == "added",
        "renamed_file": file.status == "renamed",
        "deleted_file": file.status == "removed",
        "generated_file": False,
    }


def commit(found: Commit) -> Json:
    """A commit; nothing tells whose accounts its addresses are."""
    return {
        "id": found.sha,
        "short_id": found.sha[:8],
        "title": found.message.split("\n", 1)[0],
        "message": found.message,
        "parent_ids": list(found.parents),
        "author_name": found.author.name,
        "author_email": found.author.email,
        "authored_date": moment(found.author.at),
        "committer_name": found.committer.name,
        "committer_email": found.committer.email,
        "committed_date": moment(found.committer.at),
        "created_at": moment(found.committer.at),
    }


def version(found: Version) -> Json:
    """A head that the merge request has had."""
    return {
        "id": found.id,
        "head_commit_sha": found.head_sha,
        "base_commit_sha": found.base_sha,
        "start_commit_sha": found.base_sha,
        "created_at": moment(found.created_at),
        "state": "collected",
    }


def approvals(where: Project, found: MergeRequest) -> Json:
    """Who approved, and when; of which commit, GitLab does not say."""
    by = [
        {"user": user(where.people[who]), "approved_at": moment(at)}
        for who, at in found.approvals.items()
    ]
    view: Json = {"iid": found.iid, "project_id": where.id, "approved": True, "approved_by": by}
    if where.tier != "free":
        view |= {"approvals_required": len(where.rules), "approvals_left": 0}
    return view


def approval_state(where: Project, found: MergeRequest) -> Json:
    """The approval rules as they stand."""
    rules = [
        {
            "id": rule.id,
            "name": rule.name,
            "rule_type": rule.kind,
            "eligible_approvers": [user(person) for person in rule.users],
            "users": [user(person) for person in rule.users],
            "approvals_required": rule.approvals_required,
            "approved": any(person.username in found.approvals for person in rule.users),
        }
        for rule in where.rules
    ]
    anyone: Json = {
        "id": 0,
        "name": "All Members",
        "rule_type": "any_approver",
        "users": [],
        "eligible_approvers": [],
        "approvals_required": 0,
    }
    return {"approval_rules_overwritten": False, "rules": [*rules, anyone]}


def push(where: Project, found: Push) -> Json:
    """An entry of the project's record."""
    return {
        "id": found.id,
        "project_id": where.id,
        "action_name": "pushed to",
        "author_id": found.by.id,
        "author": user(found.by),
        "author_username": found.by.username,
        "created_at": moment(found.at),
        "push_data": {
            "commit_count": 1,
            "action": "pushed",
            "ref_type": "branch",
            "commit_to": found.after,
            "ref": found.branch,
        },
    }


def rule(found: Rule) -> Json:
    """An approval rule of the project."""
    return {
        "id": found.id,
        "name": found.name,
        "rule_type": found.kind,
        "users": [user(person) for person in found.users],
        "groups": [],
        "approvals_required": found.approvals_required,
    }


def note(found: Note) -> Json:
    """A comment."""
    return {
        "id": found.id,
        "body": found.body,
        "author": user(found.author),
        "created_at": moment(found.created_at),
        "system": found.system,
        "resolvable": found.resolvable,
        "noteable_type": "MergeRequest",
    }


def pipeline(where: Pipelines, found: Pipeline) -> Json:
    """A pipeline."""
    return {
        "id": found.id,
        "project_id": where.id,
        "sha": found.sha,
        "ref": found.ref,
        "status": found.status,
        "source": found.source,
    }


def graphql_merge_request(where: Project, found: MergeRequest) -> Json:
    """A merge request as GraphQL shows it: with the pipeline that stands for its head, or none."""
    place = where.head_pipeline(found)
    shown = {"id": f"gid://gitlab/Ci::Pipeline/{place.id}", "sha": place.sha} if place else None
    return {"diffHeadSha": found.head, "headPipeline": shown}


def status(found: Status) -> Json:
    """A commit status."""
    return {
        "id": found.id,
        "sha": found.sha,
        "ref": found.ref,
        "status": found.state,
        "name": found.name,
        "description": found.description,
        "target_url": found.target_url,
        "author": user(found.author),
        "pipeline_id": found.pipeline.id,
        "created_at": moment(found.created_at),
        "allow_failure": False,
    }


def file(path: str, content: Content, sha: str) -> Json:
    """A file's content."""
    raw = content if isinstance(content, bytes) else b""
    return {
        "file_name": path.rpartition("/")[2],
        "file_path": path,
        "size": len(raw),
        "encoding": "base64",
        "content": base64.b64encode(raw).decode(),
        "ref": sha,
        "blob_id": blob_sha(content),
        "commit_id": sha,
    }
