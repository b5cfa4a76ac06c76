"""GitLab's history of some paths, at a price that can be paid for every change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from gitlab.v4.objects import Project

from bot.forges.gitlab.reading import moment
from bot.forges.gitlab.session import PER_PAGE
from bot.forges.past_queries import Logged, past_changes
from routing.model import PastChange


def read_history(
    project: Project, sha: str, paths: Sequence[str], since: datetime
) -> tuple[PastChange, ...]:
    """What is part of `sha` and touched these paths; see `past_queries.past_changes`."""

    def page(path: str) -> Iterator[Logged]:
        # `path` as an argument would be python-gitlab's own, the address of the list.
        wanted = {"ref_name": sha, "path": path, "since": since.astimezone(UTC).isoformat()}
        listed = project.commits.list(query_parameters=wanted, page=1, per_page=PER_PAGE)
        for commit in (one.attributes for one in listed):
            yield Logged(
                commit["id"],
                moment(commit["committed_date"]),
                commit["author_email"],
                commit["message"],
                len(commit["parent_ids"]),
            )

    return past_changes(paths, page)
