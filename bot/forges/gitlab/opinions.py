"""What people have said of a merge request on GitLab, and at which head they said it.

GitLab keeps an approval's person and time, but not the commit that was approved, nor for which
target branch. Its own record of the heads (the versions of the merge request, with the time at
which it saw each) tells which one stood there, what it noted of retargets the branch. Where that
cannot be told, the approval is bound to nothing, and counts for nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from gitlab.v4.objects import ProjectMergeRequest

from bot.forges.bases import Bases, Retarget
from bot.forges.gitlab.reading import Json, account, moment
from routing.model import ForgeReview, ReviewState

APPROVED_NOTE, OBJECTED_NOTE = "approved this merge request", "requested changes"
"""What GitLab itself notes in the conversation."""

RETARGETED = re.compile(
    r"changed target branch from `(?P<before>[^ ]+)` to `(?P<after>[^ ]+)`$"
    r"|changed automatically target branch to `(?P<instead>[^ ]+)` because `(?P<gone>[^ ]+)` was"
    r"|changed (automatically )?target branch"
)
"""What it notes of another target branch; the last line is for words that we do not know."""

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


@dataclass(frozen=True, slots=True)
class Noted:
    """What GitLab noted of a merge request: when whom last of what, and what target it had when."""

    latest: Mapping[tuple[str, str], datetime]
    bases: Bases


def read_heads(found: ProjectMergeRequest) -> Heads:
    """Every head so far."""
    versions = (one.attributes for one in found.diffs.list(iterator=True))
    seen = ((moment(one["created_at"]), str(one["head_commit_sha"])) for one in versions)
    return Heads(tuple(sorted(seen)))


def read_opinions(forge: str, found: ProjectMergeRequest) -> tuple[ForgeReview, ...]:
    """Everybody's approval or request for changes as it stands, oldest first.

    What GitLab noted is read last, so that it knows of whatever came before they were left.
    """
    approvals: Sequence[Json] = found.approvals.get().approved_by
    reviewers = (one.attributes for one in found.reviewer_details.list(iterator=True))
    objections = [one for one in reviewers if one["state"] == OBJECTED]
    if not approvals and not objections:
        return ()
    heads = read_heads(found)
    noted = read_noted(found)
    said = [
        *_approvals(forge, approvals, heads, noted),
        *_objections(forge, objections, noted, moment(found.updated_at)),
    ]
    return tuple(sorted(said, key=lambda one: (one.at, one.id)))


def read_noted(found: ProjectMergeRequest) -> Noted:
    """GitLab's own notes. They know the target branch better than `found`, which is older."""
    latest: dict[tuple[str, str], datetime] = {}
    retargets: list[Retarget] = []
    target = str(found.target_branch)
    asked = {"sort": "asc", "order_by": "created_at", "activity_filter": "only_activity"}
    for one in found.notes.list(iterator=True, **asked):
        note = one.attributes
        if not note["system"]:
            continue
        at, moved = moment(note["created_at"]), RETARGETED.match(note["body"])
        if moved is not None:
            retargets.append(Retarget(at, moved["before"] or moved["gone"] or ""))
            target = moved["after"] or moved["instead"] or str(found.target_branch)
        elif note["body"] in {APPROVED_NOTE, OBJECTED_NOTE} and note["author"]:
            latest[(str(note["author"]["id"]), note["body"])] = at
    return Noted(latest, Bases(target, retargets))


def _approvals(
    forge: str, approvals: Iterable[Json], heads: Heads, noted: Noted
) -> Iterable[ForgeReview]:
    for one in approvals:
        who = account(forge, one["user"])
        told = one.get("approved_at")
        at = moment(told) if told else noted.latest.get((who.id, APPROVED_NOTE))
        if at is not None:
            id_ = f"approval {who.id} {at.isoformat()}"
            base = noted.bases.at(at)
            yield ForgeReview(id_, who, ReviewState.APPROVED, heads.at(at), base, at)


def _objections(
    forge: str, reviewers: Iterable[Json], noted: Noted, latest: datetime
) -> Iterable[ForgeReview]:
    """An objection whose time nobody noted may be as late as anything: it stays in force."""
    for one in reviewers:
        who = account(forge, one["user"])
        at = noted.latest.get((who.id, OBJECTED_NOTE), latest)
        id_ = f"objection {who.id} {at.isoformat()}"
        base = noted.bases.at(at)
        yield ForgeReview(id_, who, ReviewState.CHANGES_REQUESTED, "", base, at)
