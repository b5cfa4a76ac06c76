"""From GitLab's JSON to the values of `routing.model`.

Source: https://docs.gitlab.com/api/merge_requests/ and the pages beside it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from routing.model import (
    Account,
    ChangedFile,
    Commit,
    FileStatus,
    MergeRequest,
    Ref,
    Signature,
    State,
)

Json = Mapping[str, Any]

TOKEN_BOT = re.compile(r"(?:project|group)_\d+_bot(?:_\w+)?")
"""How GitLab names the users of project and group access tokens."""

GHOST = ("0", "ghost")
"""What stands for an account that is gone."""

SUBMODULE = "160000"
"""The mode of a submodule in git."""

STATES = {"merged": State.MERGED, "closed": State.CLOSED}
"""All others ("opened", and "locked" while GitLab merges) are open."""


def account(forge: str, user: Json | None) -> Account:
    """An account; one that is gone is GitLab's ghost."""
    if not user:
        return Account(forge, *GHOST)
    login = user["username"]
    return Account(forge, str(user["id"]), login, bot=is_token_bot(login))


def is_token_bot(login: str) -> bool:
    """Whether the account belongs to a project's or group's access token."""
    return TOKEN_BOT.fullmatch(login) is not None


def moment(text: str) -> datetime:
    """A time as GitLab writes it, in UTC."""
    return datetime.fromisoformat(text).astimezone(UTC)


def merge_request(ref: Ref, found: Json, base_sha: str, pusher: Account | None) -> MergeRequest:
    """A merge request; `base_sha` is the tip of the base branch."""
    merged_at = found.get("merged_at")
    return MergeRequest(
        ref=ref,
        project_id=str(found["target_project_id"]),
        title=found["title"],
        body=found.get("description") or "",
        author=account(ref.forge, found["author"]),
        state=STATES.get(found["state"], State.OPEN),
        draft=bool(found["draft"]),
        head_sha=found["sha"],
        head_branch=found["source_branch"],
        base_branch=found["target_branch"],
        base_sha=base_sha,
        url=found["web_url"],
        opened_at=moment(found["created_at"]),
        labels=tuple(found["labels"]),
        merged_at=moment(merged_at) if merged_at else None,
        pusher=pusher,
    )


def changed_file(diff: Json) -> ChangedFile:
    """A changed file. GitLab gives no line counts, so they are counted in what it shows."""
    path, old = diff["new_path"], diff["old_path"]
    if diff["new_file"]:
        status = FileStatus.ADDED
    elif diff["deleted_file"]:
        status = FileStatus.REMOVED
    else:
        status = FileStatus.RENAMED if diff["renamed_file"] else FileStatus.MODIFIED
    lines = diff["diff"].split("\n") if _is_text(diff) else []
    return ChangedFile(
        path=path,
        additions=sum(line.startswith("+") for line in lines),
        deletions=sum(line.startswith("-") for line in lines),
        status=status,
        old_path=old if status is FileStatus.RENAMED else None,
        patch=diff["diff"] if lines else None,
    )


def commit(found: Json) -> Commit:
    """A commit. GitLab does not say whose accounts its addresses are."""
    return Commit(
        sha=found["id"],
        author=Signature(
            found["author_name"], found["author_email"], moment(found["authored_date"])
        ),
        committer=Signature(
            found["committer_name"], found["committer_email"], moment(found["committed_date"])
        ),
        message=found["message"],
    )


def hidden_files(found: Json, diffs: Sequence[Json]) -> tuple[str, ...]:
    """Which files of a change are not there at all, in sentences."""
    said = str(found["changes_count"] or 0)  # "1000+" where GitLab stopped counting
    if said == str(len(diffs)):
        return ()
    return (f"GitLab lists {len(diffs):,} of {said} changed files.",)


def hidden_commits(found: Json, commits: Collection[str]) -> tuple[str, ...]:
    """Which commits of a change are not there at all, in sentences."""
    return () if found["sha"] in commits else ("GitLab's list of commits lacks the head.",)


def unseen_contents(diffs: Sequence[Json]) -> tuple[str, ...]:
    """Which files are named but not shown, in sentences."""
    problems = ((diff["new_path"], _gap(diff)) for diff in diffs)
    return tuple(f"{name}: {problem}" for name, problem in problems if problem is not None)


def _gap(diff: Json) -> str | None:
    if diff.get("too_large") or diff.get("collapsed"):
        return "its change is too large for GitLab to show."
    if SUBMODULE in {diff["a_mode"], diff["b_mode"]}:
        return "a submodule; what changed inside it cannot be seen."
    if diff["diff"] and not _is_text(diff):
        return "its change cannot be seen (binary)."
    explained = diff["new_file"] or diff["deleted_file"] or diff["renamed_file"]
    if not diff["diff"] and not explained and diff["a_mode"] == diff["b_mode"]:
        return "GitLab shows nothing of its change."
    return None


def _is_text(diff: Json) -> bool:
    """Whether the diff is one: for a binary file GitLab shows a sentence in its place."""
    return bool(diff["diff"].startswith(("@@", "--- ")))
