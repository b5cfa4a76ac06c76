"""Which pipeline stands for a head: what GitLab itself says, and nothing guessed."""

from __future__ import annotations

import pytest

from bot.errors import Refused, Retryable
from bot.forges.gitlab.adapter import GitLab
from routing.effects import GateState, SetGate
from routing.model import Pipeline, Ref
from tests.standins.gitlab.site import GitLabStandIn


@pytest.fixture
def iid(gitlab: GitLabStandIn) -> int:
    gitlab.settings |= {"merge_pipelines_enabled": True, "merge_trains_enabled": True}
    return gitlab.open_merge_request("ana", "feat", files={"a.py": "1\n"})


def ref_to(iid: int) -> Ref:
    return Ref("gitlab", "acme/shop", iid)


async def pipeline_of(adapter: GitLab, iid: int) -> Pipeline | None:
    return (await adapter.change(ref_to(iid))).pipeline


async def test_before_anything_runs_there_is_none(adapter: GitLab, iid: int) -> None:
    assert await pipeline_of(adapter, iid) is None


async def test_what_holds_nothing_but_statuses_is_none(
    gitlab: GitLabStandIn, adapter: GitLab, iid: int
) -> None:
    gitlab.set_status(gitlab.head(iid), "success", by="bo", ref="feat")
    assert await pipeline_of(adapter, iid) is None


async def test_the_newest_of_a_branch_stands_for_its_head(
    gitlab: GitLabStandIn, adapter: GitLab, iid: int
) -> None:
    gitlab.start_pipeline(iid)
    newest = gitlab.start_pipeline(iid)
    assert await pipeline_of(adapter, iid) == Pipeline(str(newest.id), gitlab.head(iid))


async def test_a_pipeline_of_the_merge_request_goes_before_its_branchs(
    gitlab: GitLabStandIn, adapter: GitLab, iid: int
) -> None:
    own = gitlab.start_merge_request_pipeline(iid)
    gitlab.start_pipeline(iid)
    assert await pipeline_of(adapter, iid) == Pipeline(str(own.id), gitlab.head(iid))


async def test_what_runs_on_merged_results_goes_before_what_runs_on_the_branch(
    gitlab: GitLabStandIn, adapter: GitLab, iid: int
) -> None:
    merged = gitlab.start_merged_results(iid)
    gitlab.start_pipeline(iid)
    assert await pipeline_of(adapter, iid) == Pipeline(str(merged.id), merged.sha)


async def test_a_train_goes_before_the_merged_results_it_began_with(
    gitlab: GitLabStandIn, adapter: GitLab, iid: int
) -> None:
    gitlab.start_merged_results(iid)
    train = gitlab.board_train(iid, squashed=True)
    assert await pipeline_of(adapter, iid) == Pipeline(str(train.id), train.sha)


@pytest.mark.parametrize(
    "begins",
    ["start_pipeline", "start_merge_request_pipeline", "start_merged_results", "board_train"],
)
async def test_what_ran_for_a_head_that_was_left_stands_for_none(
    gitlab: GitLabStandIn, adapter: GitLab, iid: int, begins: str
) -> None:
    left = getattr(gitlab, begins)(iid)
    gitlab.push(iid, {"a.py": "2\n"}, "ana")
    assert gitlab.stored_pipeline(gitlab.merge_requests[iid]) is left  # REST still shows it
    assert await pipeline_of(adapter, iid) is None


async def test_while_graphql_finds_fault_nothing_is_guessed(
    gitlab: GitLabStandIn, adapter: GitLab, iid: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    gitlab.start_merged_results(iid)
    monkeypatch.setattr("bot.forges.gitlab.pipelines.HEAD_PIPELINE", "query { somethingElse }")
    with pytest.raises(Retryable, match="made no sense"):
        await adapter.change(ref_to(iid))


async def test_a_refusal_of_graphql_is_a_refusal(
    gitlab: GitLabStandIn, adapter: GitLab, iid: int
) -> None:
    gitlab.start_merged_results(iid)
    gitlab.faults.failures.append(("POST", 401))
    with pytest.raises(Refused, match="GITLAB_TOKEN"):
        await adapter.change(ref_to(iid))


async def test_a_made_commit_without_a_pipeline_needs_no_gate(
    gitlab: GitLabStandIn, adapter: GitLab, iid: int
) -> None:
    made = gitlab.start_merged_results(iid)
    gitlab.pipelines.remove(made)
    gate = SetGate(
        ref_to(iid), made.sha, "main", GateState.PENDING, "Waiting.", head=gitlab.head(iid)
    )
    assert await adapter.set_gate(gate)
    assert gitlab.statuses == []
