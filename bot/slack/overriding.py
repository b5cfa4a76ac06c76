"""What the card shows of an override: who wants it, who agreed, and what it leaves to be done."""

from __future__ import annotations

from collections.abc import Iterator

from bot.slack.blocks import Block, actions, button, harmless, section, when
from routing.model import State
from routing.record import Review
from routing.rules.override import Override

SECOND = "review.override.second"


def override_blocks(review: Review, card_id: str) -> Iterator[Block]:
    """Nothing without an override."""
    given = review.override
    if given is None or not _matters(review, given):
        return
    reason, who = harmless(given.reason, 300), harmless(review.name(given.by), 80)
    if given.wants_follow_up:
        yield section(
            f"*Merged under an override:* {reason}\nIts signatures are wanted yet, by people who "
            "had no part in it."
        )
    elif given.followed_up_by is not None:
        signed = dict.fromkeys([*(one.person for one in review.approvals), given.followed_up_by])
        by = harmless(", ".join(map(review.name, signed)), 200)
        yield section(f"*Merged under an override*, reviewed since by {by}.")
    elif given.second is None:
        yield section(f"*Override wanted* by {who}: {reason}\nIt takes a second person who may.")
        yield actions([button("Agree to override", SECOND, card_id, confirm=_confirm(given))])
    elif given.until is not None:
        second = harmless(review.name(given.second), 80)
        yield section(f"*Overridden* by {who} and {second} until {when(given.until)}: {reason}")


def _matters(review: Review, given: Override) -> bool:
    if given.used_at is not None:
        return True
    binding = review.binding
    return review.state is State.OPEN and given.concerns(binding.head_sha, binding.base_branch)


def _confirm(given: Override) -> Block:
    return {
        "title": {"type": "plain_text", "text": "Let it pass unreviewed?"},
        "text": {
            "type": "plain_text",
            "text": f"{given.head_sha[:8]} may then be merged without its review. Your name and "
            "the reason go on record, and a follow-up review is wanted.",
        },
        "confirm": {"type": "plain_text", "text": "Override"},
        "deny": {"type": "plain_text", "text": "Not yet"},
        "style": "danger",
    }
