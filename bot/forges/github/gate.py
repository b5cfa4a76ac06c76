"""The gate on GitHub: a check run where we are an app, a commit status where we hold a token.

A check run belongs to the app that made it, so nobody else can set it; a status can be set by
everybody who may push.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from github.CheckRun import CheckRun
from github.Commit import Commit
from github.CommitStatus import CommitStatus
from github.GithubObject import NotSet
from github.NamedUser import NamedUser
from github.Organization import Organization
from github.Repository import Repository

from bot.errors import Refused
from bot.forges.github.snapshot import read_pull
from routing.effects import GateState, SetGate
from routing.model import Account, SaidByOthers

GATE = "countersign"
"""The name of our check run, and the context of our commit status."""
LOOKED_AT = 1000
"""GitHub keeps no more statuses for one commit and context."""
CONCLUSIONS = {GateState.SUCCESS: "success", GateState.FAILURE: "failure"}
"""A pending gate has none: its check run is not completed."""
NOT_TAKEN = "GitHub did not take the gate of {}: was the repository renamed?"


def set_gate(repo: Repository, gate: SetGate, me: Account, app: int | None) -> bool:
    """Say it unless it is said already; a success only on the head and base asked for.

    `me` is our account, `app` the id of the app that we are, if we are one.
    """
    if gate.state is GateState.SUCCESS and not _stands(repo, gate):
        return False
    commit = _commit(repo, gate.sha)
    if app is not None:
        _check(repo, commit, gate, app)
    else:
        _status(commit, gate, me)
    return True


def _commit(repo: Repository, sha: str) -> Commit:
    """The commit without fetching it, for nothing but what is said of it."""
    attributes = {"sha": sha, "url": f"{repo.url}/commits/{sha}"}
    return Commit(repo.requester, {}, attributes, completed=True)


def _stands(repo: Repository, gate: SetGate) -> bool:
    pull = read_pull(repo, gate.ref)
    head = gate.head or gate.sha
    return pull.state == "open" and pull.head.sha == head and pull.base.ref == gate.base_branch


def said_by_others(repo: Repository, sha: str, me: Account, app: int | None) -> SaidByOthers | None:
    """Who set the status last, where that was not us; an app's check run is nobody else's."""
    newest = _newest(_commit(repo, sha)) if app is None else None
    if newest is None or _is_by(newest, me):
        return None
    creator: NamedUser | Organization | None = newest.creator  # PyGithub says there is one
    return SaidByOthers(newest.state, creator.login if creator is not None else "somebody")


# --- by an app


def _check(repo: Repository, commit: Commit, gate: SetGate, app: int) -> None:
    newest = max(_own_checks(commit, app), key=lambda run: run.id, default=None)
    if newest is not None and _checked(newest, gate):
        return
    conclusion = CONCLUSIONS.get(gate.state)
    made = repo.create_check_run(
        GATE,
        gate.sha,
        details_url=gate.url or NotSet,
        status="completed" if conclusion else "in_progress",
        conclusion=conclusion or NotSet,
        output={"title": gate.description, "summary": f"Base branch: `{gate.base_branch}`"},
    )
    if made.head_sha != gate.sha:
        # PyGithub takes the 307 of a renamed repository for an answer.
        raise Refused(NOT_TAKEN.format(gate.ref))


def _own_checks(commit: Commit, app: int) -> Iterator[CheckRun]:
    """What we said of the commit. Another app's run of our name says nothing."""
    runs = islice(commit.get_check_runs(check_name=GATE, filter="latest"), LOOKED_AT)
    return (run for run in runs if run.app is not None and run.app.id == app)


def _checked(run: CheckRun, gate: SetGate) -> bool:
    conclusion = CONCLUSIONS.get(gate.state)
    return (
        run.status == ("completed" if conclusion else "in_progress")
        and run.conclusion == conclusion
        and run.output.title == gate.description
        and (gate.url is None or run.details_url == gate.url)
    )


# --- by a token


def _status(commit: Commit, gate: SetGate, me: Account) -> None:
    newest = _newest(commit)
    if newest is not None and _same(newest, gate, me):
        return
    written = commit.create_status(
        gate.state.value,
        target_url=gate.url or NotSet,
        description=gate.description,
        context=GATE,
    )
    if written.state != gate.state:
        raise Refused(NOT_TAKEN.format(gate.ref))


def _newest(commit: Commit) -> CommitStatus | None:
    """The newest status of our context, whoever set it."""
    statuses = islice(commit.get_statuses(), LOOKED_AT)
    return next((status for status in statuses if status.context == GATE), None)


def _same(status: CommitStatus, gate: SetGate, me: Account) -> bool:
    """Whether we have said exactly this. What another app said in our name is not ours."""
    return (
        _is_by(status, me)
        and status.state == gate.state
        and (status.description or "") == gate.description
        and (status.target_url or None) == gate.url
    )


def _is_by(status: CommitStatus, me: Account) -> bool:
    creator: NamedUser | Organization | None = status.creator  # PyGithub says there is one
    return creator is not None and str(creator.id) == me.id
