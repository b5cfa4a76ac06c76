"""What of the gates of merge requests on one commit is written, and how often."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from routing.effects import GateState, SetGate
from routing.record import Review
from routing.shared_heads import share_gates
from tests.builders import HEAD, a_change, facts, policy, touched
from tests.routing.desk import Desk


def a_review(number: int, state: GateState) -> Review:
    """An open merge request on the same head as all others here, with this gate."""
    ref = replace(a_change().merge_request.ref, number=number)
    desk = Desk(facts(change=a_change(ref=ref)), policy())
    review = desk.take(replace(touched(), ref=ref)).review
    assert review.gate is not None
    return replace(review, gate=replace(review.gate, state=state))


def gates(
    effects: Sequence[SetGate], before: Review | None, after: Review, *others: Review
) -> list[SetGate]:
    """The gates written where these are wanted and the others have the same head."""
    found = share_gates(effects, before, after, lambda sha: others if sha == HEAD else ())
    return [effect for effect in found if isinstance(effect, SetGate)]


def test_the_gate_of_a_commit_that_was_left_is_written_once() -> None:
    before, other = a_review(1, GateState.SUCCESS), a_review(2, GateState.PENDING)
    assert before.gate is not None
    after = replace(before, binding=replace(before.binding, head_sha="2222222222"))
    shut = replace(before.gate, state=GateState.FAILURE, description="left")
    for effects in ((), (shut,)):
        (written,) = gates(effects, before, after, other)
        assert (written.state, written.ref.number) == (GateState.PENDING, 2)


def test_a_gate_of_one_s_own_is_written_as_it_is() -> None:
    mine = a_review(1, GateState.SUCCESS)
    assert mine.gate is not None
    assert gates([mine.gate], None, mine) == [mine.gate]
