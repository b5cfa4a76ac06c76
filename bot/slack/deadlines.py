"""Until when an answer is due, or since when one is missing, as one more part of a line."""

from __future__ import annotations

from bot.slack.blocks import when
from routing.chasing.turns import ask_of, due
from routing.record import AskState, Review


def until_of(review: Review, person: str) -> str:
    """For one person: " · snoozed until …", " · overdue since …", " · due …", or nothing."""
    ask = ask_of(review, person)
    if ask is None or ask.state is not AskState.WAITING:
        return ""
    if ask.snoozed_until is not None:
        return f" · snoozed until {when(ask.snoozed_until)}"
    if ask.overdue_since is not None:
        return f" · overdue since {when(ask.overdue_since)}"
    ends = due(review, person)
    return f" · due {when(ends)}" if ends is not None else ""


def until_of_all(review: Review) -> str:
    """For all who are asked: since when the first is overdue, or when the ladder goes on."""
    late = min((ask.overdue_since for ask in review.waiting if ask.overdue_since), default=None)
    if late is not None:
        return f" · overdue since {when(late)}"
    return f" · due {when(review.next_due)}" if review.next_due else ""
