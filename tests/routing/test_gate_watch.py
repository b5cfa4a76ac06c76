"""Somebody else says the gate: it is set again, told, and on record."""

from __future__ import annotations

from routing.effects import SetGate, TellChannel, TellThread
from routing.model import SaidByOthers, State
from routing.policy import Asking
from tests.builders import HEAD, a_person, approves, facts, policy
from tests.routing.desk import Desk

RULES = policy(review=Asking(channel="#reviews"))
FORGED = SaidByOthers("success", "mallory")
OWN_WORDS = (
    "mallory set the status `countersign` of 11111111 to success. It says pending again, as was "
    "decided."
)


def a_desk() -> Desk:
    """Ana's change, looked at once; Dana may approve it."""
    desk = Desk(facts(a_person("ana"), a_person("dana", years=6)), RULES)
    desk.take()
    return desk


def test_a_gate_that_somebody_opened_is_shut_again() -> None:
    desk = a_desk()
    desk.learns(said_by_others=FORGED)
    desk.take()
    (gate,) = desk.told(SetGate)
    assert (gate.sha, gate.state) == (HEAD, "pending")


def test_it_is_told_in_the_thread_and_the_channel_and_on_record() -> None:
    desk = a_desk()
    desk.learns(said_by_others=FORGED)
    desk.take()
    assert [one.text for one in desk.told(TellThread)] == [OWN_WORDS]
    assert [one.text for one in desk.told(TellChannel)] == [OWN_WORDS]
    assert desk.last is not None
    (entry,) = [one for one in desk.last.trail if one.kind == "gate_taken"]
    assert entry.data == {"head_sha": HEAD, "state": "success", "by": "mallory"}


def test_somebody_who_shuts_what_is_open_is_told_of_in_the_thread_alone() -> None:
    desk = a_desk()
    desk.take(approves("dana"))
    desk.learns(said_by_others=SaidByOthers("failure", "mallory"))
    desk.take()
    assert desk.told(SetGate)[0].state == "success"
    assert len(desk.told(TellThread)) == 1
    assert not desk.told(TellChannel)


def test_a_gate_that_changes_anyway_is_written_once() -> None:
    desk = a_desk()
    desk.learns(said_by_others=FORGED)
    desk.take(approves("dana"))
    assert [one.state for one in desk.told(SetGate)] == ["success"]


def test_what_others_said_before_the_first_look_is_no_news() -> None:
    desk = Desk(facts(a_person("ana"), said_by_others=FORGED))
    desk.take()
    assert len(desk.told(SetGate)) == 1
    assert "gate_taken" not in desk.recorded


def test_what_was_said_of_a_head_that_was_left_is_no_news() -> None:
    desk = a_desk()
    desk.learns(said_by_others=FORGED)
    desk.becomes(head_sha="2222222222")
    assert "gate_taken" not in desk.recorded


def test_nobody_sets_the_gate_of_what_is_closed() -> None:
    desk = a_desk()
    desk.learns(said_by_others=FORGED)
    desk.becomes(state=State.CLOSED)
    assert not desk.told(SetGate)
