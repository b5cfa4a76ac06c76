"""The `/review` command: text → what is asked for, and the answers, from stored state."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

from bot.slack.blocks import Message, context, fits, harmless, link, section
from bot.slack.cards import short_name
from bot.slack.explanation import explanation_blocks
from routing.explain import gate_description
from routing.record import Review

WORDS = {
    "status": "how many reviews are open, and what they wait for",
    "mine": "what waits for you, and your own changes",
    "why": "why <url>: why these people, and what is missing",
    "help": "this list",
}
SHOWN = 20


@dataclass(frozen=True, slots=True)
class Asked:
    """A known word with what follows it; `unknown` is what was typed instead, if anything."""

    word: str
    rest: str
    unknown: str | None = None


def parse_command(text: str) -> Asked:
    """What somebody typed after `/review`; nothing at all means `mine`."""
    typed, _, rest = text.strip().partition(" ")
    word = typed.lower()
    if not word:
        return Asked("mine", "")
    if word in WORDS:
        return Asked(word, rest.strip())
    near = difflib.get_close_matches(word, WORDS, n=1)
    return Asked(near[0] if near else "help", rest.strip(), unknown=typed)


def render_help(unknown: str | None = None, near: str | None = None) -> Message:
    """What `/review` can do."""
    lines = [f"`/review {word}` – {harmless(about, 100)}" for word, about in WORDS.items()]
    if unknown is not None:
        guess = f" Did you mean `/review {near}`?" if near and near != "help" else ""
        lines.insert(0, f"I do not know “{harmless(unknown, 40)}”.{guess}")
    return Message("What /review can do", [section("\n".join(lines))])


def render_status(open_reviews: Sequence[Review], problems: Sequence[str]) -> Message:
    """What is open, and what it waits for."""
    wanted = [review for review in open_reviews if review.is_open]
    passed = sum(review.satisfied for review in wanted)
    waiting = [review for review in wanted if not review.satisfied]
    text = f"{len(wanted)} open: {len(waiting)} waiting, {passed} approved"
    blocks = [section(f"*{text}*"), *(section(_line(one)) for one in waiting[:SHOWN])]
    if len(waiting) > SHOWN:
        blocks.append(context(f"+{len(waiting) - SHOWN} more"))
    if problems:
        said = "\n".join(harmless(problem, 200) for problem in problems[:5])
        blocks.append(section(f"*The policy on disk is not in force:*\n{said}"))
    return fits(Message(text, blocks))


def render_mine(asked_of_me: Sequence[Review], my_own: Sequence[Review]) -> Message:
    """What waits for a person, and where their own changes stand."""
    text = f"{len(asked_of_me)} waiting for you, {len(my_own)} of your own open"
    blocks = [section(f"*{text}*")]
    blocks += [section(f"*Your turn:* {_line(one)}") for one in asked_of_me[:SHOWN]]
    blocks += [section(f"*Yours:* {_line(one)}") for one in my_own[:SHOWN]]
    more = max(0, len(asked_of_me) - SHOWN) + max(0, len(my_own) - SHOWN)
    if more:
        blocks.append(context(f"+{more} more"))
    return fits(Message(text, blocks))


def render_why(review: Review) -> Message:
    """Why this decision."""
    return fits(Message(f"Why {short_name(review)}", explanation_blocks(review)))


def render_unknown_url(url: str) -> Message:
    """No such review."""
    said = (
        f"I know no merge request at {harmless(url, 200)}. "
        "Copy its address from the browser: `/review why https://…`"
        if url
        else "Say which one: `/review why https://…`"
    )
    return Message("Not found", [section(said)])


def render_stranger(slack: str) -> Message:
    """Somebody nobody linked."""
    said = (
        f"Your Slack account `{harmless(slack, 20)}` is linked to nobody. Ask an admin to add "
        f"`slack: {harmless(slack, 20)}` to your entry in the people file."
    )
    return Message("Not linked", [section(said)])


def _line(review: Review) -> str:
    title = link(review.url, f"{short_name(review)} · {review.title}")
    return f"{title}\n{harmless(gate_description(review), 200)}"
