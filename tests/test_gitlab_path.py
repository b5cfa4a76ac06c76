"""The whole path on GitLab: a merge request in, a signed-off gate out; and both forges at once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

from bot.forges.base import Forge
from bot.forges.gitlab.adapter import open_gitlab
from bot.forges.gitlab.webhooks import GitLabHook
from bot.forges.hooks import Hook
from tests.both_forges import BothForges
from tests.standins.gitlab.site import GitLabStandIn
from tests.world import PEOPLE, POLICY

PAYMENT = {"payments/refund.py": "x = 1\n"}
AI_MESSAGE = "Retry refunds\n\n🤖 Generated with [Claude Code](https://claude.com/claude-code)"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[BothForges]:
    async with BothForges(tmp_path) as world:
        yield world


async def test_an_opened_merge_request_gets_a_pending_gate_that_names_what_is_missing(
    world: BothForges,
) -> None:
    iid = await world.opens_on_gitlab("ana", PAYMENT, message=AI_MESSAGE)
    assert world.gitlab.gate(iid) == "pending"
    assert "tenure ≥ 5 y, or expert in payments" in str(world.gitlab.gate_description(iid))
    assert world.gitlab.requested(iid) == {"omar.d"}


async def test_a_qualified_click_opens_the_gate(world: BothForges) -> None:
    iid = await world.opens_on_gitlab("ana", PAYMENT, message=AI_MESSAGE)
    await world.approves("dana")
    assert world.gitlab.gate(iid) == "success"
    assert world.gitlab.gate_description(iid) == "approved by Dana Ng"


async def test_a_qualified_approval_on_gitlab_opens_the_gate(world: BothForges) -> None:
    iid = await world.opens_on_gitlab("ana", PAYMENT, message=AI_MESSAGE)
    await world.approves_on_gitlab("omar", iid)
    assert world.gitlab.gate(iid) == "success"


async def test_an_unqualified_approval_on_gitlab_leaves_the_gate_shut(world: BothForges) -> None:
    iid = await world.opens_on_gitlab("ana", PAYMENT, message=AI_MESSAGE)
    await world.approves_on_gitlab("kim", iid)
    assert world.gitlab.gate(iid) == "pending"


async def test_a_push_after_approval_shuts_the_gate_and_clears_the_approval(
    world: BothForges,
) -> None:
    iid = await world.opens_on_gitlab("ana", PAYMENT, message=AI_MESSAGE)
    await world.approves_on_gitlab("omar", iid)
    await world.pushes_to_gitlab("ana", iid, {"payments/refund.py": "x = 2\n"})
    assert world.gitlab.gate(iid) == "pending"
    assert world.gitlab.approved(iid) == set()
    assert "no longer counts" in "\n".join(world.thread())


async def test_an_approval_taken_back_shuts_the_gate(world: BothForges) -> None:
    iid = await world.opens_on_gitlab("ana", PAYMENT)
    await world.approves_on_gitlab("dana", iid)
    assert world.gitlab.gate(iid) == "success"
    world.gitlab.unapprove(iid, "dana.ng")
    await world.settled()
    assert world.gitlab.gate(iid) == "pending"


async def test_a_retarget_shuts_the_gate_of_the_same_head(world: BothForges) -> None:
    world.gitlab.branch("release")
    iid = await world.opens_on_gitlab("ana", {"docs/a.md": "x\n"})
    await world.approves("dana")
    assert world.gitlab.gate(iid) == "success"
    world.gitlab.retarget(iid, "release")
    await world.settled()
    assert world.gitlab.gate(iid) == "pending"


async def test_an_approval_and_a_retarget_before_the_first_look_open_nothing(
    world: BothForges,
) -> None:
    world.gitlab.branch("release")
    world.gitlab.hooks.automatic = False  # nobody tells, nobody looks
    iid = world.gitlab.open_merge_request(
        "ana.ito", "feat", target="release", files={"docs/a.md": "x"}
    )
    world.gitlab.approve(iid, "dana.ng")
    world.gitlab.retarget(iid, "main")
    await world.pass_time(minutes=5)
    assert world.gitlab.gate(iid) == "pending"
    world.gitlab.hooks.automatic = True
    world.gitlab.unapprove(iid, "dana.ng")
    await world.approves_on_gitlab("dana", iid)
    assert world.gitlab.gate(iid) == "success"


async def test_a_request_for_changes_on_gitlab_holds_the_gate(world: BothForges) -> None:
    iid = await world.opens_on_gitlab("ana", PAYMENT)
    world.gitlab.request_changes(iid, "dana.ng")
    await world.settled()
    assert world.gitlab.gate(iid) == "failure"
    await world.approves_on_gitlab("dana", iid)
    assert world.gitlab.gate(iid) == "success"


async def test_requested_changes_in_slack_open_a_thread_on_the_merge_request(
    world: BothForges,
) -> None:
    iid = await world.opens_on_gitlab("ana", PAYMENT)
    await world.clicks("dana", "request_changes")
    await world.submits("dana", comment="Use the key\n/approve @kim.roy")
    (note,) = (one for one in world.gitlab.merge_requests[iid].notes if not one.system)
    assert note.resolvable
    assert "Use the key" in note.body
    assert "\n/approve" not in note.body  # no quick action of GitLab's
    assert "@kim" not in note.body


async def test_when_somebody_declines_the_one_place_of_a_free_gitlab_goes_to_the_next(
    world: BothForges,
) -> None:
    world.gitlab.tier = "free"
    iid = await world.opens_on_gitlab("ana", PAYMENT, message=AI_MESSAGE)
    assert world.gitlab.requested(iid) == {"omar.d"}
    await world.clicks("omar", "decline")
    await world.submits("omar", reason="busy")
    assert world.gitlab.requested(iid) == {"dana.ng"}


async def test_a_new_pipeline_of_the_same_head_gets_the_gate_too(world: BothForges) -> None:
    iid = await world.opens_on_gitlab("ana", PAYMENT)
    world.gitlab.start_pipeline(iid)
    assert world.gitlab.gate(iid) is None
    await world.settled()
    await world.settled()
    assert world.gitlab.gate(iid) == "pending"


async def test_a_policy_pushed_to_the_default_branch_is_in_force_at_once(
    world: BothForges,
) -> None:
    iid = await world.opens_on_gitlab("ana", PAYMENT)
    world.gitlab.write_file("main", ".countersign.yml", "rules: 7\n")
    for _ in range(3):
        await world.settled()
    assert world.gitlab.gate(iid) == "failure"
    assert ".countersign.yml:1" in str(world.gitlab.gate_description(iid))


async def test_a_policy_in_the_change_itself_changes_nothing(world: BothForges) -> None:
    iid = await world.opens_on_gitlab("ana", {**PAYMENT, ".countersign.yml": "rules: 7\n"})
    await world.approves_on_gitlab("dana", iid)
    assert world.gitlab.gate(iid) == "success"


async def test_a_recycled_username_is_a_stranger(world: BothForges) -> None:
    iid = await world.opens_on_gitlab("ana", PAYMENT)
    await world.approves_on_gitlab("dana", iid)
    world.gitlab.unapprove(iid, "dana.ng")
    world.gitlab.rename_person("dana.ng", "dana.old")
    world.gitlab.add_person("dana.ng", email="mallory@example.com")
    await world.approves_on_gitlab("dana", iid)
    assert world.gitlab.gate(iid) == "pending"


async def test_a_merged_merge_request_is_at_rest(world: BothForges) -> None:
    iid = await world.opens_on_gitlab("ana", PAYMENT)
    await world.approves("dana")
    world.gitlab.merge(iid, "ana.ito")
    await world.settled()
    assert "Merged." in world.text(world.card())
    assert (await world.gitlab_kinds(iid))[-1] == "merged"


# --- code owners by GitLab's rules

OWNERS = """\
^[Docs]
*.md @kim.roy

