"""The gate on GitLab: on the newest pipeline, with the further locks of each tier."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.errors import Retryable
from bot.forges.gitlab.adapter import GitLab, open_gitlab
from routing.effects import GateState, SetGate
from routing.model import Ref
from tests.standins.gitlab.site import GitLabStandIn
from tests.standins.gitlab.state import Tier

SHOP = "acme/shop"
TOKEN_BOT = "project_7_bot_0a1b"


@pytest.fixture
async def iid(gitlab: GitLabStandIn) -> int:
    return gitlab.open_merge_request("ana", "feat", files={"a": "1"})


@pytest.fixture
async def token_bot(gitlab: GitLabStandIn) -> AsyncIterator[GitLab]:
    """Countersign with the token of a project, whose user may clear approvals."""
    gitlab.tokens["glpat-of-the-project"] = gitlab.add_person(TOKEN_BOT)
    adapter = open_gitlab([SHOP], token="glpat-of-the-project", url=gitlab.url)
    yield adapter
    await adapter.close()


def gate_of(
    gitlab: GitLabStandIn, iid: int, state: GateState = GateState.SUCCESS, text: str = "Fine."
) -> SetGate:
    return SetGate(Ref("gitlab", SHOP, iid), gitlab.head(iid), "main", state, text)


# --- the status


async def test_other_words_while_it_waits_are_shown(
    gitlab: GitLabStandIn, adapter: GitLab, iid: int
) -> None:
    for text in ("needs dana", "needs omar", "needs kim"):
        assert await adapter.set_gate(gate_of(gitlab, iid, GateState.PENDING, text))
        assert (gitlab.gate(iid), gitlab.gate_description(iid)) == ("pending", text)


async def test_it_hangs_on_the_pipeline_that_runs_for_the_head(
    gitlab: GitLabStandIn, adapter: GitLab, iid: int
) -> None:
    running = gitlab.start_pipeline(iid)
    assert await adapter.set_gate(gate_of(gitlab, iid))
    assert [status.pipeline for status in gitlab.statuses] == [running]


async def test_after_a_new_pipeline_the_same_gate_is_set_there_too(
    gitlab: GitLabStandIn, adapter: GitLab, iid: int
) -> None:
    pending = gate_of(gitlab, iid, GateState.PENDING)
    assert await adapter.set_gate(pending)
    gitlab.start_pipeline(iid)
    assert gitlab.gate(iid) is None  # GitLab would let it pass
    assert await adapter.set_gate(pending)
    assert gitlab.gate(iid) == "pending"


async def test_a_change_from_a_fork_shows_its_gate_on_its_own_ref_which_holds_nothing(
    gitlab: GitLabStandIn, adapter: GitLab, iid: int
) -> None:
    gitlab.merge_requests[iid].from_fork = True
    for state in (GateState.PENDING, GateState.SUCCESS):
        assert await adapter.set_gate(gate_of(gitlab, iid, state))
    assert {status.ref for status in gitlab.statuses} == {f"refs/merge-requests/{iid}/head"}
    assert gitlab.gate(iid) is None  # GitLab looks at the fork's pipelines


async def test_a_change_from_a_fork_has_its_gate_on_the_pipeline_that_a_member_runs_for_it(
    gitlab: GitLabStandIn, adapter: GitLab, iid: int
) -> None:
    gitlab.merge_requests[iid].from_fork = True
    gitlab.start_merge_request_pipeline(iid)
    for state in (GateState.PENDING, GateState.SUCCESS):
        assert await adapter.set_gate(gate_of(gitlab, iid, state))
        assert gitlab.gate(iid) == state.value


async def test_the_same_status_by_somebody_else_is_not_ours(
    gitlab: GitLabStandIn, adapter: GitLab, iid: int
) -> None:
    head = gitlab.head(iid)
    gitlab.set_status(head, "success", by="bo", ref="feat", description="Fine.")
    assert await adapter.set_gate(gate_of(gitlab, iid))
    assert gitlab.statuses[-1].author is gitlab.bot


async def test_a_success_by_somebody_else_is_overruled(
    gitlab: GitLabStandIn, adapter: GitLab, iid: int
) -> None:
    pending = gate_of(gitlab, iid, GateState.PENDING)
    assert await adapter.set_gate(pending)
    gitlab.set_status(gitlab.head(iid), "success", by="ana", ref="feat", description="Fine.")
    assert await adapter.set_gate(pending)
    assert gitlab.gate(iid) == "pending"


async def test_a_shut_gate_is_set_for_every_branch_that_offers_the_commit(
    gitlab: GitLabStandIn, adapter: GitLab, iid: int
) -> None:
    gitlab.branch("same", "feat")
    other = gitlab.open_merge_request("bo", "same")
    assert await adapter.set_gate(gate_of(gitlab, iid, GateState.PENDING))
    assert gitlab.gate(other) == "pending"


async def test_a_gate_is_opened_for_another_branch_only_once_that_was_looked_at(
    gitlab: GitLabStandIn, adapter: GitLab, iid: int
) -> None:
    gitlab.branch("same", "feat")
    other = gitlab.open_merge_request("bo", "same")
    assert await adapter.set_gate(gate_of(gitlab, iid))
    assert gitlab.gate(other) is None
    assert await adapter.set_gate(gate_of(gitlab, iid, GateState.PENDING))
    assert await adapter.set_gate(gate_of(gitlab, iid))
    assert gitlab.gate(other) == "success"


# --- an approval rule that names the bot (Premium)


async def test_a_rule_that_names_the_bot_gets_its_approval_of_exactly_this_head(
    gitlab: GitLabStandIn, adapter: GitLab, iid: int
) -> None:
    gitlab.require_approval_of("countersign-bot")
    assert await adapter.set_gate(gate_of(gitlab, iid))
    assert gitlab.approved(iid) == {"countersign-bot"}


async def test_where_no_rule_names_the_bot_it_never_approves(
    gitlab: GitLabStandIn, adapter: GitLab, iid: int
) -> None:
    gitlab.require_approval_of("bo")
    assert await adapter.set_gate(gate_of(gitlab, iid))
    assert gitlab.approved(iid) == set()


async def test_where_its_approval_would_stand_for_a_persons_it_never_approves(
    gitlab: GitLabStandIn, adapter: GitLab, iid: int
) -> None:
    gitlab.require_approval_of("countersign-bot", "bo")
    gitlab.require_approval_of("countersign-bot", kind="code_owner")
    assert await adapter.set_gate(gate_of(gitlab, iid))
    assert gitlab.approved(iid) == set()


async def test_when_the_gate_shuts_the_bot_takes_its_approval_back(
    gitlab: GitLabStandIn, adapter: GitLab, iid: int
) -> None:
    gitlab.require_approval_of("countersign-bot")
    assert await adapter.set_gate(gate_of(gitlab, iid))
    gitlab.approve(iid, "bo")
    assert await adapter.set_gate(gate_of(gitlab, iid, GateState.PENDING))
    assert gitlab.approved(iid) == {"bo"}


async def test_a_push_between_status_and_approval_is_not_approved(
    gitlab: GitLabStandIn, adapter: GitLab, iid: int
) -> None:
    gitlab.require_approval_of("countersign-bot")
    gate = gate_of(gitlab, iid)

    def push(_method: str, path: str) -> None:
        if path.endswith("/approval_state"):
            gitlab.push(iid, {"a": "2"}, "ana")

    gitlab.faults.meanwhile = push
    with pytest.raises(Exception, match="409"):
        await adapter.set_gate(gate)
    assert gitlab.approved(iid) == set()


# --- approvals that no longer count


async def test_a_token_bot_clears_approvals_of_a_head_that_was_left(
    gitlab: GitLabStandIn, token_bot: GitLab, iid: int
) -> None:
    gitlab.approve(iid, "bo")
    gitlab.push(iid, {"a": "2"}, "ana")
    assert await token_bot.set_gate(gate_of(gitlab, iid, GateState.PENDING))
    assert gitlab.approved(iid) == set()


@pytest.mark.parametrize("refusal", [401, 404])
async def test_where_it_may_not_clear_approvals_the_gate_is_set_all_the_same(
    gitlab: GitLabStandIn, token_bot: GitLab, iid: int, refusal: int
) -> None:
    gitlab.approve(iid, "bo")
    gitlab.push(iid, {"a": "2"}, "ana")
    gitlab.faults.failures.append(("PUT", refusal))
    assert await token_bot.set_gate(gate_of(gitlab, iid, GateState.PENDING))
    assert (gitlab.gate(iid), gitlab.approved(iid)) == ("pending", {"bo"})


async def test_an_outage_while_it_clears_approvals_is_tried_again(
    gitlab: GitLabStandIn, token_bot: GitLab, iid: int
) -> None:
    gitlab.approve(iid, "bo")
    gitlab.push(iid, {"a": "2"}, "ana")
    gitlab.faults.failures.append(("PUT", 502))
    with pytest.raises(Retryable):
        await token_bot.set_gate(gate_of(gitlab, iid, GateState.PENDING))


async def test_approvals_are_left_where_one_of_them_may_still_count(
    gitlab: GitLabStandIn, token_bot: GitLab, iid: int
) -> None:
    gitlab.approve(iid, "bo")
    gitlab.push(iid, {"a": "2"}, "ana")
    gitlab.approve(iid, "cy")
    assert await token_bot.set_gate(gate_of(gitlab, iid, GateState.PENDING))
    assert gitlab.approved(iid) == {"bo", "cy"}


async def test_a_person_as_bot_cannot_clear_others_approvals_and_does_not_try(
    gitlab: GitLabStandIn, adapter: GitLab, iid: int
) -> None:
    gitlab.approve(iid, "bo")
    gitlab.push(iid, {"a": "2"}, "ana")
    assert await adapter.set_gate(gate_of(gitlab, iid, GateState.PENDING))
    assert gitlab.approved(iid) == {"bo"}


# --- external status checks (Ultimate)


@pytest.mark.parametrize(
    ("state", "shown"),
    [(GateState.SUCCESS, "passed"), (GateState.FAILURE, "failed")],
)
async def test_the_external_check_of_our_name_says_what_the_gate_says(
    gitlab: GitLabStandIn, adapter: GitLab, iid: int, state: GateState, shown: str
) -> None:
    gitlab.tier = "ultimate"
    ours, theirs = gitlab.add_external_check(), gitlab.add_external_check("Licences")
    assert await adapter.set_gate(gate_of(gitlab, iid, state))
    assert gitlab.merge_requests[iid].checks == {ours: shown}
    assert theirs not in gitlab.merge_requests[iid].checks


async def test_a_passed_check_is_taken_back(
    gitlab: GitLabStandIn, adapter: GitLab, iid: int
) -> None:
    gitlab.tier = "ultimate"
    ours = gitlab.add_external_check()
    assert await adapter.set_gate(gate_of(gitlab, iid))
    assert await adapter.set_gate(gate_of(gitlab, iid, GateState.PENDING))
    assert gitlab.merge_requests[iid].checks == {ours: "pending"}


@pytest.mark.parametrize("tier", ["free", "premium"])
async def test_a_tier_is_not_asked_for_what_it_lacks(
    gitlab: GitLabStandIn, adapter: GitLab, iid: int, tier: Tier
) -> None:
    gitlab.tier = tier
    assert await adapter.set_gate(gate_of(gitlab, iid))
    assert not [path for _, path in gitlab.requests if "status_check" in path]


# --- reviewers where one is all there may be (Free)


async def test_a_free_gitlab_asks_the_first_and_says_who_is_left_out(
    gitlab: GitLabStandIn, adapter: GitLab, iid: int
) -> None:
    gitlab.tier = "free"
    left = await adapter.request_reviewers(Ref("gitlab", SHOP, iid), ["bo", "cy"])
    assert (gitlab.requested(iid), left) == ({"bo"}, ("cy",))


async def test_the_one_place_does_not_stay_empty_for_one_who_cannot_be_asked(
    gitlab: GitLabStandIn, adapter: GitLab, iid: int
) -> None:
    gitlab.tier = "free"
    left = await adapter.request_reviewers(Ref("gitlab", SHOP, iid), ["dee", "cy"])
    assert (gitlab.requested(iid), left) == ({"cy"}, ("dee",))


async def test_whoever_holds_the_one_place_keeps_it(
    gitlab: GitLabStandIn, adapter: GitLab, iid: int
) -> None:
    gitlab.tier = "free"
    gitlab.ask(iid, "bo")
    left = await adapter.request_reviewers(Ref("gitlab", SHOP, iid), ["cy"])
    assert (gitlab.requested(iid), left) == ({"bo"}, ("cy",))


async def test_withdrawing_the_last_reviewer_leaves_none(
    gitlab: GitLabStandIn, adapter: GitLab, iid: int
) -> None:
    gitlab.ask(iid, "bo")
    await adapter.withdraw_reviewers(Ref("gitlab", SHOP, iid), ["BO"])
    assert gitlab.requested(iid) == set()


# --- the conversation


async def test_what_asks_for_an_answer_opens_a_thread(
    gitlab: GitLabStandIn, adapter: GitLab, iid: int
) -> None:
    ref = Ref("gitlab", SHOP, iid)
    for key, thread in (("changes-1", True), ("trailer", False), ("changes-1", True)):
        await adapter.comment(ref, "Please.", key, thread=thread)
    notes = gitlab.merge_requests[iid].notes
    assert [note.resolvable for note in notes] == [True, False]
