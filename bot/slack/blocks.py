"""Block Kit's bricks: text made harmless, and every payload held against Slack's limits once."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from routing.phrases import cut

Block = dict[str, Any]
"""A block as Slack's JSON."""

SECTION, HEADER, BUTTON, FIELD, FIELDS, BLOCKS, TOTAL = 3000, 150, 75, 2000, 10, 50, 10_000
"""Slack's limits in characters and in blocks a message; the last is the undocumented sum."""
ALT = 1000
"""Of a picture's description, as it is uploaded with it."""

A_LINE = 150
"""Characters kept for the line that counts what was left out."""

UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
"""Unicode categories of what controls, reorders or hides text."""
FILLERS = frozenset("\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Letters that show nothing."""
HALF = re.compile(r"(?:&[a-z]{0,4}|<[^<>]*)\Z")
"""What a cut leaves of an escaped letter or of a link."""
KEPT = frozenset("\n\t")
LINE_END = re.compile(r"[\n\t]+")


@dataclass(frozen=True, slots=True)
class Message:
    """A message: `text` is what a notification and a screen reader say."""

    text: str
    blocks: Sequence[Block] = field(default=())


def harmless(text: str, length: int) -> str:
    """Text from a forge or a person for a mrkdwn place: cut first, then escaped.

    Slack reads `&`, `<` and `>` as its own; everything that reorders or hides is dropped, and
    line ends become spaces, so that nobody adds a line of ours.
    """
    short = cut(LINE_END.sub(" ", visible(text)), length)
    return short.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def visible(text: str) -> str:
    """The text without what controls, reorders or hides."""
    return "".join(
        one
        for one in text
        if one in KEPT or (unicodedata.category(one) not in UNSEEN and one not in FILLERS)
    )


def plain(text: str, length: int = SECTION) -> Block:
    """A plain_text object: nothing in it is read as markup."""
    return {"type": "plain_text", "text": cut(visible(text), length) or " ", "emoji": False}


def header(text: str) -> Block:
    """A heading."""
    return {"type": "header", "text": plain(text.replace("\n", " "), HEADER)}


def section(mrkdwn: str) -> Block:
    """A paragraph of our own mrkdwn; people's words in it are `harmless` already."""
    return {"type": "section", "text": _mrkdwn(mrkdwn, SECTION)}


def _mrkdwn(text: str, length: int) -> Block:
    """Our own markup, and nothing that Slack would make of plain words (`verbatim`)."""
    if len(text) > length:
        text = HALF.sub("", text[: length - 1]) + "…"
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def facts(pairs: Mapping[str, str]) -> Block:
    """Names and values in two columns; at most ten, of our own words."""
    fields = [_mrkdwn(f"*{name}*\n{value}", FIELD) for name, value in pairs.items()]
    return {"type": "section", "fields": fields[:FIELDS]}


def plain_section(text: str) -> Block:
    """A paragraph without markup."""
    return {"type": "section", "text": plain(text)}


def verbatim(text: str) -> Block:
    """Lines of code as they are: nothing in them is read as markup."""
    leaf = {"type": "text", "text": cut(visible(text), SECTION) or " "}
    return {
        "type": "rich_text",
        "elements": [{"type": "rich_text_preformatted", "elements": [leaf]}],
    }


def context(mrkdwn: str) -> Block:
    """A small line."""
    return {"type": "context", "elements": [_mrkdwn(mrkdwn, FIELD)]}


def picture(file: str, says: str) -> Block:
    """An uploaded picture, by its file's id at Slack, and the same in words."""
    return {"type": "image", "slack_file": {"id": file}, "alt_text": cut(visible(says), ALT)}


def button(label: str, action_id: str, value: str, **more: object) -> Block:
    """A button; `more` are Slack's own keys (style, url, confirm)."""
    return {
        "type": "button",
        "text": plain(label, BUTTON),
        "action_id": action_id,
        "value": value,
        **more,
    }


def menu(action_id: str, options: Mapping[str, str]) -> Block:
    """The three dots behind a row of buttons: label → value."""
    return {
        "type": "overflow",
        "action_id": action_id,
        "options": [option(label, value) for label, value in options.items()],
    }


def option(label: str, value: str) -> Block:
    """One of several to choose from."""
    return {"text": plain(label, BUTTON), "value": value}


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


def payload(message: Message) -> dict[str, Any]:
    """What goes to Slack, whoever sends it: never more than it takes."""
    fitting = fits(message)
    return {"text": fitting.text[:SECTION], "blocks": list(fitting.blocks)}


def room_for(blocks: Sequence[Block]) -> bool:
    """Whether a message holds these and one more small line."""
    return len(blocks) < BLOCKS and _size(blocks) <= TOTAL - A_LINE


def fits(message: Message) -> Message:
    """The message, cut to what Slack takes: whole blocks go from the end, and it is said."""
    blocks = list(message.blocks)
    if len(blocks) <= BLOCKS and _size(blocks) <= TOTAL:
        return message
    kept: list[Block] = []
    tail = [block for block in blocks if block["type"] == "actions"]
    for block in (block for block in blocks if block["type"] != "actions"):
        if len(kept) + len(tail) + 2 > BLOCKS or _size([*kept, *tail, block]) > TOTAL - A_LINE:
            kept.append(context("… more than fits here; see it in full where it was opened."))
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
