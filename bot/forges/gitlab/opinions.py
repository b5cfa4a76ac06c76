"""What people have said of a merge request on GitLab, and at which head they said it.

GitLab keeps an approval's person and time, but not the commit that was approved. Its own record
of the heads (the versions of the merge request, with the time at which it saw each) tells which
one stood there. Where that cannot be told, the approval is bound to no commit, and counts for none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from gitlab.v4.objects import ProjectMergeRequest

from bot.forges.gitlab.reading import Json, account, moment
from routing.model import ForgeReview, ReviewState

APPROVED_NOTE, OBJECTED_NOTE = "approved this merge request", "requested changes"
"""What GitLab itself notes in the conversation."""

OBJECTED = "requested_changes"
"""The state of a reviewer who asks for changes."""


@dataclass(frozen=True, slots=True)
class Heads:
    """The heads that a merge request has had: when GitLab saw each, oldest first."""

    seen: Sequence[tuple[datetime, str]]

    def at(self, when: datetime) -> str:
        """The head at that time; empty where nobody can tell."""
        before = [sha for since, sha in self.seen if since <= when]
        return before[-1] if before else ""


def read_heads(found: ProjectMergeRequest) -> Heads:
    """Every head so far."""
    versions = (one.attributes for one in found.diffs.list(iterator=True))
    seen = ((moment(one["created_at"]), str(one["head_commit_sha"])) for one in versions)
    return Heads(tuple(sorted(seen)))


def read_opinions(forge: str, found: ProjectMergeRequest) -> tuple[ForgeReview, ...]:
    """Everybody's approval or request for changes as it stands, oldest first."""
    approvals: Sequence[Json] = found.approvals.get().approved_by
    reviewers = (one.attributes for one in found.reviewer_details.list(iterator=True))
    objections = [one for one in reviewers if one["state"] == OBJECTED]
    if not approvals and not objections:
        return ()
    heads = read_heads(found)
    undated = [one for one in approvals if not one.get("approved_at")]
    noted = _noted(found) if undated or objections else {}
    said = [
        *_approvals(forge, approvals, heads, noted),
        *_objections(forge, objections, noted, moment(found.updated_at)),
    ]
    return tuple(sorted(said, key=lambda one: (one.at, one.id)))


def _approvals(
    forge: str, approvals: Iterable[Json], heads: Heads, noted: Mapping[tuple[str, str], datetime]
) -> Iterable[ForgeReview]:
    for one in approvals:
        who = account(forge, one["user"])
        told = one.get("approved_at")
        at = moment(told) if told else noted.get((who.id, APPROVED_NOTE))
        if at is not None:
            yield ForgeReview(
                f"approval {who.id} {at.isoformat()}", who, ReviewState.APPROVED, heads.at(at), at
            )


def _objections(
    forge: str,
    reviewers: Iterable[Json],
    noted: Mapping[tuple[str, str], datetime],
    latest: datetime,
) -> Iterable[ForgeReview]:
    """An objection whose time nobody noted may be as late as anything: it stays in force."""
    for one in reviewers:
        who = account(forge, one["user"])
        at = noted.get((who.id, OBJECTED_NOTE), latest)
        yield ForgeReview(
            f"objection {who.id} {at.isoformat()}", who, ReviewState.CHANGES_REQUESTED, "", at
        )


def _noted(found: ProjectMergeRequest) -> Mapping[tuple[str, str], datetime]:
    """When GitLab last noted each of these of each account."""
    latest: dict[tuple[str, str], datetime] = {}
    for one in found.notes.list(iterator=True, sort="asc", order_by="created_at"):
        note = one.attributes
        if note["system"] and note["body"] in {APPROVED_NOTE, OBJECTED_NOTE} and note["author"]:
            latest[(str(note["author"]["id"]), note["body"])] = moment(note["created_at"])
    return latest
