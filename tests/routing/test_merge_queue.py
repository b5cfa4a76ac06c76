"""A merge queue's commits: let pass only when they are made of exactly what was decided on."""

from __future__ import annotations

from routing.effects import SetGate
from routing.events import MergeQueued
from routing.model import State
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
