"""Who pushed the head of a pull request: GitHub's record of what happened to a branch."""

from __future__ import annotations

from github import GithubException
from github.NamedUser import NamedUser
from github.PullRequest import PullRequest
from github.Repository import Repository

from bot.forges.github.reading import account
from routing.model import Account

LOOKED_AT = 100
"""The newest entries of a branch's record; the push of the head stands at the top of them."""

NOT_TOLD = frozenset({403, 404, 409, 422})
"""A fork that is closed to us, or a server too old to keep the record."""


def head_pusher(forge: str, repo: Repository, pull: PullRequest) -> Account | None:
    """Whose push made the branch point at the head, or None where GitHub does not tell.

    Source: https://docs.github.com/en/rest/repos/repos#list-repository-activities
    """
    home: Repository | None = pull.head.repo  # PyGithub says there is one; a fork may be gone
    if home is None:
        return None
    asked = {"ref": f"refs/heads/{pull.head.ref}", "per_page": LOOKED_AT}
    try:
        _, record = repo.requester.requestJsonAndCheck("GET", f"{home.url}/activity", asked)
    except GithubException as fault:
        if fault.status in NOT_TOLD:
            return None
        raise
    for entry in record if isinstance(record, list) else ():
        if entry.get("after") == pull.head.sha and entry.get("actor"):
            actor = NamedUser(repo.requester, {}, entry["actor"], completed=True)
            return account(forge, actor)
    return None
