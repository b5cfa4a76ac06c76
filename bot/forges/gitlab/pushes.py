"""Who pushed the head of a merge request: GitLab's record of what happened in a project."""

from __future__ import annotations

from gitlab.exceptions import GitlabError
from gitlab.v4.objects import Project

from bot.forges.gitlab.reading import Json, account
from bot.forges.gitlab.session import PER_PAGE
from routing.model import Account

NOT_TOLD = frozenset({403, 404})
"""The record is closed to us."""


def head_pusher(forge: str, project: Project, told: Json) -> Account | None:
    """Whose push made the branch point at the head, or None where GitLab does not tell.

    It keeps no such record of a fork for us, nor of pushes of many branches at once.
    Source: https://docs.gitlab.com/api/events/
    """
    if told["source_project_id"] != told["target_project_id"]:
        return None
    try:
        record = project.events.list(action="pushed", page=1, per_page=PER_PAGE)
    except GitlabError as fault:
        if fault.response_code in NOT_TOLD:
            return None
        raise
    for event in (one.attributes for one in record):
        push = event.get("push_data") or {}
        if (push.get("commit_to"), push.get("ref")) == (told["sha"], told["source_branch"]):
            return account(forge, event["author"])
    return None
