"""What each tier of GitLab guarantees of the gate, and how to close what is open.

Sources: https://docs.gitlab.com/user/project/merge_requests/auto_merge/ (pipelines must succeed),
https://docs.gitlab.com/user/project/merge_requests/approvals/rules/ and
https://docs.gitlab.com/user/project/merge_requests/status_checks/
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from gitlab.exceptions import GitlabError
from gitlab.v4.objects import Project

from bot.forges.gitlab.gate import GATE
from bot.forges.gitlab.locks import Tier, is_ours_alone, tier_of
from bot.forges.gitlab.reading import Json, is_token_bot
from bot.forges.guarantees import Finding, Standing
from routing.model import Account

DEVELOPER = 30
NOT_TOLD = frozenset({401, 403, 404})
MERGE_CHECKS = "Settings → Merge requests → Merge checks"


@dataclass(frozen=True, slots=True)
class Setup:
    """A project as it is set up; `rules` and `checks` are None where we may not look."""

    project: Json
    tier: Tier
    rules: Sequence[Json] | None
    checks: Sequence[Json] | None
    clears_on_push: bool

    @property
    def role(self) -> int:
        """Our role, as GitLab numbers them."""
        access = self.project.get("permissions") or {}
        levels = ((access.get(kind) or {}).get("access_level") for kind in access)
        return max((level for level in levels if level), default=0)


def read_setup(found: Project) -> Setup:
    """Everything that the findings rest on."""
    told: Any = found.manager.gitlab.http_get(f"/projects/{found.encoded_id}")
    tier = tier_of(told)
    approvals = _told(found, "approvals") if tier.approval_rules else None
    return Setup(
        told,
        tier,
        _listed(found, "approval_rules") if tier.approval_rules else (),
        _listed(found, "external_status_checks") if tier.status_checks else (),
        bool(approvals and approvals.get("reset_approvals_on_push")),
    )


def _told(found: Project, what: str) -> Any:
    try:
        return found.manager.gitlab.http_get(f"/projects/{found.encoded_id}/{what}")
    except GitlabError as fault:
        if fault.response_code in NOT_TOLD:
            return None
        raise


def _listed(found: Project, what: str) -> Sequence[Json] | None:
    try:
        pages: Any = found.manager.gitlab.http_list(
            f"/projects/{found.encoded_id}/{what}", iterator=True
        )
        return list(pages)
    except GitlabError as fault:
        if fault.response_code in NOT_TOLD:
            return None
        raise


def findings(path: str, setup: Setup, me: Account) -> tuple[Finding, ...]:
    """What holds and what is open, the most important first."""
    said = (
        *_role(setup),
        *_pipelines(setup),
        *_locks(setup, me),
        *_passed_elsewhere(setup),
        *_leavings(setup, me),
    )
    return tuple(Finding(path, standing, sentence, cure) for standing, sentence, cure in said)


Said = tuple[Standing, str, str]


def _role(setup: Setup) -> Iterator[Said]:
    if setup.role < DEVELOPER:
        yield (
            Standing.OPEN,
            "The bot's user may not set the gate: its role is below Developer.",
            "give the bot's user the role Developer, or Maintainer where branches are protected",
        )


def _pipelines(setup: Setup) -> Iterator[Said]:
    project = setup.project
    if not project.get("only_allow_merge_if_pipeline_succeeds"):
        yield (
            Standing.OPEN,
            "The gate only advises: a merge request may be merged whatever its pipeline says.",
            f"switch on {MERGE_CHECKS} → Pipelines must succeed",
        )
    elif project.get("allow_merge_on_skipped_pipeline"):
        yield (
            Standing.OPEN,
            "A skipped pipeline counts as passed, with the gate in it.",
            f"switch off {MERGE_CHECKS} → Skipped pipelines are considered successful",
        )
    else:
        yield Standing.HOLDS, "A merge request waits for its newest pipeline, with the gate.", ""
    if project.get("merge_pipelines_enabled"):
        yield (
            Standing.HOLDS,
            "Merged results and merge trains get the gate on the pipelines that they run.",
            "",
        )


def _locks(setup: Setup, me: Account) -> Iterator[Said]:
    """The locks that nobody but us can turn."""
    rule, check = _names_us(setup, me), _waits_for_us(setup)
    if rule:
        yield Standing.HOLDS, f"The approval rule “{rule}” waits for {me.login}.", ""
    if check:
        yield Standing.HOLDS, "The external status check waits for Countersign.", ""
    if rule or check:
        return
    if setup.rules is None or setup.checks is None:
        yield (
            Standing.NOTE,
            "Approval rules or status checks may be there, but the bot may not look at them.",
            "give the bot's user the role Maintainer",
        )
    yield (
        Standing.OPEN,
        (
            f"GitLab {setup.tier.name}: every developer may set a commit status, and so the gate; "
            "a pipeline that ends before the gate reaches it passes without, and so does one that "
            "runs in a fork."
        ),
        _cure(setup, me),
    )


def _passed_elsewhere(setup: Setup) -> Iterator[Said]:
    """A status stands on a commit of a branch, whatever it is merged into.

    A merge train makes a commit of its own, on which nothing was said yet.
    """
    if setup.project.get("merge_trains_enabled"):
        yield Standing.HOLDS, "What a merge train merges waits for a gate of its own commit.", ""
        return
    yield (
        Standing.NOTE,
        (
            "A merge request retargeted with a head that has passed stands open until its delivery "
            "is read: within a second, or five minutes where the delivery is lost."
        ),
        "switch on Settings → Merge requests → Enable merge trains"
        if setup.tier.approval_rules
        else "protect the branches so that few may retarget and merge into them",
    )


def _names_us(setup: Setup, me: Account) -> str | None:
    rules = (one for one in setup.rules or () if one.get("approvals_required", 0) > 0)
    named = (str(one["name"]) for one in rules if is_ours_alone(one, me))
    return next(named, None)


def _waits_for_us(setup: Setup) -> bool:
    ours = any(one["name"].lower() == GATE for one in setup.checks or ())
    return ours and bool(setup.project.get("only_allow_merge_if_all_status_checks_passed"))


def _cure(setup: Setup, me: Account) -> str:
    rule = (
        f"add an approval rule with {me.login} as its only approver (Settings → Merge requests → "
        "Merge request approvals)"
    )
    if setup.tier.status_checks:
        return (
            f"add an external status check called Countersign and switch on {MERGE_CHECKS} → "
            f"Status checks must succeed; or {rule}"
        )
    if setup.tier.approval_rules:
        return rule
    return "Free has no lock of its own: protect the branch so that few may merge into it"


def _leavings(setup: Setup, me: Account) -> Iterator[Said]:
    """What becomes of approvals of a commit that was left, and of further reviewers."""
    if setup.clears_on_push:
        yield Standing.HOLDS, "GitLab clears approvals when commits are added.", ""
    elif is_token_bot(me.login):
        yield (
            Standing.NOTE,
            (
                "Approvals of a commit that was left are cleared by the bot, all at once, where it "
                "may approve itself."
            ),
            "",
        )
    else:
        yield (
            Standing.NOTE,
            (
                "Approvals of a commit that was left stay visible on GitLab, though they count no "
                "more: only the user of a project or group access token may clear them."
            ),
            "use such a token, or switch on Remove all approvals when commits are added (Premium)",
        )
    if not setup.tier.approval_rules:
        yield (
            Standing.NOTE,
            "One reviewer only fits on a merge request: further people are asked in Slack alone.",
            "",
        )
