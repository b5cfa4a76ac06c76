"""Block Kit's bricks: text made harmless, and every payload held against Slack's limits once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Block = dict[str, Any]
"""A block as Slack's JSON."""

SECTION, HEADER, BUTTON, FIELD, BLOCKS, TOTAL = 3000, 150, 75, 2000, 50, 10_000
"""Slack's limits in characters and in blocks a message; the last is the undocumented sum."""

UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]"
)
"""Control characters and those that reorder or hide text."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message: `text` is what a notification and a screen reader say."""

    text: str
    blocks: Sequence[Block] = field(default=())


def harmless(text: str, length: int) -> str:
    """Text from a forge or a person for a mrkdwn place: cut first, then escaped.

    Slack reads `&`, `<` and `>` as its own; everything that reorders or hides is dropped.
    """
    seen = UNSEEN.sub("", text)
    short = seen if len(seen) <= length else seen[: length - 1].rstrip() + "…"
    return short.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def plain(text: str, length: int = SECTION) -> Block:
    """A plain_text object: nothing in it is read as markup."""
    seen = UNSEEN.sub("", text) or " "
    short = seen if len(seen) <= length else seen[: length - 1].rstrip() + "…"
    return {"type": "plain_text", "text": short, "emoji": False}


def header(text: str) -> Block:
    """A heading."""
    return {"type": "header", "text": plain(text.replace("\n", " "), HEADER)}


def section(mrkdwn: str) -> Block:
    """A paragraph of our own mrkdwn; people's words in it are `harmless` already."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": mrkdwn[:SECTION]}}


def plain_section(text: str) -> Block:
    """A paragraph without markup."""
    return {"type": "section", "text": plain(text)}


def context(mrkdwn: str) -> Block:
    """A small line."""
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": mrkdwn[:FIELD]}]}


def button(label: str, action_id: str, value: str, **more: object) -> Block:
    """A button; `more` are Slack's own keys (style, url, confirm)."""
    return {
        "type": "button",
        "text": plain(label, BUTTON),
        "action_id": action_id,
        "value": value,
        **more,
    }


def actions(buttons: Sequence[Block]) -> Block:
    """A row of buttons."""
    return {"type": "actions", "elements": list(buttons)}


def link(url: str, label: str) -> str:
    """A link in mrkdwn. Only web addresses become links."""
    text = harmless(" ".join(label.split()), 150).replace("|", "¦")
    if not re.fullmatch(r"https?://[^\s<>|]+", url):
        return text
    return f"<{url.replace('&', '&amp;')}|{text}>"


def when(moment: datetime, style: str = "{date_short_pretty} {time}") -> str:
    """A moment that each reader sees in their own zone."""
    fallback = moment.strftime("%Y-%m-%d %H:%M UTC")
    return f"<!date^{int(moment.timestamp())}^{style}|{fallback}>"


def fits(message: Message) -> Message:
    """The message, cut to what Slack takes: whole blocks go from the end, and it is said."""
    blocks = list(message.blocks)
    if len(blocks) <= BLOCKS and _size(blocks) <= TOTAL:
        return message
    kept: list[Block] = []
    tail = [block for block in blocks if block["type"] == "actions"]
    for block in (block for block in blocks if block["type"] != "actions"):
        if len(kept) + len(tail) + 2 > BLOCKS or _size([*kept, *tail, block]) > TOTAL - 100:
            kept.append(context("… more than fits here; see the merge request."))
            break
        kept.append(block)
    return Message(message.text[:SECTION], [*kept, *tail])


def _size(value: object) -> int:
    """Characters of text in blocks."""
    if isinstance(value, str):
        return len(value)
    if isinstance(value, Mapping):
        return sum(_size(one) for one in value.values())
    if isinstance(value, Iterable):
        return sum(_size(one) for one in value)
    return 0
