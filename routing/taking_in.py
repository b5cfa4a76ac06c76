"""Which part of the core an event belongs to: who spoke is answered, what is due is climbed."""

from __future__ import annotations

from routing import merge_queue
from routing.answering import ai_words, answers, assigning, breaking_glass, declining, snoozing
from routing.answering.answers import Answered
from routing.chasing.escalation import climb
from routing.events import (
    ApprovalGiven,
    AuthorDeclared,
    ChangesRequested,
    EscalationDue,
    MarkCleared,
    MergeQueued,
    MergeRequestTouched,
    OverrideGiven,
    ReviewAssigned,
    ReviewClaimed,
    ReviewDeclined,
    ReviewSnoozed,
)
from routing.record import Review
from routing.situation import Situation

Signing = ApprovalGiven | ChangesRequested | OverrideGiven | AuthorDeclared | MarkCleared
"""What somebody puts their name to."""

Arranging = ReviewDeclined | ReviewSnoozed | ReviewClaimed | ReviewAssigned
"""Who reviews, and when."""

DecidingEvent = MergeRequestTouched | MergeQueued | Signing | Arranging | EscalationDue
"""Events that are decided on with fresh facts."""


def take_in(review: Review, event: DecidingEvent, situation: Situation) -> Answered:
    """What the event itself does to the review, before everything is judged anew."""
    match event:
        case MergeRequestTouched():
            return Answered(review, (), ())
        case MergeQueued():
            return Answered(merge_queue.enter(review, event), (), ())
        case EscalationDue():
            return climb(review, situation)
        case (
            ApprovalGiven()
            | ChangesRequested()
            | OverrideGiven()
            | AuthorDeclared()
            | MarkCleared()
        ):
            return _signed(review, event, situation)
        case ReviewDeclined() | ReviewSnoozed() | ReviewClaimed() | ReviewAssigned():
            return _arranged(review, event, situation)


def _signed(review: Review, event: Signing, situation: Situation) -> Answered:
    match event:
        case ApprovalGiven():
            return answers.approve(review, event, situation)
        case ChangesRequested():
            return answers.request_changes(review, event, situation)
        case OverrideGiven():
            return breaking_glass.override(review, event, situation)
        case AuthorDeclared():
            return ai_words.declare(review, event, situation)
        case MarkCleared():
            return ai_words.clear(review, event, situation)


def _arranged(review: Review, event: Arranging, situation: Situation) -> Answered:
    match event:
        case ReviewDeclined():
            return declining.decline(review, event, situation)
        case ReviewSnoozed():
            return snoozing.snooze(review, event, situation)
        case ReviewClaimed():
            return assigning.claim(review, event, situation)
        case ReviewAssigned():
            return assigning.assign(review, event, situation)
