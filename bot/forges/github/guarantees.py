"""What a GitHub repository guarantees of the gate, read off its rules, and how to close gaps.

Sources: GitHub's REST API, "Rules" (`/rules/branches/{branch}`, `/rulesets/{id}`) and "Branches"
(`/branches/{branch}` with `enforcement_level`, `/branches/{branch}/protection` with `strict`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from github import GithubException, RateLimitExceededException
from github.Repository import Repository

from bot.forges.guarantees import Finding, Standing

CHECK = "countersign"
ANYBODY = -1
"""GitHub's word for a required check that any app or token may set."""
NOT_TOLD = frozenset({403, 404})
SETTINGS = "Settings → Rules → Rulesets"
ACTORS = {
    "OrganizationAdmin": "organization admins",
    "EnterpriseOwner": "enterprise owners",
    "DeployKey": "deploy keys",
    "Team": "a team",
    "Integration": "an app",
    "RepositoryRole": "a repository role",
}
"""Who may stand on a ruleset's bypass list."""
ROLES = {2: "everybody who maintains", 4: "everybody who may write", 5: "repository admins"}
"""A repository role's number on that list. Source: GitHub's ruleset API, "actor_id"."""

ENFORCED: Mapping[str, tuple[str, ...]] = {"everyone": (), "non_admins": (ROLES[5],)}
"""Whom branch protection lets through, by its `enforcement_level`."""


@dataclass(frozen=True, slots=True)
class Lock:
    """One place that requires the check: which app must set it (None: anybody may).

    `up_to_date` says that a change must hold its base's latest commit; `bypass` is who may merge
    without the check. Both are None where GitHub does not tell us. `cure` lets nobody bypass it.
    `queue` says that the branch is merged into by a merge queue.
    """

    where: str
    cure: str
    app: int | None
    up_to_date: bool | None
    bypass: tuple[str, ...] | None
    queue: bool = False


def read_locks(repo: Repository) -> tuple[str, tuple[Lock, ...]]:
    """The default branch, and everything that requires the check there.

    Both kinds of protection are read: rulesets, and the older branch protection.
    """
    branch = repo.complete().default_branch
    rules = _told(repo, f"/rules/branches/{branch}?per_page=100") or ()
    queue = any(rule.get("type") == "merge_queue" for rule in rules)
    locks = (*_of_rulesets(repo, rules), *_of_protection(repo, branch))
    return branch, tuple(replace(lock, queue=queue) for lock in locks)


def _told(repo: Repository, path: str) -> Any:
    """What GitHub answers there; None where we may not look, or nothing is there."""
    try:
        _, answer = repo.requester.requestJsonAndCheck("GET", f"{repo.url}{path}")
    except RateLimitExceededException:
        raise  # it comes as a 403 as well
    except GithubException as fault:
        if fault.status in NOT_TOLD:
            return None
        raise
    return answer


def _of_rulesets(repo: Repository, rules: Iterable[Mapping[str, Any]]) -> Iterator[Lock]:
    for rule in rules:
        if rule.get("type") != "required_status_checks":
            continue
        wanted = rule.get("parameters") or {}
        for check in wanted.get("required_status_checks", ()):
            if check["context"] == CHECK:
                ruleset = _told(repo, f"/rulesets/{rule['ruleset_id']}") or {}
                yield Lock(
                    f"the ruleset “{ruleset.get('name', rule['ruleset_id'])}”",
                    f"empty its bypass list ({SETTINGS})",
                    check.get("integration_id"),
                    bool(wanted.get("strict_required_status_checks_policy")),
                    _bypass(ruleset),
                )


def _bypass(ruleset: Mapping[str, Any]) -> tuple[str, ...] | None:
    """Who is on the list; GitHub shows it only to those who may change it."""
    actors = ruleset.get("bypass_actors")
    if actors is None:
        return None
    return tuple(
        ROLES.get(one.get("actor_id"), ACTORS["RepositoryRole"])
        if one["actor_type"] == "RepositoryRole"
        else ACTORS.get(one["actor_type"], str(one["actor_type"]))
        for one in actors
    )


