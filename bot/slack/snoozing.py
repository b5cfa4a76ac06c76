"""The dialog of snoozing: until when, and beforehand whether that is past the deadline."""

from __future__ import annotations

from datetime import datetime

from bot.slack.blocks import option, section, when
from bot.slack.cards import SNOOZE
from bot.slack.modals import DAY, UNTIL, View, about, field, modal, nothing_to_do
from routing.answering.snoozing import LONGEST, deadline, snooze_end
from routing.people import Person
from routing.record import Review

SPANS = {
    "1h": "1 hour",
    "3h": "3 hours",
    "tomorrow": "Tomorrow, when my day begins",
    "7d": "A week",
}
SOONEST = "1h"
LIVE = (UNTIL, DAY)
"""The inputs that change what the dialog says of the deadline."""

TITLE = "Snooze this review"


def snooze_modal(
    review: Review, card_id: str, person: Person | None, now: datetime, words: str = SOONEST
) -> View:
    """Asks until when, and says what comes of what is chosen so far (`words`)."""
    if person is None or all(ask.person != person.id for ask in review.waiting):
        return nothing_to_do(TITLE, review, "You are not asked to review this.")
    spans = [option(label, value) for value, label in SPANS.items()]
    choice = {"type": "static_select", "options": spans, "initial_option": spans[0]}
    return modal(
        SNOOZE,
        TITLE,
        "Snooze",
        card_id,
        [
            section(f"{about(review)}\n{_preview(review, person, now, words)}"),
            field(UNTIL, "Until when?", choice, live=True),
            field(DAY, "Or until a day", {"type": "datepicker"}, optional=True, live=True),
        ],
    )


def no_moment() -> str:
    """What is wrong with a day that nobody can sleep until."""
    return f"Choose a day after today, at most {LONGEST.days} days ahead."


def _preview(review: Review, person: Person, now: datetime, words: str) -> str:
    until, taken = snooze_end(words, person, now), deadline(review, person.id)
    if until is None:
        return no_moment()
    said = f"You hear nothing of it until {when(until)}."
    if taken is None:
        return said
    if taken <= until:
        return f"{said}\n*That is past its deadline:* somebody else is asked {when(taken)}."
    return f"{said} It stays yours until {when(taken)}."
