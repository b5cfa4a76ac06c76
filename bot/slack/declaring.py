"""The question to the author: did AI help? Two buttons, and a form for which tools."""

from __future__ import annotations

from typing import Any

from bot.slack.blocks import Block, actions, button, harmless, plain, section
from routing.record import Review

DECLARE_NONE = "review.declare.none"
DECLARE_AI = "review.declare.ai"
TOOLS = "tools"
MOST_TOOLS, LONGEST_TOOL = 8, 60


def declaration_buttons(card_id: str) -> Block:
    """Both answers, neither of them the proposed one."""
    return actions(
        [
            button("No AI helped", DECLARE_NONE, card_id),
            button("AI helped…", DECLARE_AI, card_id),
        ]
    )


def declaration_modal(review: Review, card_id: str) -> dict[str, Any]:
    """Asks which tools helped; not knowing is an answer too."""
    title = harmless(review.title, 200)
    return {
        "type": "modal",
        "callback_id": DECLARE_AI,
        "title": plain("AI helped", 24),
        "submit": plain("Put on record", 24),
        "close": plain("Cancel", 24),
        "private_metadata": card_id,
        "blocks": [
            section(f"*{title}*\nYour word goes on record and stays there."),
            {
                "type": "input",
                "block_id": TOOLS,
                "optional": True,
                "label": plain("Which tools?"),
                "hint": plain("Separate them by commas. Leave it empty if you cannot say."),
                "element": {
                    "type": "plain_text_input",
                    "action_id": "value",
                    "max_length": 300,
                    "placeholder": plain("Claude Code, Copilot", 150),
                },
            },
        ],
    }


def parse_tools(text: str) -> tuple[str, ...]:
    """The tools that somebody typed: each once, a few of them."""
    words = (" ".join(part.split())[:LONGEST_TOOL] for part in text.split(","))
    return tuple(dict.fromkeys(word for word in words if word))[:MOST_TOOLS]
