"""Writing to GitLab: each write looks first, so that doing it twice does it once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from gitlab import Gitlab
from gitlab.v4.objects import Project, ProjectMergeRequest

from bot.forges.markdown import marker_of
from routing.model import Account, Ref

NOTE_LIMIT = 1_000_000
NOBODY = [0]
"""What empties a list of people, as GitLab documents it."""


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
    """Comment once for each key; a `thread` is one that people have to resolve."""
    marker = marker_of(key)
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
