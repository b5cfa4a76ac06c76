"""Everything else people are told: direct messages, lines in a thread, answers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.slack.blocks import (
    Block,
    Message,
    actions,
    context,
    fits,
    harmless,
    link,
    plain_section,
    section,
)
from bot.slack.cards import assessment_lines, review_buttons
from bot.slack.declaring import declaration_buttons
from routing.effects import TellPerson, Topic
from routing.forge_words import short_name
from routing.model import Ref
from routing.phrases import counted
from routing.record import Review

OPENINGS = {
    Topic.YOUR_TURN: "Your turn",
    Topic.REMINDER: "Reminder",
    Topic.TAKEN_BACK: "Taken back",
    Topic.APPROVAL_LAPSED: "Changed since you approved",
    Topic.AUTHOR_NEWS: "Your change",
    Topic.LEAD_NEWS: "Needs a lead",
    Topic.DECLARATION: "One question",
    Topic.READ_ALONG: "Read along",
    Topic.NOT_ASKED: "You are not asked for now",
}
ACTIONABLE = frozenset({Topic.YOUR_TURN, Topic.REMINDER, Topic.APPROVAL_LAPSED})


def render_direct(review: Review, effect: TellPerson, card_id: str) -> Message:
    """A direct message: what it is about, one sentence, and the buttons where there is a choice."""
    opening = OPENINGS[effect.topic]
    name = short_name(review.ref)
    lines = counted(review.additions + review.deletions, "line")
    blocks = [
        section(f"*{opening}:* {link(review.url, f'{name} · {review.title}')} · {lines}"),
        section(harmless(effect.text, 2900)),
    ]
    if effect.topic in ACTIONABLE and review.is_open:
        blocks.insert(1, section("\n".join(assessment_lines(review))))
        blocks.append(context(f"head `{review.binding.head_sha[:8]}`"))
        blocks.append(actions(review_buttons(review, card_id)))
    if effect.topic is Topic.DECLARATION and review.is_open and review.assessment.undeclared:
        blocks.append(declaration_buttons(card_id))
    return fits(Message(f"{opening}: {name} · {lines}", blocks))


News = tuple[Review, TellPerson, str]
"""A thing somebody is told: the review as it stands now, what it is, and the card's id."""


def still_true(news: Iterable[News]) -> list[News]:
    """What is worth saying by now: no turn that is over, nothing taken back that was never given.

    A message may have waited for the morning; the review went on.
    """
    kept: dict[tuple[Ref, Topic], News] = {}
    begun: set[Ref] = set()
    for review, thing, card in news:
        asked = review.is_open and any(ask.person == thing.person for ask in review.waiting)
        if thing.topic in ACTIONABLE:
            if asked and thing.ref not in begun:
                kept[thing.ref, thing.topic] = (review, thing, card)
            begun.add(thing.ref)
        elif thing.topic is not Topic.TAKEN_BACK or thing.ref not in begun:
            kept[thing.ref, thing.topic] = (review, thing, card)
    return list(kept.values())


def render_several(news: Sequence[News]) -> Message:
    """Several things in one message, each with what can be done about it."""
    blocks: list[Block] = []
    for review, thing, card in news:
        name, lines = short_name(review.ref), counted(review.additions + review.deletions, "line")
        title = link(review.url, f"{name} · {review.title}")
        blocks.append(section(f"*{OPENINGS[thing.topic]}:* {title} · {lines}"))
        blocks.append(section(harmless(thing.text, 400)))
        if thing.topic in ACTIONABLE and review.is_open:
            blocks.append(actions(review_buttons(review, card)))
        if thing.topic is Topic.DECLARATION and review.is_open and review.assessment.undeclared:
            blocks.append(declaration_buttons(card))
    turns = sum(thing.topic in ACTIONABLE for _, thing, _ in news)
    text = f"{counted(len(news), 'thing')} for you, {counted(turns, 'review')} waiting"
    return fits(Message(text, blocks))


def render_line(text: str) -> Message:
    """A line of history in a thread, or an answer to one person."""
    return Message(harmless(text, 2900), [plain_section(text)])


def render_call(review: Review, text: str) -> Message:
    """One thing said in a channel about a merge request."""
    title = link(review.url, f"{short_name(review.ref)} · {review.title}")
    return fits(
        Message(
            f"{short_name(review.ref)}: {harmless(text, 500)}",
            [section(title), plain_section(text)],
        )
    )
