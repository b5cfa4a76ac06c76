"""What a forge makes to check: let pass only where it is made of exactly what was decided on."""

from __future__ import annotations

from dataclasses import replace

from routing.effects import SetGate
from routing.events import MergeQueued, MergeRequestTouched
from routing.model import Pipeline, State
from routing.review import close_early
from tests.builders import BASE, HEAD, REF, a_change, a_commit, approves
from tests.routing.desk import Desk

QUEUED, ONTO, PUSHED = "9" * 10, "8" * 10, "2" * 10


def approved_and_queued(base: str = BASE) -> Desk:
    desk = Desk()
    desk.take(approves("dana"))
    desk.take(MergeQueued(REF, QUEUED, ONTO, base))
    return desk


def queue_says(desk: Desk) -> str:
    return desk.statuses[QUEUED].state.value


def test_what_was_decided_on_passes_and_says_whose_head_it_is() -> None:
    desk = approved_and_queued()
    assert queue_says(desk) == "success"
    assert desk.statuses[QUEUED].head == HEAD


def test_a_commit_made_of_a_head_that_was_left_does_not_pass() -> None:
    desk = approved_and_queued()
    desk.learns(change=a_change(head=PUSHED, commits=[a_commit(sha=PUSHED)]))
    desk.take()
    desk.take(approves("dana", head=PUSHED))
    assert desk.gate == "success"
    assert queue_says(desk) == "failure"


def test_a_commit_made_for_another_base_does_not_pass() -> None:
    assert queue_says(approved_and_queued(base="release/1")) == "failure"


def test_a_delivery_that_comes_after_the_merge_says_nothing_of_the_queue() -> None:
    desk = Desk()
    desk.take(approves("dana"))
    desk.becomes(state=State.MERGED)
    desk.take(MergeQueued(REF, QUEUED, ONTO, BASE))
    assert not desk.told(SetGate)


def test_the_mere_hint_of_a_push_shuts_the_queues_commit_at_once() -> None:
    known = approved_and_queued().last
    assert known is not None
    shut = close_early(known.review, MergeRequestTouched(REF, head_sha=PUSHED))
    assert shut is not None
    said = {one.sha: one.state.value for one in shut.effects if isinstance(one, SetGate)}
    assert said == {PUSHED: "pending", HEAD: "pending", QUEUED: "failure"}


# --- GitLab's pipelines: the facts tell on what they run


def approved_with_pipeline(number: str, sha: str) -> Desk:
    desk = Desk()
    desk.take(approves("dana"))
    runs(desk, number, sha)
    return desk


def runs(desk: Desk, number: str, sha: str) -> None:
    """A pipeline is there, and a look."""
    desk.learns(change=replace(desk.facts.change, pipeline=Pipeline(number, sha)))
    desk.take()


def test_a_new_pipeline_of_the_head_wants_the_gate_anew() -> None:
    desk = approved_with_pipeline("31", HEAD)
    runs(desk, "32", HEAD)
    (gate,) = desk.told(SetGate)
    assert (gate.sha, gate.state.value, gate.pipeline) == (HEAD, "success", "32")


def test_a_pipeline_that_is_known_wants_nothing() -> None:
    desk = approved_with_pipeline("31", HEAD)
    runs(desk, "31", HEAD)
    assert not desk.told(SetGate)


def test_what_runs_on_a_made_commit_wants_the_gate_there_for_this_head() -> None:
    desk = approved_with_pipeline("31", QUEUED)
    assert queue_says(desk) == "success"
    assert (desk.statuses[QUEUED].head, desk.statuses[QUEUED].pipeline) == (HEAD, "31")


def test_another_pipeline_on_the_same_made_commit_wants_it_anew() -> None:
    desk = approved_with_pipeline("31", QUEUED)
    runs(desk, "32", QUEUED)
    assert desk.statuses[QUEUED].pipeline == "32"


def test_a_pipeline_changes_nothing_that_people_see() -> None:
    desk = approved_with_pipeline("31", QUEUED)
    assert desk.last is not None
    assert {type(effect) for effect in desk.last.effects} == {SetGate}
    assert desk.last.trail == ()
