"""GitLab's history of some paths, at a price that can be paid for every change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from gitlab.v4.objects import Project

from bot.forges.gitlab.session import PER_PAGE
from bot.forges.past_queries import past_change, queries
from routing.model import PastChange


def past_changes(
    project: Project, sha: str, paths: Sequence[str], since: datetime
) -> tuple[PastChange, ...]:
    """Commits that are part of `sha` and touched these paths or their directories, newest first.

    As `github_history.past_changes`: one page for each path asked for, merge commits left out.
    """
    found: dict[str, Mapping[str, Any]] = {}
    places: dict[str, list[str]] = {}
    for path in queries(paths):
        # `path` as an argument would be python-gitlab's own, the address of the list.
        wanted = {"ref_name": sha, "path": path, "since": since.astimezone(UTC).isoformat()}
        page = project.commits.list(query_parameters=wanted, page=1, per_page=PER_PAGE)
        for commit in (one.attributes for one in page):
            if len(commit["parent_ids"]) < 2:  # noqa: PLR2004 - a merge has two parents or more
                found[commit["id"]] = commit
                places.setdefault(commit["id"], []).append(path)
    changes = (
        past_change(
            one,
            datetime.fromisoformat(commit["committed_date"]),
            commit["author_email"],
            commit["message"],
            places[one],
        )
        for one, commit in found.items()
    )
    return tuple(sorted(changes, key=lambda change: (change.at, change.id), reverse=True))
