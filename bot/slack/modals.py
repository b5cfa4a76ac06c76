"""The modals: what to change, and why not me."""

from __future__ import annotations

from typing import Any

from bot.slack.blocks import BUTTON, Block, harmless, option, plain, section, visible, when
from bot.slack.cards import ASSIGN, DECLINE, REQUEST_CHANGES, SNOOZE
from bot.slack.explanation import explanation_blocks
from routing.answering.snoozing import deadline
from routing.events import DeclineReason
from routing.forge_words import short_name
from routing.record import Review

View = dict[str, Any]
"""A view as Slack's JSON: stock SDK views drop blocks they do not know."""

COMMENT, REASON, NOTE, VALUE = "comment", "reason", "note", "value"
UNTIL, DAY, TO, INSTEAD, PATHS = "until", "day", "to", "instead", "paths"
NOBODY = "-"
"""The choice of asking somebody besides those who are asked."""
LONGEST_COMMENT = 3000

REASON_LABELS = {
    DeclineReason.BUSY: "I have no time for it",
    DeclineReason.NOT_MY_AREA: "It is not my area",
    DeclineReason.CONFLICT: "I have a conflict of interest",
    DeclineReason.AWAY: "I am away",
}


SPANS = {
    "1h": "1 hour",
    "3h": "3 hours",
    "tomorrow": "Tomorrow, when my day begins",
    "7d": "A week",
}


def changes_modal(review: Review, card_id: str) -> View:
    """Asks what should change; the words go to the merge request as they are."""
    return _modal(
        REQUEST_CHANGES,
        "Request changes",
        "Request changes",
        card_id,
        [
            section(f"{_about(review)}\nYour words are posted there with your name."),
            _input(
                COMMENT,
                "What should change?",
                {"type": "plain_text_input", "multiline": True, "max_length": LONGEST_COMMENT},
            ),
        ],
    )


def decline_modal(review: Review, card_id: str, person: str | None) -> View:
    """Asks why, and says beforehand who is asked instead."""
    reasons = [option(label, reason.value) for reason, label in REASON_LABELS.items()]
    globs = [
        option(glob, glob)
        for glob in review.places
        if 0 < len(visible(glob)) == len(glob) <= BUTTON
    ]
    blocks = [
        section(f"{_about(review)}\n{_next_up(review, person)}"),
        _input(REASON, "Why?", {"type": "static_select", "options": reasons}),
        _input(DAY, "Away until (only if you are away)", {"type": "datepicker"}, optional=True),
        _input(TO, "Who could do it better?", {"type": "users_select"}, optional=True),
    ]
    if globs:
        boxes = {"type": "checkboxes", "options": globs}
        blocks.append(_input(PATHS, "Do not ask me about these any more", boxes, optional=True))
    words = {"type": "plain_text_input", "max_length": 300}
    blocks.append(_input(NOTE, "Anything to add?", words, optional=True))
    return _modal(DECLINE, "Decline this review", "Decline", card_id, blocks)


def _next_up(review: Review, person: str | None) -> str:
    """Who is asked if this person declines, as the last decision found it."""
    if person is None or all(ask.person != person for ask in review.waiting):
        return "You are not asked to review this."
    heir = review.next_up.get(person)
    if heir is None:
        return "*Nobody else can be asked now*: it waits until somebody can, or a lead helps."
    name = harmless(review.name(heir.person), 80)
    return f"*Next:* {name} is asked instead — {harmless(heir.why, 300)}"


def snooze_modal(review: Review, card_id: str, person: str | None) -> View:
    """Asks until when; says what the ladder does meanwhile."""
    taken = deadline(review, person) if person is not None else None
    meanwhile = f"Somebody else is asked {when(taken)} all the same." if taken is not None else ""
    return _modal(
        SNOOZE,
        "Snooze this review",
        "Snooze",
        card_id,
        [
            section(f"{_about(review)}\nYou hear nothing until then. {meanwhile}".rstrip()),
            _input(
                UNTIL,
                "Until when?",
                {
                    "type": "static_select",
                    "options": [option(label, value) for value, label in SPANS.items()],
                    "initial_option": option(SPANS["1h"], "1h"),
                },
            ),
            _input(DAY, "Or a day", {"type": "datepicker"}, optional=True),
        ],
    )


def assign_modal(review: Review, card_id: str) -> View:
    """Asks who shall review instead, and instead of whom."""
    choices = [option("Nobody: besides those who are asked", NOBODY)]
    choices += [option(review.name(ask.person), ask.person) for ask in review.waiting]
    return _modal(
        ASSIGN,
        "Ask somebody else",
        "Ask them",
        card_id,
        [
            section(f"{_about(review)}\nOnly somebody who may sign what is open can be asked."),
            _input(TO, "Who shall review it?", {"type": "users_select"}),
            _input(INSTEAD, "Instead of", {"type": "static_select", "options": choices}),
        ],
    )


def _input(block_id: str, label: str, element: Block, *, optional: bool = False) -> Block:
    return {
        "type": "input",
        "block_id": block_id,
        "optional": optional,
        "label": plain(label),
        "element": {"action_id": VALUE, **element},
    }


def why_modal(review: Review) -> View:
    """Explains the decision."""
    return {
        "type": "modal",
        "title": plain("Why this decision", 24),
        "close": plain("Close", 24),
        "blocks": explanation_blocks(review),
    }


def _modal(
    callback_id: str, title: str, submit: str, card_id: str, blocks: list[dict[str, Any]]
) -> View:
    return {
        "type": "modal",
        "callback_id": callback_id,
        "title": plain(title, 24),
        "submit": plain(submit, 24),
        "close": plain("Cancel", 24),
        "private_metadata": card_id,
        "blocks": blocks,
    }


def _about(review: Review) -> str:
    return f"*{harmless(f'{short_name(review.ref)} · {review.title}', 200)}*"