def _of_protection(repo: Repository, branch: str) -> Iterator[Lock]:
    shown = _told(repo, f"/branches/{branch}") or {}
    required = (shown.get("protection") or {}).get("required_status_checks") or {}
    for check in required.get("checks", ()):
        if check["context"] == CHECK:
            app, level = check.get("app_id"), str(required.get("enforcement_level"))
            whole = _told(repo, f"/branches/{branch}/protection") or {}
            yield Lock(
                "the branch protection",
                "switch on Do not allow bypassing the above settings (Settings → Branches)",
                None if app == ANYBODY else app,
                (whole.get("required_status_checks") or {}).get("strict"),
                ENFORCED.get(level),
            )


def findings(
    project: str, branch: str, locks: Sequence[Lock], app: int | None
) -> tuple[Finding, ...]:
    """What holds and what is open; `app` is the GitHub App that we are, if we are one."""
    said = [
        *_required(branch, locks, app),
        *_bypassed(locks),
        *_up_to_date(branch, locks),
        *_passed_elsewhere(branch, locks),
    ]
    if app is None:
        sentence = "Countersign speaks with a token; an App has rights of its own, and a check run"
        said.append((Standing.NOTE, sentence, ""))
    return tuple(Finding(project, *one) for one in said)


Said = tuple[Standing, str, str]


def _required(branch: str, locks: Sequence[Lock], app: int | None) -> Iterator[Said]:
    if not locks:
        yield (
            Standing.OPEN,
            f"the gate only advises: {branch} does not require the check {CHECK}",
            f"{SETTINGS} → New branch ruleset → Require status checks to pass → add {CHECK}",
        )
    elif app is not None and any(lock.app == app for lock in locks):
        yield Standing.HOLDS, f"{branch} requires the check {CHECK} from our app alone", ""
    else:
        others = any(lock.app is not None for lock in locks)
        yield (
            Standing.OPEN,
            f"{branch} requires the check {CHECK}, but from another app than ours"
            if others
            else f"{branch} requires the check {CHECK}, but from anybody: whoever may push could "
            "set it",
            "run Countersign as a GitHub App, and choose it as the source of the check"
            if app is None
            else "choose our app as the source of the required check",
        )


def _bypassed(locks: Sequence[Lock]) -> Iterator[Said]:
    """Who may merge without the check: nobody passes a lock that nobody may bypass."""
    if not locks:
        return
    firm = [lock for lock in locks if lock.bypass == ()]
    if firm:
        yield Standing.HOLDS, f"nobody may bypass {firm[0].where}, admins neither", ""
        return
    for lock in locks:
        if lock.bypass is None:
            sentence = f"who may bypass {lock.where} GitHub does not show us"
            yield Standing.NOTE, sentence, f"see that its bypass list is empty ({SETTINGS})"
        else:
            who = ", ".join(dict.fromkeys(lock.bypass))
            sentence = f"{who} may merge without the check: {lock.where} lets them"
            yield Standing.OPEN, sentence, lock.cure


def _up_to_date(branch: str, locks: Sequence[Lock]) -> Iterator[Said]:
    """Whether what is merged is what was looked at, together with the base as it is by then."""
    if any(lock.up_to_date for lock in locks):
        yield Standing.HOLDS, f"a change holds the latest of {branch} when it is merged", ""
    elif any(lock.up_to_date is False for lock in locks):
        yield (
            Standing.NOTE,
            f"a change may be merged though {branch} has moved on since it was approved",
            "switch on Require branches to be up to date before merging, or use a merge queue",
        )


def _passed_elsewhere(branch: str, locks: Sequence[Lock]) -> Iterator[Said]:
    """A gate stands on a commit, whatever it is merged into: what was let pass stays so at first.

    A merge queue makes a commit of its own, on which nothing was said yet.
    """
    if any(lock.queue for lock in locks):
        sentence = f"what goes into {branch} waits in the merge queue for a gate of its own commit"
        yield Standing.HOLDS, sentence, ""
    elif locks:
        yield (
            Standing.NOTE,
            (
                f"a pull request opened or retargeted into {branch} with a head that has passed "
                "elsewhere stands open until its delivery is read: within a second, or five "
                "minutes where the delivery is lost"
            ),
            (
                f"require a merge queue for {branch} ({SETTINGS} → Require merge queue): every "
                "merge then waits for a gate of its own"
            ),
        )
