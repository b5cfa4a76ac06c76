"""The merge queue: the forge merges a commit of its own making, and wants a gate on that."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from routing.effects import GateState, SetGate
from routing.events import MergeQueued
from routing.model import State
from routing.record import Queued, Review

KEPT = 5
"""How many commits of a queue a review keeps: each time it is queued anew, there is another."""


def enter(review: Review, event: MergeQueued) -> Review:
    """The review with the commit that the queue made of its head."""
    binding = review.binding
    fresh = Queued(event.sha, event.onto, binding.head_sha, event.base_branch)
    others = (one for one in review.queued if one.sha != event.sha)
    return replace(review, queued=(*others, fresh)[-KEPT:])


def gates(before: Review | None, after: Review) -> Iterator[SetGate]:
    """The gates on the queue's commits, wherever they say something new.

    Only a commit made of exactly what was decided on is let pass.
    """
    if after.state is not State.OPEN or after.gate is None:
        return
    known = dict(_said(before)) if before is not None else {}
    yield from (gate for sha, gate in _said(after) if known.get(sha) != gate)


def _said(review: Review) -> Iterator[tuple[str, SetGate]]:
    gate = review.gate
    for one in review.queued if gate is not None else ():
        if gate is None:
            return
        said = replace(gate, sha=one.sha, head=one.head_sha, base_branch=one.base_branch)
        if (one.head_sha, one.base_branch) != (gate.sha, gate.base_branch):
            reason = "queued with another head or base than was decided on"
            said = replace(said, state=GateState.FAILURE, description=reason)
        yield one.sha, said
