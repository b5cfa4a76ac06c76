"""Merge requests that share a head commit share its gate: the strictest of them is written.

A commit status belongs to a commit. Where one head is offered to two base branches, an approval
for the lenient one must not let the other pass.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from routing.effects import Effect, GateState, SetGate
from routing.explain import DESCRIPTION_LENGTH
from routing.forge_words import words_of
from routing.model import State
from routing.phrases import cut
from routing.record import Review

STRICTEST_FIRST = (GateState.FAILURE, GateState.PENDING, GateState.SUCCESS)

Others = Callable[[str], Sequence[Review]]
"""Every other open merge request whose gate the commit carries: its head is the same, or a merge
queue put its commit below."""


def share_gates(
    effects: Iterable[Effect], before: Review | None, after: Review, others: Others
) -> Iterator[Effect]:
    """The effects, with each gate as strict as everything open on its commit demands.

    A merge request that leaves a commit (pushed to, merged, closed) no longer holds back the
    others there: their own gate is written anew.
    """
    written: set[str] = set()
    for effect in effects:
        if isinstance(effect, SetGate):
            written.add(effect.sha)
            own = effect == after.gate or effect.head is not None or _stands(after, effect.sha)
            mine = (effect,) if own else ()
            yield _strictest(effect, (*mine, *map(_gate, others(effect.sha))))
        else:
            yield effect
    left = before.binding.head_sha if before is not None else None
    if left is None or left in written or _stands(after, left):
        return
    if gates := tuple(map(_gate, others(left))):
        yield _strictest(gates[0], gates)


def _stands(review: Review, sha: str) -> bool:
    return review.state is State.OPEN and review.binding.head_sha == sha


def _gate(review: Review) -> SetGate:
    binding = review.binding
    unknown = SetGate(
        review.ref, binding.head_sha, binding.base_branch, GateState.PENDING, "is looked at again"
    )
    return review.gate if review.gate and review.gate.sha == binding.head_sha else unknown


def _strictest(otherwise: SetGate, gates: Sequence[SetGate]) -> SetGate:
    if not gates or gates == (otherwise,):
        return otherwise
    one = min(gates, key=lambda gate: STRICTEST_FIRST.index(gate.state))
    name = f"{words_of(one.ref.forge).sign}{one.ref.number}"
    said = f"for {name} into {one.base_branch}: {one.description}"
    return replace(
        one,
        sha=otherwise.sha,
        head=otherwise.head,
        pipeline=otherwise.pipeline,
        description=cut(said, DESCRIPTION_LENGTH),
    )
