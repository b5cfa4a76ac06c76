"""What a GitHub repository guarantees of the gate, read off its rules, and how to close gaps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from github.Repository import Repository

from bot.forges.guarantees import Finding, Standing

CHECK = "countersign"
ANYBODY = -1
"""GitHub's word for a required check that any app or token may set."""


def read_required(repo: Repository) -> tuple[str, Mapping[str, int | None]]:
    """The default branch, and the checks it requires: name → id of the app that must set them.

    Both kinds of protection are read: rulesets, and the older branch protection. Whoever may read
    the repository may read these. Source: GitHub's REST API, "Rules" and "Branches".
    """
    branch = repo.complete().default_branch
    _, rules = repo.requester.requestJsonAndCheck("GET", f"{repo.url}/rules/branches/{branch}")
    _, shown = repo.requester.requestJsonAndCheck("GET", f"{repo.url}/branches/{branch}")
    return branch, dict([*_of_rules(rules), *_of_protection(shown)])


def _of_rules(rules: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, int | None]]:
    for rule in rules:
        if rule.get("type") == "required_status_checks":
            for check in rule.get("parameters", {}).get("required_status_checks", ()):
                yield str(check["context"]), check.get("integration_id")


def _of_protection(branch: Mapping[str, Any]) -> Iterator[tuple[str, int | None]]:
    protection = branch.get("protection") or {}
    required = protection.get("required_status_checks") or {}
    for check in required.get("checks", ()):
        app = check.get("app_id")
        yield str(check["context"]), None if app == ANYBODY else app


def findings(
    project: str, branch: str, required: Mapping[str, int | None], app: int | None
) -> Sequence[Finding]:
    """What holds and what is open; `app` is the GitHub App that we are, if we are one."""
    found: list[Finding] = []
    if CHECK not in required:
        found.append(
            Finding(
                project,
                Standing.OPEN,
                f"the gate only advises: {branch} does not require the check {CHECK}",
                "Settings → Rules → Require status checks to pass → add countersign",
            )
        )
    elif app is not None and required[CHECK] == app:
        sentence = f"{branch} requires the check {CHECK} from our app alone"
        found.append(Finding(project, Standing.HOLDS, sentence))
    else:
        found.append(
            Finding(
                project,
                Standing.OPEN,
                f"{branch} requires the check {CHECK}, but from anybody: whoever may push could "
                "set it",
                "run Countersign as a GitHub App, and choose it as the source of the check"
                if app is None
                else "choose our app as the source of the required check",
            )
        )
    if app is None:
        sentence = "Countersign speaks with a token; an App has rights of its own, and a check run"
        found.append(Finding(project, Standing.NOTE, sentence))
    return tuple(found)
