"""The modals: what to change, whom instead, and why it stands as it does; and their parts."""

from __future__ import annotations

from typing import Any

from bot.slack.blocks import Block, harmless, option, plain, section
from bot.slack.cards import ASSIGN, REQUEST_CHANGES
from bot.slack.explanation import explanation_blocks
from routing.forge_words import short_name
from routing.record import Review

View = dict[str, Any]
"""A view as Slack's JSON: stock SDK views drop blocks they do not know."""

COMMENT, REASON, NOTE, VALUE = "comment", "reason", "note", "value"
UNTIL, DAY, TO, INSTEAD, PATHS = "until", "day", "to", "instead", "paths"
NOBODY = "-"
"""The choice of asking somebody besides those who are asked."""
LONGEST_COMMENT = 3000


def changes_modal(review: Review, card_id: str) -> View:
    """Asks what should change; the words go to the merge request as they are."""
    return modal(
        REQUEST_CHANGES,
        "Request changes",
        "Request changes",
        card_id,
        [
            section(f"{about(review)}\nYour words are posted there with your name."),
            field(
                COMMENT,
                "What should change?",
                {"type": "plain_text_input", "multiline": True, "max_length": LONGEST_COMMENT},
            ),
        ],
    )


def assign_modal(review: Review, card_id: str) -> View:
    """Asks who shall review instead, and instead of whom."""
    choices = [option("Nobody: besides those who are asked", NOBODY)]
    choices += [option(review.name(ask.person), ask.person) for ask in review.waiting]
    return modal(
        ASSIGN,
        "Ask somebody else",
        "Ask them",
        card_id,
        [
            section(f"{about(review)}\nOnly somebody who may sign what is open can be asked."),
            field(TO, "Who shall review it?", {"type": "users_select"}),
            field(INSTEAD, "Instead of", {"type": "static_select", "options": choices}),
        ],
    )


def field(
    block_id: str, label: str, element: Block, *, optional: bool = False, live: bool = False
) -> Block:
    """An input with its label; of a `live` one we hear at once when something is chosen in it."""
    return {
        "type": "input",
        "block_id": block_id,
        "optional": optional,
        "dispatch_action": live,
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


def modal(
    callback_id: str, title: str, submit: str, card_id: str, blocks: list[dict[str, Any]]
) -> View:
    """A form that is submitted, and carries on which card it is about."""
    return {
        "type": "modal",
        "callback_id": callback_id,
        "title": plain(title, 24),
        "submit": plain(submit, 24),
        "close": plain("Cancel", 24),
        "private_metadata": card_id,
        "blocks": blocks,
    }


def nothing_to_do(title: str, review: Review, why: str) -> View:
    """In the place of a form that could only be refused: why there is nothing to fill in."""
    return {
        "type": "modal",
        "title": plain(title, 24),
        "close": plain("Close", 24),
        "blocks": [section(f"{about(review)}\n{why}")],
    }


def about(review: Review) -> str:
    """The heading of a form: which change it is about."""
    return f"*{harmless(f'{short_name(review.ref)} · {review.title}', 200)}*"
