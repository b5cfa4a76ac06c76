"""What becomes of a gate when nothing can be decided: it is shut, and that is said."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from routing.effects import GateState, SetGate
from routing.model import Ref
from routing.record import Review
from routing.trail import Entry
from storage.database import Rooms

ERROR_HERE = "could not be evaluated: an error of Countersign, see its log"
UNREAD = "could not be evaluated: its review cannot be read, see Countersign's log"


def shut(rooms: Rooms, review: Review, problem: str, now: datetime) -> None:
    """Shut a gate, whatever else its commit carries: a failure is the strictest there is."""
    binding = review.binding
    gate = SetGate(review.ref, binding.head_sha, binding.base_branch, GateState.FAILURE, ERROR_HERE)
    # Forgetting the gate makes the next look write it again, whatever it says.
    rooms.reviews.save(replace(review, gate=None), now)
    rooms.ledger.append(review.ref, [Entry("evaluation_failed", {"problem": problem})], now)
    rooms.outbox.put((gate,), now)


def shut_unread(rooms: Rooms, ref: Ref, now: datetime) -> None:
    """Shut the gate of a review that nobody can read, and have it stay in sight."""
    fresh, head = rooms.unreadable.note(ref, now)
    if head is not None:
        rooms.outbox.put((SetGate(ref, head, "", GateState.FAILURE, UNREAD),), now)
    if fresh:
        rooms.ledger.append(ref, [Entry("evaluation_failed", {"problem": UNREAD})], now)
