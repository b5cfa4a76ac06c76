"""The dialog of declining: why, whom instead, and beforehand who is next and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.slack.blocks import BUTTON, harmless, option, section, visible
from bot.slack.cards import DECLINE
from bot.slack.modals import (
    DAY,
    NOTE,
    PATHS,
    REASON,
    TO,
    View,
    about,
    field,
    modal,
    nothing_to_do,
)
from routing.events import DeclineReason
from routing.people import Person
from routing.phrases import day_words
from routing.record import Review

REASON_LABELS = {
    DeclineReason.BUSY: "I have no time for it",
    DeclineReason.NOT_MY_AREA: "It is not my area",
    DeclineReason.CONFLICT: "I have a conflict of interest",
    DeclineReason.AWAY: "I am away",
}
TITLE = "Decline this review"
LIVE = (REASON, DAY, TO)
"""The inputs that change what the dialog says of who is next."""


@dataclass(frozen=True, slots=True)
class ChosenSoFar:
    """What stands in the dialog: why, until which day, and whom they would have instead.

    `stranger` says that whoever they named is not in the people file.
    """

    reason: DeclineReason | None = None
    until: date | None = None
    substitute: Person | None = None
    stranger: bool = False


NOTHING_YET = ChosenSoFar()


def decline_modal(
    review: Review, card_id: str, person: str | None, so_far: ChosenSoFar = NOTHING_YET
) -> View:
    """Asks why, and says beforehand what comes of it, as far as it is chosen already."""
    if person is None or all(ask.person != person for ask in review.waiting):
        return nothing_to_do(TITLE, review, "You are not asked to review this.")
    reasons = [option(label, reason.value) for reason, label in REASON_LABELS.items()]
    globs = [
        option(glob, glob)
        for glob in review.places
        if 0 < len(visible(glob)) == len(glob) <= BUTTON
    ]
    coming = (about(review), *_successor(review, person, so_far), *_for_oneself(so_far))
    away, day = "Away until (only if you are away)", {"type": "datepicker"}
    blocks = [
        section("\n".join(coming)),
        field(REASON, "Why?", {"type": "static_select", "options": reasons}, live=True),
        field(DAY, away, day, optional=True, live=True),
        field(TO, "Who could do it better?", {"type": "users_select"}, optional=True, live=True),
    ]
    if globs:
        boxes = {"type": "checkboxes", "options": globs}
        blocks.append(field(PATHS, "Do not ask me about these any more", boxes, optional=True))
    words = {"type": "plain_text_input", "max_length": 300}
    blocks.append(field(NOTE, "Anything to add?", words, optional=True))
    return modal(DECLINE, TITLE, "Decline", card_id, blocks)


def _successor(review: Review, person: str, so_far: ChosenSoFar) -> tuple[str, ...]:
    """Whom they named if that one can sign it, as the last decision found it; else the next."""
    to, next_best = so_far.substitute, _next_best(review, person)
    if so_far.stranger:
        return ("Whom you named is not in the people file.", next_best)
    if to is None:
        return (next_best,)
    problem = _cannot_stand_in(review, person, to)
    if problem is not None:
        return (problem, next_best)
    name = harmless(to.name, 80)
    for able in review.candidates:
        if able.person == to.id:
            return (f"*Next:* {name} is asked, as you wish — {harmless(able.why, 300)}",)
    return (f"{name} is asked if they can sign it. If not:", next_best)


def _cannot_stand_in(review: Review, person: str, to: Person) -> str | None:
    """Why whom they named is not asked in their place."""
    name = harmless(to.name, 80)
    if to.id == person:
        return "You cannot stand in for yourself."
    if any(one.person == to.id for one in review.approvals):
        return f"{name} has approved it already."
    if any(one.person == to.id for one in review.waiting):
        return f"{name} is asked already."
    out = next((one for one in review.exclusions if one.person == to.id), None)
    return f"{harmless(out.sentence, 300)}: they cannot be asked." if out is not None else None


def _next_best(review: Review, person: str) -> str:
    heir = review.next_up.get(person)
    if heir is None:
        return "*Nobody else can be asked now*: it waits until somebody can, or a lead helps."
    name = harmless(review.name(heir.person), 80)
    return f"*Next:* {name} is asked instead — {harmless(heir.why, 300)}"


def _for_oneself(so_far: ChosenSoFar) -> tuple[str, ...]:
    """What it means for whoever declines."""
    if so_far.reason is None:
        return ()
    if so_far.reason is not DeclineReason.AWAY:
        return ("You are not asked about this change again.",)
    until = day_words(so_far.until) if so_far.until else "the day you name"
    return (f"Until {until} you are asked about nothing; what waits for you goes to others.",)
