"""The further locks that a paid GitLab offers beside the commit status.

Anybody with the role Developer may set a commit status. An approval rule that names our user
(Premium) and an external status check (Ultimate) cannot be set by them; where a project has
these, we turn them together with the status.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from gitlab.exceptions import GitlabError
from gitlab.v4.objects import Project, ProjectMergeRequest

from bot.forges.gitlab.gate import GATE
from bot.forges.gitlab.opinions import read_heads
from bot.forges.gitlab.reading import Json, is_token_bot, moment
from routing.effects import GateState
from routing.model import Account

MAY_NOT = frozenset({401, 403, 404})
"""What GitLab answers to who may not clear approvals."""

CHECK_STATES = {
    GateState.PENDING: "pending",
    GateState.SUCCESS: "passed",
    GateState.FAILURE: "failed",
}


@dataclass(frozen=True, slots=True)
class Tier:
    """What the project's tier has: approval rules and several reviewers, external status checks.

    Told by what GitLab shows of the project: it leaves out the settings of what is not licensed.
    """

    approval_rules: bool
    status_checks: bool

    @property
    def name(self) -> str:
        """GitLab's word for it."""
        if self.status_checks:
            return "Ultimate"
        return "Premium" if self.approval_rules else "Free"


def tier_of(project: Json) -> Tier:
    """The tier of a project, from GitLab's answer about it."""
    checks = "only_allow_merge_if_all_status_checks_passed" in project
    return Tier(checks or "merge_pipelines_enabled" in project, checks)


def turn(found: ProjectMergeRequest, tier: Tier, state: GateState, me: Account) -> None:
    """Bring the further locks to what the gate says of the head as it stands now."""
    if tier.status_checks:
        _answer_checks(found, state)
    if state is GateState.SUCCESS:
        if tier.approval_rules and _is_named(found, me):
            _approve(found, me)
    elif tier.approval_rules or is_token_bot(me.login):
        _take_back(found, me)


def _answer_checks(found: ProjectMergeRequest, state: GateState) -> None:
    checks = (one.attributes for one in found.status_checks.list(iterator=True))
    for check in checks:
        if check["name"].lower() == GATE and check["status"] != CHECK_STATES[state]:
            found.manager.gitlab.http_post(
                f"{found.manager.path}/{found.encoded_id}/status_check_responses",
                post_data={
                    "sha": found.sha,
                    "external_status_check_id": check["id"],
                    "status": CHECK_STATES[state],
                },
            )


def _is_named(found: ProjectMergeRequest, me: Account) -> bool:
    """Whether a rule waits for us alone; in any other our approval would stand for a person's."""
    rules: Iterable[Json] = found.approval_state.get().rules
    return any(map(partial(is_ours_alone, me=me), rules))


def is_ours_alone(rule: Json, me: Account) -> bool:
    """Whether an approval rule names us and nobody else."""
    named = [str(user["id"]) for user in rule.get("users", ())]
    return rule["rule_type"] == "regular" and named == [me.id] and not rule.get("groups")


def _approve(found: ProjectMergeRequest, me: Account) -> None:
    if me.id not in {str(one["user"]["id"]) for one in _approvals(found)}:
        found.approve(sha=found.sha)


def _take_back(found: ProjectMergeRequest, me: Account) -> None:
    """Unapprove, and where every approval is of a head that was left, clear them all.

    A user can take back their own approval only. The users of project and group access tokens
    may clear all of them at once, where they may approve at all, which we do where none is left
    that could count.
    """
    approvals = _approvals(found)
    others = [one for one in approvals if str(one["user"]["id"]) != me.id]
    if len(others) < len(approvals):
        found.unapprove()
    if others and is_token_bot(me.login) and _all_left_behind(found, others):
        _clear(found)


def _clear(found: ProjectMergeRequest) -> None:
    """Clear all approvals where we may: for tidiness, they count for nothing either way."""
    try:
        found.reset_approvals()
    except GitlabError as fault:
        if fault.response_code not in MAY_NOT:
            raise


def _all_left_behind(found: ProjectMergeRequest, approvals: Sequence[Json]) -> bool:
    times = [one.get("approved_at") for one in approvals]
    if not all(times):
        return False
    heads = read_heads(found)
    return all(heads.at(moment(str(at))) not in {"", found.sha} for at in times)


def _approvals(found: ProjectMergeRequest) -> Sequence[Json]:
    approvals: Any = found.approvals.get().approved_by
    return list(approvals)


def project_tier(project: Project) -> Tier:
    """The tier of a project, asked for now."""
    told: Any = project.manager.gitlab.http_get(f"/projects/{project.encoded_id}")
    return tier_of(told)
