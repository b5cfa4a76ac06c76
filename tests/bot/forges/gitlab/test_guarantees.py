"""What each tier guarantees: what is open is said with its cure, and closing it closes it."""

from __future__ import annotations

import pytest

from bot.forges.gitlab.adapter import GitLab, open_gitlab
from bot.forges.guarantees import Finding, Guaranteeing, Standing
from tests.standins.gitlab.site import GitLabStandIn
from tests.standins.gitlab.state import MAINTAINER, REPORTER, Tier

SHOP = "acme/shop"


async def standing(adapter: GitLab, *words: str) -> Finding:
    """The one finding that has all these words."""
    found = await adapter.guarantees(SHOP)
    (one,) = (one for one in found if all(word in one.sentence for word in words))
    return one


async def open_ones(adapter: GitLab) -> list[str]:
    found = await adapter.guarantees(SHOP)
    assert all(one.cure for one in found if one.standing is Standing.OPEN)
    return [one.sentence for one in found if one.standing is Standing.OPEN]


def test_gitlab_can_tell_what_it_guarantees(adapter: GitLab) -> None:
    assert isinstance(adapter, Guaranteeing)


@pytest.mark.parametrize("tier", ["free", "premium", "ultimate"])
async def test_a_project_as_it_is_made_is_open(
    gitlab: GitLabStandIn, adapter: GitLab, tier: Tier
) -> None:
    gitlab.tier = tier
    advises, anybody = await open_ones(adapter)
    assert "only advises" in advises
    assert f"GitLab {tier.capitalize()}: every developer may set a commit status" in anybody


@pytest.mark.parametrize(
    ("tier", "cure"),
    [("free", "protect"), ("premium", "approval rule"), ("ultimate", "external status check")],
)
async def test_each_tier_has_its_own_cure(
    gitlab: GitLabStandIn, adapter: GitLab, tier: Tier, cure: str
) -> None:
    gitlab.tier = tier
    assert cure in (await standing(adapter, "every developer")).cure


async def test_what_passed_for_another_base_is_told_until_a_merge_train_closes_it(
    gitlab: GitLabStandIn, adapter: GitLab
) -> None:
    gitlab.tier = "premium"
    window = await standing(adapter, "retargeted with a head that has passed")
    assert window.standing is Standing.NOTE
    assert "merge trains" in window.cure
    gitlab.settings["merge_trains_enabled"] = True
    found = await adapter.guarantees(SHOP)
    assert not any("retargeted" in one.sentence for one in found)
    assert any("merge train merges waits" in one.sentence for one in found)


async def test_with_premium_a_rule_of_the_bots_own_closes_it(
    gitlab: GitLabStandIn, adapter: GitLab
) -> None:
    gitlab.settings["only_allow_merge_if_pipeline_succeeds"] = True
    gitlab.require_approval_of("countersign-bot")
    assert await open_ones(adapter) == []


async def test_a_rule_that_others_can_fulfil_closes_nothing(
    gitlab: GitLabStandIn, adapter: GitLab
) -> None:
    gitlab.settings["only_allow_merge_if_pipeline_succeeds"] = True
    gitlab.require_approval_of("countersign-bot", "bo")
    assert len(await open_ones(adapter)) == 1


async def test_with_ultimate_a_check_that_must_pass_closes_it(
    gitlab: GitLabStandIn, adapter: GitLab
) -> None:
    gitlab.tier, gitlab.bot.access = "ultimate", MAINTAINER
    gitlab.settings["only_allow_merge_if_pipeline_succeeds"] = True
    gitlab.add_external_check()
    assert len(await open_ones(adapter)) == 1  # it may still fail
    gitlab.settings["only_allow_merge_if_all_status_checks_passed"] = True
    assert await open_ones(adapter) == []


async def test_what_cannot_be_looked_at_is_not_taken_for_closed(
    gitlab: GitLabStandIn, adapter: GitLab
) -> None:
    gitlab.tier = "ultimate"
    gitlab.add_external_check()
    gitlab.settings["only_allow_merge_if_all_status_checks_passed"] = True
    assert "Maintainer" in (await standing(adapter, "may not look")).cure
    assert (await standing(adapter, "every developer")).standing is Standing.OPEN


async def test_a_skipped_pipeline_is_no_lock(gitlab: GitLabStandIn, adapter: GitLab) -> None:
    gitlab.settings["only_allow_merge_if_pipeline_succeeds"] = True
    gitlab.settings["allow_merge_on_skipped_pipeline"] = True
    assert (await standing(adapter, "skipped pipeline")).standing is Standing.OPEN


async def test_merged_results_and_merge_trains_carry_the_gate(
    gitlab: GitLabStandIn, adapter: GitLab
) -> None:
    gitlab.settings["merge_pipelines_enabled"] = True
    assert (await standing(adapter, "Merged results")).standing is Standing.HOLDS


async def test_the_ways_past_a_commit_status_are_said(adapter: GitLab) -> None:
    said = (await standing(adapter, "every developer")).sentence
    assert "ends before the gate reaches it" in said
    assert "runs in a fork" in said


async def test_a_role_that_may_not_set_the_gate_is_said_first(
    gitlab: GitLabStandIn, adapter: GitLab
) -> None:
    gitlab.bot.access = REPORTER
    assert "below Developer" in (await open_ones(adapter))[0]


async def test_who_clears_approvals_that_were_left_is_said(
    gitlab: GitLabStandIn, adapter: GitLab
) -> None:
    assert "only the user of a project" in (await standing(adapter, "stay visible")).sentence
    gitlab.settings["reset_approvals_on_push"] = True
    assert (await standing(adapter, "GitLab clears")).standing is Standing.HOLDS
    gitlab.settings.clear()
    gitlab.tokens["glpat-project"] = gitlab.add_person("project_7_bot_0a1b")
    bot = open_gitlab([SHOP], token="glpat-project", url=gitlab.url)
    assert (await standing(bot, "cleared by the bot")).standing is Standing.NOTE
    await bot.close()


async def test_free_says_that_one_reviewer_fits(gitlab: GitLabStandIn, adapter: GitLab) -> None:
    gitlab.tier = "free"
    assert (await standing(adapter, "One reviewer only")).standing is Standing.NOTE


async def test_the_calls_left_are_told(adapter: GitLab) -> None:
    assert adapter.quota() is None
    await adapter.check()
    assert adapter.quota() == (1998, 2000)
