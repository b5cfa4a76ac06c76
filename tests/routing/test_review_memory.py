"""What a review remembers and forgets: heads left behind, hints, outcomes, looks without news."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from routing.effects import GateState, SetGate, TellPerson
from routing.events import CardPosted, EffectAbandoned, GateWritten
from routing.model import State
from routing.review import advance, close_early, note_outcome
from tests.builders import (
    AI_TRAILER,
    HEAD,
    NOW,
    REF,
    a_change,
    a_commit,
    a_person,
    approves,
    declines,
    due,
    facts,
    objects,
    on_the_forge,
    one,
    policy,
    touched,
)
from tests.routing.desk import Desk
from tests.routing.states import STATES

NEXT = "2222222222"


@pytest.mark.parametrize("hinted", [True, False], ids=["by a hint", "by the facts"])
def test_a_head_that_is_left_behind_loses_its_success(*, hinted: bool) -> None:
    desk = STATES["approved"]()
    desk.turns(head_sha=NEXT)
    desk.take(touched(head=NEXT) if hinted else touched())
    assert desk.statuses[HEAD].state is not GateState.SUCCESS


def test_what_is_merged_keeps_the_approvals_it_was_merged_with() -> None:
    desk = STATES["approved"]()
    desk.policy = replace(desk.policy, hash="policy-2")
    desk.becomes(state=State.MERGED)
    assert [one.person for one in desk.review.approvals] == ["omar"]
    assert "lapsed" not in desk.recorded


def test_an_approval_for_another_base_while_it_was_closed_does_not_count() -> None:
    desk = STATES["closed"]()
    desk.becomes(base_branch="next")
    desk.hears(on_the_forge("dana", base="next"))
    desk.becomes(base_branch="main")
    desk.becomes(state=State.OPEN)
    assert desk.gate == "pending"


def test_a_mark_of_ai_that_turns_up_while_it_is_closed_stays() -> None:
    desk = STATES["closed"]()
    shown = desk.facts.change
    desk.learns(change=replace(shown, commits=(a_commit(message=f"Do it{AI_TRAILER}"),)))
    desk.take()
    desk.learns(change=shown)
    desk.becomes(state=State.OPEN)
    assert desk.review.assessment.provenance.ai


def test_a_head_whose_revocation_was_refused_is_shut_when_it_is_left() -> None:
    desk = STATES["approved"]()
    desk.take(objects("dana"))
    refused = note_outcome(desk.review, EffectAbandoned(REF, "set_gate", "it said no")).review
    desk.turns(head_sha=NEXT)
    decision = advance(refused, touched(), desk.facts, desk.policy, desk.now)
    assert HEAD in {one.sha for one in decision.effects if isinstance(one, SetGate)}


# Hints.


def test_a_hint_of_another_head_shuts_an_open_gate_before_the_facts_are_known() -> None:
    decision = close_early(STATES["approved"]().review, touched(head=NEXT))
    assert decision is not None
    gates = {one.sha: one.state for one in decision.effects if isinstance(one, SetGate)}
    assert gates == {NEXT: GateState.PENDING, HEAD: GateState.PENDING}


def test_a_hint_of_another_base_shuts_the_gate_of_the_same_head() -> None:
    decision = close_early(STATES["approved"]().review, touched(head=HEAD, base="next"))
    assert decision is not None
    (gate,) = decision.effects
    assert isinstance(gate, SetGate)
    assert (gate.sha, gate.base_branch, gate.state) == (HEAD, "next", GateState.PENDING)


@pytest.mark.parametrize(
    "hint", [touched(), touched(HEAD, "main"), touched(HEAD), touched(base="main")]
)
def test_a_hint_of_nothing_new_shuts_nothing(hint: Any) -> None:
    assert close_early(STATES["approved"]().review, hint) is None


@pytest.mark.parametrize("state", ["pending", "objected", "draft", "nobody could"])
def test_a_gate_that_is_shut_needs_no_hint(state: str) -> None:
    assert close_early(STATES[state]().review, touched(head=NEXT)) is None


def test_a_hint_that_was_late_costs_nothing_once_the_facts_are_looked_at() -> None:
    desk = STATES["approved"]()
    desk.take(touched(head="0000000000", base="next"))
    assert desk.gate == "success"


# Outcomes of effects.


def test_a_card_that_was_posted_is_remembered() -> None:
    posted = CardPosted(REF, "C0REVIEWS", "1.2")
    assert note_outcome(STATES["pending"]().review, posted).review.card == posted


def test_a_gate_that_was_written_is_recorded() -> None:
    (entry,) = note_outcome(STATES["pending"]().review, GateWritten(REF, HEAD, "pending")).trail
    assert (entry.kind, dict(entry.data)) == ("gate", {"head_sha": HEAD, "state": "pending"})


def test_a_gate_that_could_not_be_written_is_written_at_the_next_look() -> None:
    desk = STATES["approved"]()
    lost = note_outcome(desk.review, EffectAbandoned(REF, "set_gate", "it said no")).review
    again = advance(lost, touched(), desk.facts, desk.policy, desk.now)
    assert [one.state for one in again.effects if isinstance(one, SetGate)] == [GateState.SUCCESS]


def test_a_message_that_was_given_up_leaves_the_gate_as_it_is() -> None:
    desk = STATES["approved"]()
    told = note_outcome(desk.review, EffectAbandoned(REF, "tell_person", "no such user"))
    assert told.review.gate == desk.review.gate
    assert [entry.kind for entry in told.trail] == ["effect_abandoned"]


# Looking twice.


@pytest.mark.parametrize("state", sorted(set(STATES) - {"never seen"}))
def test_a_second_look_at_the_same_facts_changes_and_says_nothing(state: str) -> None:
    desk = STATES[state]()
    before = desk.review
    again = desk.take()
    assert (again.effects, again.trail) == ((), ())
    assert again.review == before


def test_time_alone_puts_nothing_on_record() -> None:
    desk = STATES["pending"]()
    desk.waits(hours=10)  # it is evening now
    desk.take()
    desk.waits(minutes=5)
    assert desk.take().trail == ()


def test_opened_is_recorded_once_and_the_decision_when_it_changes() -> None:
    desk = Desk()
    desk.take()
    assert desk.recorded == ["opened", "decision"]
    desk.waits(seconds=1)
    desk.take(approves("dana"))
    assert desk.recorded == ["approval", "decision"]
    desk.becomes(head_sha=NEXT)
    assert desk.recorded == ["changed", "lapsed", "decision"]
    desk.becomes(state=State.CLOSED)
    assert desk.recorded == ["closed", "decision"]


def test_equal_arguments_give_equal_decisions() -> None:
    desk = STATES["pending"]()
    for event in (touched(), approves("dana"), objects("dana"), declines("dana"), due()):
        arguments = (desk.review, event, desk.facts, desk.policy, NOW + timedelta(hours=9))
        assert advance(*arguments) == advance(*arguments)


def everything_said() -> str:
    """All that a merge request with many people comes to, as text."""
    people = [a_person(who) for who in ("ana", "dana", "omar", "kim", "mia", "lee", "bo")]
    desk = Desk(facts(*people), policy(one(2), one(people=("kim", "mia", "lee"))))
    decisions = [desk.take(event) for event in (None, approves("bo"), objects("lee"))]
    desk.waits(days=1)
    return repr([*decisions, desk.becomes(head_sha=NEXT)])


def test_equal_arguments_give_equal_decisions_in_another_process_too() -> None:
    said = set[str]()
    for seed in ("1", "2"):  # in which order a set is gone through differs
        code = "from tests.routing.test_review_memory import everything_said as s; print(s())"
        ran = subprocess.run(  # noqa: S603 - our own code in our own interpreter
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=Path(__file__).parents[2],
            check=True,
            capture_output=True,
            text=True,
        )
        said.add(re.sub(r"frozenset\(\{[^}]*\}\)", "", ran.stdout))
    assert len(said) == 1
    assert "ShowCard" in said.pop()


def test_whoever_asked_for_changes_is_asked_to_look_again_once_it_has_changed() -> None:
    desk = Desk()
    desk.take()
    desk.take(objects("dana"))
    desk.becomes(head_sha="2222222222")
    (ask,) = [ask for ask in desk.review.waiting if ask.person == "dana"]
    assert ask.why == "asked for changes, and it has changed since"
    assert [tell.person for tell in desk.told(TellPerson)] == ["dana"]
    assert desk.gate == "failure"
    desk.take()
    assert not desk.told(TellPerson)


def test_whoever_asked_for_changes_and_then_wrote_with_it_is_not_asked_again() -> None:
    desk = Desk()
    desk.take()
    desk.take(objects("dana"))
    head = "2222222222"
    desk.learns(change=a_change(head=head, commits=[a_commit("ana"), a_commit("dana", sha=head)]))
    desk.take()
    assert "dana" not in desk.asked
    assert desk.gate == "failure"
