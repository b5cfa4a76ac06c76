"""The merge queue: the forge checks a commit of its own making, and wants a gate on that.

GitHub tells of each by a delivery; GitLab's merge trains and merged results show in the facts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from routing.effects import GateState, SetGate
from routing.events import MergeQueued
from routing.model import Change, State
from routing.record import Queued, Review

KEPT = 5
"""How many commits of a queue a review keeps: each time it is queued anew, there is another."""


def enter(review: Review, event: MergeQueued) -> Review:
    """The review with the commit that the queue made of its head."""
    binding = review.binding
    fresh = Queued(event.sha, event.onto, binding.head_sha, event.base_branch)
    return replace(review, queued=_with(review.queued, fresh))


def noticed(known: Sequence[Queued], change: Change) -> tuple[Queued, ...]:
    """The commits known so far, and the one that the forge checks in the head's place now."""
    request, pipeline = change.merge_request, change.pipeline
    if pipeline is None or pipeline.sha == request.head_sha:
        return tuple(known)
    fresh = Queued(pipeline.sha, "", request.head_sha, request.base_branch, pipeline.id)
    return _with(known, fresh)


def _with(known: Sequence[Queued], fresh: Queued) -> tuple[Queued, ...]:
    return (*(one for one in known if one.sha != fresh.sha), fresh)[-KEPT:]


def pipeline_of_head(change: Change) -> str | None:
    """The id of the pipeline that runs on the head itself."""
    pipeline = change.pipeline
    on_head = pipeline is not None and pipeline.sha == change.merge_request.head_sha
    return pipeline.id if pipeline is not None and on_head else None


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
        said = replace(
            gate,
            sha=one.sha,
            head=one.head_sha,
            base_branch=one.base_branch,
            pipeline=one.pipeline,
        )
        if (one.head_sha, one.base_branch) != (gate.sha, gate.base_branch):
            reason = "queued with another head or base than was decided on"
            said = replace(said, state=GateState.FAILURE, description=reason)
        yield one.sha, said
