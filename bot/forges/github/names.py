"""What a GitHub repository has by name: labels, branches, and the teams that may enter it."""

from __future__ import annotations

from github import GithubException, RateLimitExceededException
from github.Repository import Repository

from routing.files.forge_names import Names

NOT_TOLD = frozenset({403, 404})


def read_names(repo: Repository, project: str) -> Names:
    """Teams are told only to those who may administrate the repository."""
    return Names(
        frozenset(one.name for one in repo.get_labels()),
        frozenset(one.name for one in repo.get_branches()),
        _teams(repo, project.partition("/")[0]),
    )


def _teams(repo: Repository, owner: str) -> frozenset[str] | None:
    try:
        return frozenset(f"{owner}/{one.slug}" for one in repo.get_teams())
    except RateLimitExceededException:
        raise  # it comes as a 403 as well
    except GithubException as fault:
        if fault.status in NOT_TOLD:
            return None
        raise
