"""What Slack makes of a payload: its limits, and everything in it that is more than letters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from bot.playground.limits import POSTED_TEXT, check_message_blocks
from bot.slack.blocks import Message

OURS = re.compile(
    r"https://github\.example/[^|>]*\|[^<>]*"  # a link to the merge request
    r"|!date\^\d+\^[^|>^]*\|[^<>]*"  # a moment in the reader's own zone
    r"|@U0DANA"  # whoever is reminded, below their own message
)
"""The only sequences in angle brackets that we write."""

DANGEROUS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\u2060\u200b]"
)
"""Control characters, marks that change the direction of text, and letters of no width."""

LIVELY = (
    "<!channel>",
    "<!here|here>",
    "<!subteam^S0ALL>",
    "<@U0DANA>",
    "<#C0REVIEWS>",
    "<https://evil.example|the diff>",
    "<!date^1^{date}^https://evil.example|now>",
    "&lt;!channel&gt;",
    "&",
    "<",
    ">",
    "|",
    "*_~`",
    "\n",
    "\r\n• ✓ everything: Dana Ng",
    "\u202e\u2066",
    "\u200b",
    "👩‍🚀🏳️‍🌈",
    "Zürich ﷽",
    "x" * 400,
    "&" * 400,
    "",
)
"""Texts that people with bad intentions put into titles, branches and comments."""


def objects_in(payload: Any) -> Iterator[dict[str, Any]]:
    """Every JSON object in it, itself included."""
    if isinstance(payload, dict):
        yield payload
        for value in payload.values():
            yield from objects_in(value)
    elif isinstance(payload, list | tuple):
        for value in payload:
            yield from objects_in(value)


def mrkdwn_of(payload: Any) -> list[str]:
    """Every text in it that Slack reads as mrkdwn."""
    return [one["text"] for one in objects_in(payload) if one.get("type") == "mrkdwn"]


def texts_of(payload: Any) -> list[str]:
    """Every text in it, whatever Slack reads it as."""
    return [one["text"] for one in objects_in(payload) if isinstance(one.get("text"), str)]


def lively_in(text: str) -> list[str]:
    """Mentions, links and broken markup in a mrkdwn text, besides what we write ourselves."""
    found = [one for one in re.findall(r"<([^<>]*)>", text) if not OURS.fullmatch(one)]
    rest = re.sub(r"<[^<>]*>", "", text)
    found += re.findall(r"[<>].{0,20}", rest)
    found += re.findall(r"&(?!amp;|lt;|gt;|[a-z]{0,3}\Z).{0,20}", rest, re.DOTALL)
    return found


def check_message(message: Message, longest_text: int = POSTED_TEXT) -> None:
    """Slack takes it, and nothing in it mentions anybody or leads anywhere but home."""
    blocks: list[Any] = list(message.blocks)
    check_message_blocks(blocks)
    assert 0 < len(message.text) <= longest_text
    for text in (message.text, *mrkdwn_of(blocks)):
        assert lively_in(text) == []
    for text in (message.text, *texts_of(blocks)):
        assert not DANGEROUS.search(text)
