"""GitLab's merged merge requests with their files and reviewers, a few at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from gitlab.v4.objects import Project, ProjectMergeRequest

from bot.forges.archive import MergedPage, name_of
from bot.forges.gitlab.reading import Json, account, changed_file, moment
from routing.knowledge.sweeps import is_sweep
from routing.model import PastChange
from routing.people import account_identity

PER_PAGE = 10
"""Merge requests at a time: each costs four calls, for its files, approvals, notes and commits."""

MOST = 100
"""Of the files, notes and commits of one, as many as a page holds are looked at."""


def read_merged(project: Project, forge: str, cursor: str | None) -> MergedPage:
    """A page of what was merged, the latest first; the cursor is the number of the page.

    What is opened meanwhile moves others to later pages, where they are met a second time.
    """
    page = int(cursor or 1)
    found = project.mergerequests.list(
        state="merged", order_by="created_at", sort="desc", page=page, per_page=PER_PAGE
    )
    merged = [one for one in found if isinstance(one, ProjectMergeRequest)]
    return MergedPage(
        changes=tuple(_past_change(forge, one) for one in merged),
        commits=tuple(sha for one in merged for sha in _commits(one)),
        cursor=str(page + 1) if len(merged) == PER_PAGE else None,
    )


def _past_change(forge: str, found: ProjectMergeRequest) -> PastChange:
    told: Json = found.attributes
    author = _identity(forge, told["author"])
    files = [changed_file(one) for one in _part(found, "diffs")]
    reviewers = [_identity(forge, one["user"]) for one in found.approvals.get().approved_by]
    said = (one for one in _part(found, "notes") if not one["system"])
    reviewers += [_identity(forge, one["author"]) for one in said]
    return PastChange(
        id=name_of(told["iid"]),
        at=moment(told["merged_at"]),
        authors=(author,) if author else (),
        reviewers=tuple(dict.fromkeys(one for one in reviewers if one and one != author)),
        files=()
        if is_sweep(told["title"], len(files))
        else tuple((file.path, file.additions, file.deletions) for file in files),
    )


def _part(found: ProjectMergeRequest, name: str) -> Sequence[Json]:
    path = f"{found.manager.path}/{found.encoded_id}/{name}"
    page: Any = found.manager.gitlab.http_list(path, page=1, per_page=MOST)
    return list(page)


def _identity(forge: str, user: Json | None) -> str | None:
    """Somebody's account; None for tokens, and for accounts that are gone."""
    who = account(forge, user)
    return None if user is None or who.bot else account_identity(who)


def _commits(found: ProjectMergeRequest) -> Iterator[str]:
    told: Json = found.attributes
    for sha in (told.get("merge_commit_sha"), told.get("squash_commit_sha")):
        if sha:
            yield sha
    yield from (one["id"] for one in _part(found, "commits"))