[Payments][2]
/payments/ @dana.ng @omar.d
"""


async def test_a_section_is_asked_for_as_many_of_its_owners_as_it_says(tmp_path: Path) -> None:
    policy = POLICY.replace("rules:", "codeowners: require\nrules:", 1)
    async with BothForges(tmp_path, policy=policy) as world:
        world.gitlab.write_file("main", ".gitlab/CODEOWNERS", OWNERS)
        iid = await world.opens_on_gitlab("ana", {**PAYMENT, "payments/a.md": "x\n"})
        await world.approves_on_gitlab("omar", iid)
        assert world.gitlab.gate(iid) == "pending"
        await world.approves_on_gitlab("dana", iid)
        assert world.gitlab.gate(iid) == "success"


async def test_an_optional_section_is_not_waited_for(tmp_path: Path) -> None:
    policy = POLICY.replace("rules:", "codeowners: require\nrules:", 1)
    async with BothForges(tmp_path, policy=policy) as world:
        world.gitlab.write_file("main", ".gitlab/CODEOWNERS", OWNERS)
        iid = await world.opens_on_gitlab("ana", {"docs/a.md": "x\n"})
        await world.approves_on_gitlab("omar", iid)
        assert world.gitlab.gate(iid) == "success"


# --- everything speaks of each forge in its own words


async def test_each_forges_words_are_used_wherever_people_read(world: BothForges) -> None:
    iid = await world.opens_on_gitlab("ana", PAYMENT, message=AI_MESSAGE)
    assert world.text(world.card()).startswith("shop!1 · Retry refunds")
    assert "shop!1" in world.dms("omar")[-1]
    await world.approves_on_gitlab("omar", iid)
    assert world.thread()[-1].startswith("Omar Diaz approved")
    assert "on GitLab." in "\n".join(world.thread())
    await world.opens("ana", PAYMENT, message=AI_MESSAGE)
    assert world.text(world.card()).startswith("shop#1 · Retry refunds")


# --- lost deliveries, outages and limits, on both


async def test_what_no_delivery_told_is_found_within_five_minutes(world: BothForges) -> None:
    world.gitlab.hooks.url = world.github.hooks.url = None
    iid = await world.opens_on_gitlab("ana", PAYMENT)
    number = await world.opens("ana", PAYMENT)
    assert (world.gitlab.gate(iid), world.github.gate(number)) == (None, None)
    await world.pass_time(minutes=5)
    await world.settled()
    assert (world.gitlab.gate(iid), world.github.gate(number)) == ("pending", "pending")


async def test_an_outage_of_one_forge_holds_up_nothing_on_the_other(world: BothForges) -> None:
    world.gitlab.faults.down = True
    number = await world.opens("ana", PAYMENT)
    await world.approves("dana")
    assert world.github.gate(number) == "success"


async def test_after_an_outage_everything_is_made_up_for(world: BothForges) -> None:
    iid = await world.opens_on_gitlab("ana", PAYMENT)
    number = await world.opens("ana", PAYMENT)
    world.gitlab.faults.down = world.github.down = True
    for card in world.cards():
        await world.clicks("dana", "approve", card)
    world.gitlab.faults.down = world.github.down = False
    await world.pass_time(minutes=10)
    await world.settled()
    assert (world.gitlab.gate(iid), world.github.gate(number)) == ("success", "success")


async def test_a_rate_limit_is_waited_for_as_long_as_the_forge_says(world: BothForges) -> None:
    world.gitlab.rate_limited(retry_after=60)
    world.github.rate_limited(retry_after=60)
    iid = await world.opens_on_gitlab("ana", PAYMENT)
    number = await world.opens("ana", PAYMENT)
    del world.gitlab.requests[:], world.github.requests[:]
    await world.pass_time(seconds=57)
    assert "/projects/acme/shop/merge_requests/1" not in [path for _, path in world.gitlab.requests]
    assert "/repos/acme/shop/pulls/1" not in [path for _, path in world.github.requests]
    world.gitlab.rate_limited()
    world.github.rate_limited()
    await world.pass_time(seconds=3)
    assert (world.gitlab.gate(iid), world.github.gate(number)) == ("pending", "pending")


# --- one person on both


async def test_an_ask_on_one_forge_is_load_on_the_other(tmp_path: Path) -> None:
    busy = PEOPLE.replace("github: omar-d", "github: omar-d\n    max_open: 1")
    async with BothForges(tmp_path, people=busy) as world:
        iid = await world.opens_on_gitlab("ana", PAYMENT, message=AI_MESSAGE)
        assert world.gitlab.requested(iid) == {"omar.d"}
        number = await world.opens("ana", PAYMENT, message=AI_MESSAGE)
        assert world.github.requested(number) == {"dana-ng"}


async def test_nobody_approves_their_own_change_from_an_account_on_either_forge(
    world: BothForges,
) -> None:
    iid = await world.opens_on_gitlab("dana", PAYMENT)
    await world.approves_on_gitlab("dana", iid)
    await world.approves("dana")
    number = await world.opens("dana", PAYMENT)
    await world.reviews("dana", number, "APPROVE")
    assert (world.gitlab.gate(iid), world.github.gate(number)) == ("pending", "pending")


async def test_who_is_away_is_asked_on_neither(tmp_path: Path) -> None:
    away = PEOPLE.replace(
        "github: omar-d", "github: omar-d\n    away: [{from: 2026-11-01, to: 2026-11-30}]"
    )
    async with BothForges(tmp_path, people=away) as world:
        iid = await world.opens_on_gitlab("ana", PAYMENT, message=AI_MESSAGE)
        number = await world.opens("ana", PAYMENT, message=AI_MESSAGE)
        assert world.gitlab.requested(iid) == {"dana.ng"}
        assert world.github.requested(number) == {"dana-ng"}


# --- two GitLabs at once


class TwoGitLabs(BothForges):
    """A second GitLab beside the first; on it the username `dana.ng` is Kim's."""

    def __init__(self, folder: Path, *, policy: str = POLICY, teams: str = "") -> None:
        people = PEOPLE.replace("gitlab: kim.roy", "logins: {gitlab-2: dana.ng}")
        super().__init__(folder, policy=policy, people=f"{people}\n{teams}")
        self.second = GitLabStandIn(now=self.gitlab.now)

    async def __aenter__(self) -> Self:
        await self.second.__aenter__()
        self.second.add_person("ana.ito", email="ana@example.com")
        self.second.add_person("dana.ng", email="kim@example.com")
        return await super().__aenter__()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await super().__aexit__(kind, error, trace)
        await self.second.__aexit__(kind, error, trace)

    def open_forges(self) -> list[tuple[Forge, Hook]]:
        path = self.second.path
        forge = open_gitlab([path], token=self.second.token, url=self.second.url, name="gitlab-2")
        return [*super().open_forges(), (forge, GitLabHook("gitlab-2", ["a token"], [path]))]

    def connect_hooks(self) -> None:
        super().connect_hooks()
        self.second.hooks_to(f"{self.url}/webhooks/gitlab-2", "a token", automatic=True)

    async def settled(self) -> None:
        await self.second.quiet()
        await super().settled()


