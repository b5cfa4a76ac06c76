"""Why this decision: rules, people asked and people left out, from the stored review."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from bot.slack.blocks import Block, harmless, section
from bot.slack.cards import ask_words, assessment_lines, rule_line
from routing.choosing.spreading import READING
from routing.forge_words import short_name
from routing.record import Review
from routing.rules.tree import conditions, ways

SHOWN = 12
INDENT = "\u2003"


def explanation_blocks(review: Review) -> list[Block]:
    """The whole reason, as blocks of a modal or an ephemeral message."""
    title = harmless(f"{short_name(review.ref)} · {review.title}", 200)
    return [
        section("\n".join([f"*{title}*", *assessment_lines(review)])),
        section("\n".join(["*Rules*", *_rules(review)])),
        section("\n".join(["*Asked, and why*", *_asked(review)])),
        section("\n".join(["*Left out, and why*", *_left_out(review)])),
    ]


def _rules(review: Review) -> Iterator[str]:
    for rule in review.verdict.rules:
        if rule.applies:
            yield f"{rule_line(rule, review)} ({harmless(rule.reason, 150)})"
        else:
            yield f"• – {harmless(rule.name, 80)}: {harmless(rule.reason, 150)}"
        below = (*conditions(rule), *(ways(rule, review.name) if not rule.met else ()))
        for depth, node in chain.from_iterable(node.lines() for node in below):
            yield f"{INDENT * (depth + 1)}{node.sign} {harmless(node.sentence, 150)}"
    yield from (f"• ✗ {harmless(block, 300)}" for block in review.verdict.blocks)


def _asked(review: Review) -> Iterable[str]:
    asked = [
        f"• {harmless(review.name(ask.person), 80)} ({ask_words(ask)}): {harmless(ask.why, 400)}"
        for ask in review.asks
    ]
    reading = [f"• {harmless(review.name(review.shadow), 80)} {READING}"] if review.shadow else []
    remarks = [f"_{harmless(remark, 300)}_" for remark in review.remarks]
    return [*(asked or ["Nobody."]), *reading, *remarks]


def _left_out(review: Review) -> Iterator[str]:
    if not review.exclusions:
        yield "Nobody."
    for exclusion in review.exclusions[:SHOWN]:
        yield f"• {harmless(exclusion.sentence, 200)}"
    if len(review.exclusions) > SHOWN:
        yield f"… and {len(review.exclusions) - SHOWN} more."
