"""Writing to GitHub: each write looks first, so that doing it twice does it once."""

from __future__ import annotations

from collections.abc import Iterable

from github import GithubException
from github.PullRequest import PullRequest
from github.Repository import Repository

from bot.errors import Refused
from bot.forges.github.snapshot import read_pull
from bot.forges.markdown import marker_of
from routing.model import Account, Ref

COMMENT_LIMIT = 65_536
UNPROCESSABLE = 422


def request_reviewers(repo: Repository, ref: Ref, logins: Iterable[str]) -> tuple[str, ...]:
    """Ask everybody not asked yet; returns those whom GitHub would not take."""
    pull = read_pull(repo, ref)
    asked = {person.login.lower() for person in pull.requested_reviewers}
    wanted = [login for login in dict.fromkeys(logins) if login.lower() not in asked]
    if not wanted or _ask(pull, wanted):
        return ()
    # One who cannot be asked spoils the request for all.
    return tuple(login for login in wanted if len(wanted) == 1 or not _ask(pull, [login]))


def _ask(pull: PullRequest, logins: list[str]) -> bool:
    try:
        pull.create_review_request(reviewers=logins)
    except GithubException as fault:
        if fault.status != UNPROCESSABLE:
            raise
        return False
    return True


def withdraw_reviewers(repo: Repository, ref: Ref, logins: Iterable[str]) -> None:
    """Take back those requests that stand."""
    pull, unwanted = read_pull(repo, ref), {login.lower() for login in logins}
    asked = [person.login for person in pull.requested_reviewers]
    standing = [login for login in asked if login.lower() in unwanted]
    if standing:
        pull.delete_review_request(reviewers=standing)


def comment(repo: Repository, ref: Ref, body: str, key: str, me: Account) -> None:
    """Comment once for each key."""
    marker = marker_of(key)
    issue = repo.get_issue(ref.number)
    for earlier in issue.get_comments():
        writer = earlier.user
        if writer is not None and str(writer.id) == me.id and earlier.body.startswith(marker):
            return
    posted = issue.create_comment(f"{marker}\n{body}"[:COMMENT_LIMIT])
    if posted.id is None:
        raise Refused(f"GitHub did not take the comment on {ref}: was the repository renamed?")
