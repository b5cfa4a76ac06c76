"""Commands that do something: words and a review → the event that goes into the inbox."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta

from bot.slack.blocks import Message, harmless, section
from routing.events import (
    AwaySaid,
    Click,
    Event,
    MarkCleared,
    OverrideGiven,
    ReviewAssigned,
    ReviewClaimed,
    ReviewSnoozed,
)
from routing.forge_words import short_name
from routing.people import Person
from routing.phrases import day_words
from routing.record import Review

MENTION = re.compile(r"\A<@([UW][A-Z0-9]{2,20})(?:\|[^>]*)?>\Z")

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

FORMS = {
    "assign": ("assign <url> @who",),
    "claim": ("claim <url>",),
    "snooze": ("snooze <url> 2h", "snooze <url> tomorrow", "snooze <url> 2026-12-01"),
    "away": ("away until friday", "away until 2026-12-01", "away off"),
    "override": ("override <url> the reason",),
    "clear": ("clear <url> the reason",),
}
"""How each can be written."""


def parse_order(
    word: str, rest: str, review: Review, click: Click, people: Iterable[Person]
) -> Event | None:
    """The event that these words ask for on a review; None when they are not enough."""
    match word:
        case "claim":
            return ReviewClaimed(review.ref, click)
        case "snooze" if rest:
            return ReviewSnoozed(review.ref, click, rest)
        case "override":  # without a reason: agreeing with who gave one
            return OverrideGiven(review.ref, click, rest)
        case "clear" if rest:
            return MarkCleared(review.ref, click, rest)
        case "assign":
            to = somebody(rest, people)
            return ReviewAssigned(review.ref, click, to) if to is not None else None
        case _:
            return None


def somebody(said: str, people: Iterable[Person]) -> str | None:
    """The Slack user id of whom somebody names: a mention, or an id of the people file."""
    mention = MENTION.match(said)
    if mention is not None:
        return mention.group(1)
    name = said.removeprefix("@").lower()
    known = {
        one.slack for one in people if one.slack and name in {one.id.lower(), one.name.lower()}
    }
    return known.pop() if len(known) == 1 else None


def parse_away(rest: str, slack: str, today: date) -> AwaySaid | None:
    """`until 2026-12-01`, `until friday`, or `off`; None for what says no day, or one that is over.

    `today` is the person's own.
    """
    words = rest.lower().split()
    if words == ["off"]:
        return AwaySaid(slack, None)
    day = _day(words[-1], today) if words[:-1] == ["until"] else None
    return AwaySaid(slack, day) if day is not None and day >= today else None


def _day(said: str, today: date) -> date | None:
    """A date, `today`, `tomorrow`, or the next day of that name."""
    if said in DAYS:
        return today + timedelta(days=(DAYS.index(said) - today.weekday() - 1) % 7 + 1)
    if said in {"today", "tomorrow"}:
        return today + timedelta(days=said == "tomorrow")
    try:
        return date.fromisoformat(said)
    except ValueError:
        return None


def render_noted(word: str, review: Review) -> Message:
    """It is in the inbox; whether it can be done is said when it is decided."""
    said = (
        f"Noted: {word} {short_name(review.ref)}. Its card shows what comes of it; if it cannot "
        "be done, you hear why."
    )
    return Message(said, [section(harmless(said, 300))])


def render_form(word: str) -> Message:
    """How a command is written."""
    ways = ", ".join(f"`/review {harmless(form, 100)}`" for form in FORMS[word])
    said = f"Not understood, and nothing was changed. Write {ways}."
    return Message("Not understood", [section(said)])


def render_away(said: AwaySaid) -> Message:
    """What follows from an absence."""
    if said.until is None:
        text = "Welcome back: you are asked again."
    else:
        text = (
            f"Away until {day_words(said.until)}: nobody asks you until then, and what waits for "
            "you is given to others. `/review away off` ends it."
        )
    return Message(text, [section(text)])
