"""The modals: what to change, and why not me."""

from __future__ import annotations

from typing import Any

from bot.slack.blocks import harmless, plain, section
from bot.slack.cards import DECLINE, REQUEST_CHANGES, short_name
from bot.slack.explanation import explanation_blocks
from routing.events import DeclineReason
from routing.record import Review

View = dict[str, Any]
"""A view as Slack's JSON: stock SDK views drop blocks they do not know."""

COMMENT, REASON, NOTE, VALUE = "comment", "reason", "note", "value"
LONGEST_COMMENT = 3000

REASON_LABELS = {
    DeclineReason.BUSY: "I have no time for it",
    DeclineReason.NOT_MY_AREA: "It is not my area",
    DeclineReason.CONFLICT: "I have a conflict of interest",
    DeclineReason.AWAY: "I am away",
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
            {
                "type": "input",
                "block_id": COMMENT,
                "label": plain("What should change?"),
                "element": {
                    "type": "plain_text_input",
                    "action_id": VALUE,
                    "multiline": True,
                    "max_length": LONGEST_COMMENT,
                },
            },
        ],
    )


def decline_modal(review: Review, card_id: str) -> View:
    """Asks why; the next best person is asked instead."""
    options = [
        {"text": plain(label), "value": reason.value} for reason, label in REASON_LABELS.items()
    ]
    return _modal(
        DECLINE,
        "Decline this review",
        "Decline",
        card_id,
        [
            section(f"{_about(review)}\nThe next best person is asked instead."),
            {
                "type": "input",
                "block_id": REASON,
                "label": plain("Why?"),
                "element": {"type": "static_select", "action_id": VALUE, "options": options},
            },
            {
                "type": "input",
                "block_id": NOTE,
                "optional": True,
                "label": plain("Anything to add?"),
                "element": {
                    "type": "plain_text_input",
                    "action_id": VALUE,
                    "max_length": 300,
                },
            },
        ],
    )


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
    return f"*{harmless(f'{short_name(review)} · {review.title}', 200)}*"
