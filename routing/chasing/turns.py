"""What became of what somebody was told directly: whether it is still theirs to do, and until when.

A direct message stands for months. It is edited by what is found here, so that it never offers
what is over.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from routing.chasing.escalation import PERSONAL
from routing.effects import TellPerson, Told, Topic
from routing.model import State
from routing.record import Ask, AskState, Review
from routing.rules.qualification import Reason

ASKING = frozenset({Topic.YOUR_TURN, Topic.APPROVAL_LAPSED, Topic.REMINDER})
"""Topics that say that it is somebody's turn."""

WANTING = ASKING | {Topic.DECLARATION, Topic.LEAD_NEWS}
"""Topics that want something done. What else people are told is news, and stays as it was."""

BELOW = frozenset({Topic.REMINDER, Topic.TAKEN_BACK, Topic.LEAD_NEWS})
"""Topics that add to what somebody was told already: said below it where it stands."""

ANSWERED = {
    AskState.APPROVED: "You approved it.",
    AskState.OBJECTED: "You asked for changes.",
    AskState.DECLINED: "You declined.",
}


@dataclass(frozen=True, slots=True)
class Over:
    """Nothing is wanted any more: what became of it, and whether it was the person's own doing."""

    sentence: str
    by_themselves: bool = False


def ask_of(review: Review, person: str) -> Ask | None:
    """What the person was asked last, answered or not."""
    return next((ask for ask in review.asks if ask.person == person), None)


def told_now(thing: TellPerson, review: Review) -> Told:
    """The thing as it is told at this moment: of which ask, and for which head."""
    ask = ask_of(review, thing.person)
    return Told(thing, ask.asked_at if ask is not None else None, review.binding.head_sha)


def due(review: Review, person: str) -> datetime | None:
    """When the ladder's next step for this person comes: a reminder, or somebody else is asked."""
    own = (one.at for one in review.coming if one.person == person and one.step in PERSONAL)
    return min(own, default=None)


def over(review: Review, told: Told) -> Over | None:
    """What became of something that was wanted of somebody; None while it still is."""
    topic, person = told.thing.topic, told.thing.person
    if topic in ASKING:
        return _turn_over(review, person, told.asked_at)
    if topic is Topic.DECLARATION and not review.assessment.undeclared:
        return Over("It is on record whether AI helped.", by_themselves=True)
    if topic is Topic.LEAD_NEWS and review.satisfied and review.is_open:
        return Over(_signed(review))
    return _ended(review) if topic in WANTING else None


def moves(told: Told, before: Review | None, after: Review) -> bool:
    """Whether a message that tells this shows something else from now on."""
    return before is None or _face(before, told) != _face(after, told)


def _turn_over(review: Review, person: str, asked_at: datetime | None) -> Over | None:
    ask = ask_of(review, person)
    if ask is not None and ask.asked_at != asked_at:
        return Over("You were asked anew: see further down.", by_themselves=True)
    if ask is None:
        not_needed = "You are not needed for it any more."
        return _ended(review) or Over(_signed(review) if review.satisfied else not_needed)
    match ask.state:
        case AskState.WAITING:
            return _ended(review)
        case AskState.REPLACED:
            return Over("Somebody else is asked.")
        case AskState.HANDED_ON:
            given = (one for one in review.passed if one.person == person)
            said = next((one for one in given if one.reason is Reason.HANDED_ON), None)
            return Over(f"{said.sentence}." if said is not None else "It was handed on.")
        case AskState.APPROVED | AskState.OBJECTED | AskState.DECLINED:
            return Over(ANSWERED[ask.state], by_themselves=True)


def _ended(review: Review) -> Over | None:
    if review.is_open:
        return None
    if review.state is State.OPEN:
        return Over("It is a draft again.")
    return Over("It was merged." if review.state is State.MERGED else "It was closed.")


def _signed(review: Review) -> str:
    names = ", ".join(review.name(one.person) for one in review.approvals)
    return f"Approved by {names}." if names else "It has all it needs."


def _face(review: Review, told: Told) -> object:
    """Everything that a message shows of a thing."""
    ended = over(review, told)
    if ended is not None or told.thing.topic not in WANTING:
        return ended
    ask = ask_of(review, told.thing.person)
    return (
        review.title,
        review.binding,
        review.additions + review.deletions,
        review.assessment,
        review.approve_on_forge,
        due(review, told.thing.person),
        (ask.snoozed_until, ask.overdue_since) if ask is not None else None,
    )
