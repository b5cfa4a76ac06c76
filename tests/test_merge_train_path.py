"""GitLab's merged results and merge trains: the gate stands where GitLab looks before it merges."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.both_forges import BothForges

PAGE, OTHER = {"web/page.py": "x = 1\n"}, {"web/other.py": "y = 1\n"}


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[BothForges]:
    async with BothForges(tmp_path) as world:
        world.gitlab.settings |= {"merge_pipelines_enabled": True, "merge_trains_enabled": True}
        yield world


async def settled(world: BothForges) -> None:
    for _ in range(2):
        await world.settled()


# --- merged results


async def test_what_was_approved_passes_with_the_merged_results(world: BothForges) -> None:
    iid = await world.opens_on_gitlab("ana", PAGE)
    await world.approves_on_gitlab("dana", iid)
    pipeline = world.gitlab.start_merged_results(iid)
    assert world.gitlab.gate(iid) is None
    await settled(world)
    assert world.gitlab.gate(iid) == "success"
    assert not world.gitlab.pipeline_succeeded(iid)  # its own jobs are still running
    pipeline.status = "success"
    assert world.gitlab.pipeline_succeeded(iid)


async def test_what_was_not_approved_is_held_there_until_it_is(world: BothForges) -> None:
    iid = await world.opens_on_gitlab("ana", PAGE)
    world.gitlab.start_merged_results(iid).status = "success"
    await settled(world)
    assert world.gitlab.gate(iid) == "pending"
    assert not world.gitlab.pipeline_succeeded(iid)
    await world.approves_on_gitlab("dana", iid)
    assert world.gitlab.gate(iid) == "success"
    assert world.gitlab.pipeline_succeeded(iid)


async def test_an_approval_that_is_taken_back_shuts_the_merged_results_too(
    world: BothForges,
) -> None:
    iid = await world.opens_on_gitlab("ana", PAGE)
    await world.approves_on_gitlab("dana", iid)
    world.gitlab.start_merged_results(iid).status = "success"
    await settled(world)
    world.gitlab.unapprove(iid, "dana.ng")
    await settled(world)
    assert world.gitlab.gate(iid) == "pending"
    assert not world.gitlab.pipeline_succeeded(iid)


async def test_after_a_push_what_was_made_of_the_old_head_does_not_pass(
    world: BothForges,
) -> None:
    iid = await world.opens_on_gitlab("ana", PAGE)
    await world.approves_on_gitlab("dana", iid)
    old = world.gitlab.start_merged_results(iid)
    await settled(world)
    await world.pushes_to_gitlab("ana", iid, {"web/page.py": "x = 2\n"})
    await world.approves_on_gitlab("dana", iid)
    new = world.gitlab.start_merged_results(iid)
    await settled(world)
    assert world.gitlab.gate_on(old) == "failure"
    assert world.gitlab.gate_on(new) == "success"


async def test_a_pipeline_of_a_head_that_was_left_gets_no_gate(world: BothForges) -> None:
    iid = await world.opens_on_gitlab("ana", PAGE)
    world.gitlab.hooks.automatic = False
    old = world.gitlab.start_merged_results(iid)
    world.gitlab.push(iid, {"web/page.py": "x = 2\n"}, "ana.ito")
    world.gitlab.hooks.automatic = True
    await world.gitlab.deliver()
    await settled(world)
    await world.approves_on_gitlab("dana", iid)
    assert world.gitlab.gate(iid) == "success"
    assert world.gitlab.gate_on(old) is None


async def test_a_retarget_shuts_the_merged_results(world: BothForges) -> None:
    world.gitlab.branch("release")
    iid = await world.opens_on_gitlab("ana", {"docs/a.md": "x\n"})
    await world.approves_on_gitlab("dana", iid)
    pipeline = world.gitlab.start_merged_results(iid)
    await settled(world)
    assert world.gitlab.gate_on(pipeline) == "success"
    world.gitlab.retarget(iid, "release")
    await settled(world)
    assert world.gitlab.gate_on(pipeline) == "pending"


# --- merge trains


async def test_what_was_approved_rides_the_train(world: BothForges) -> None:
    iid = await world.opens_on_gitlab("ana", PAGE)
    await world.approves_on_gitlab("dana", iid)
    world.gitlab.board_train(iid).status = "success"
    await settled(world)
    assert world.gitlab.pipeline_succeeded(iid)


async def test_a_squashed_member_passes_though_its_commit_does_not_name_the_head(
    world: BothForges,
) -> None:
    iid = await world.opens_on_gitlab("ana", PAGE)
    await world.approves_on_gitlab("dana", iid)
    world.gitlab.board_train(iid, squashed=True).status = "success"
    await settled(world)
    assert world.gitlab.pipeline_succeeded(iid)


async def test_every_member_of_the_train_has_a_gate_of_its_own(world: BothForges) -> None:
    first = await world.opens_on_gitlab("ana", PAGE, source="first")
    second = await world.opens_on_gitlab("ana", OTHER, source="second")
    await world.approves_on_gitlab("dana", second)
    below = world.gitlab.board_train(first)
    above = world.gitlab.board_train(second, behind=below)
    await settled(world)
    assert (world.gitlab.gate_on(below), world.gitlab.gate_on(above)) == ("pending", "success")


async def test_requested_changes_stop_the_member_on_its_train(world: BothForges) -> None:
    iid = await world.opens_on_gitlab("ana", PAGE)
    await world.approves_on_gitlab("dana", iid)
    world.gitlab.board_train(iid)
    await settled(world)
    world.gitlab.request_changes(iid, "omar.d")
    await settled(world)
    assert world.gitlab.gate(iid) == "failure"


async def test_a_train_that_is_built_anew_gets_the_gate_anew(world: BothForges) -> None:
    iid = await world.opens_on_gitlab("ana", PAGE)
    await world.approves_on_gitlab("dana", iid)
    for _ in range(3):
        world.gitlab.write_file("main", "docs/other.md", "more\n")
        world.gitlab.board_train(iid)
        await settled(world)
        assert world.gitlab.gate(iid) == "success"


# --- without webhooks, and when GitLab does not answer


@pytest.mark.parametrize(
    "begins",
    ["start_pipeline", "start_merge_request_pipeline", "start_merged_results", "board_train"],
)
async def test_without_a_delivery_a_new_pipeline_gets_the_gate_within_five_minutes(
    world: BothForges, begins: str
) -> None:
    iid = await world.opens_on_gitlab("ana", PAGE)
    await world.approves_on_gitlab("dana", iid)
    world.gitlab.hooks.url = None
    getattr(world.gitlab, begins)(iid).status = "success"
    assert world.gitlab.gate(iid) is None
    await world.pass_time(minutes=5)
    await settled(world)
    assert world.gitlab.pipeline_succeeded(iid)


async def test_while_nobody_can_tell_whose_pipeline_it_is_it_is_asked_again(
    world: BothForges,
) -> None:
    iid = await world.opens_on_gitlab("ana", PAGE)
    await world.approves_on_gitlab("dana", iid)
    world.gitlab.faults.failures += [("POST", 502)]
    world.gitlab.start_merged_results(iid)
    await settled(world)
    await world.pass_time(minutes=1)
    assert world.gitlab.faults.failures == []
    assert world.gitlab.gate(iid) == "success"
