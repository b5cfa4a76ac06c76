"""Writing to GitHub: each write looks first, so that doing it twice does it once."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from urllib.parse import quote

from github import GithubException
from github.Commit import Commit
from github.CommitStatus import CommitStatus
from github.GithubObject import NotSet
from github.PullRequest import PullRequest
from github.Repository import Repository

from bot.errors import Refused
from bot.forges.github_snapshot import read_pull
from routing.effects import GateState, SetGate
from routing.model import Account, Ref

GATE = "countersign"
"""The context of our commit status."""
STATUSES_LOOKED_AT = 1000
"""GitHub keeps no more for one commit and context."""
COMMENT_LIMIT = 65_536
UNPROCESSABLE = 422


def set_gate(repo: Repository, gate: SetGate, me: Account) -> bool:
    """Set the status unless it stands so already; a success only on the head and base asked for."""
    commit = _commit(repo, gate.sha)
    newest = _newest(commit)
    if gate.state is GateState.SUCCESS and not _stands(repo, gate):
        return False
    if newest is not None and _same(newest, gate, me):
        return True
    written = commit.create_status(
        gate.state.value,
        target_url=gate.url or NotSet,
        description=gate.description,
        context=GATE,
    )
    if written.state != gate.state:
        # PyGithub takes the 307 of a renamed repository for an answer.
        raise Refused(f"GitHub did not take the status of {gate.ref}: was the repository renamed?")
    return True


def _commit(repo: Repository, sha: str) -> Commit:
    """The commit without fetching it, for nothing but its statuses."""
    attributes = {"sha": sha, "url": f"{repo.url}/commits/{sha}"}
    return Commit(repo.requester, {}, attributes, completed=True)


def _newest(commit: Commit) -> CommitStatus | None:
    """The newest status of our context, whoever set it."""
    statuses = islice(commit.get_statuses(), STATUSES_LOOKED_AT)
    return next((status for status in statuses if status.context == GATE), None)


def _same(status: CommitStatus, gate: SetGate, me: Account) -> bool:
    """Whether we have said exactly this. What another app said in our name is not ours."""
    creator = status.creator
    return (
        creator is not None
        and str(creator.id) == me.id
        and status.state == gate.state
        and (status.description or "") == gate.description
        and (status.target_url or None) == gate.url
    )


def _stands(repo: Repository, gate: SetGate) -> bool:
    pull = read_pull(repo, gate.ref)
    return pull.state == "open" and pull.head.sha == gate.sha and pull.base.ref == gate.base_branch


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
    """Comment once for each key.

    The key stands in an invisible first line; nothing that people wrote can come before it, so
    no content can pretend that a comment was made.
    """
    marker = f"<!-- countersign:{quote(key, safe='')} -->"
    issue = repo.get_issue(ref.number)
    for earlier in issue.get_comments():
        writer = earlier.user
        if writer is not None and str(writer.id) == me.id and earlier.body.startswith(marker):
            return
    posted = issue.create_comment(f"{marker}\n{body}"[:COMMENT_LIMIT])
    if posted.id is None:
        raise Refused(f"GitHub did not take the comment on {ref}: was the repository renamed?")