async def test_the_same_username_on_another_host_is_whoever_has_it_there(tmp_path: Path) -> None:
    async with TwoGitLabs(tmp_path) as world:
        first = await world.opens_on_gitlab("ana", PAYMENT)
        other = world.second.open_merge_request("ana.ito", "feature", files=PAYMENT)
        await world.settled()
        for gitlab, iid in ((world.gitlab, first), (world.second, other)):
            gitlab.approve(iid, "dana.ng")
        await world.settled()
        await world.settled()
        assert world.gitlab.gate_description(first) == "approved by Dana Ng"
        assert world.second.gate_description(other) == "approved by Kim Roy"


async def test_a_group_of_another_host_is_the_team_that_it_is_there(tmp_path: Path) -> None:
    policy = POLICY.replace("rules:", "codeowners: require\nrules:", 1)
    teams = "teams: {pay: {members: kim, gitlab: acme/pay, groups: {gitlab-2: beta/pay}}}\n"
    async with TwoGitLabs(tmp_path, policy=policy, teams=teams) as world:
        world.second.write_file("main", "CODEOWNERS", "/payments/ @beta/pay\n")
        iid = world.second.open_merge_request("ana.ito", "feature", files=PAYMENT)
        await world.settled()
        assert world.second.gate(iid) == "pending"
        world.second.approve(iid, "dana.ng")
        await world.settled()
        await world.settled()
        assert world.second.gate_description(iid) == "approved by Kim Roy"
