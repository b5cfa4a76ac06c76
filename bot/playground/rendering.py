"""A message as readable plain text, for terminals and transcripts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import unescape

from bot.playground.elements import options_of
from bot.playground.nouns import Json, Message

_CODE = re.compile(r"(```.*?```|`[^`\n]+`)", re.DOTALL)
_ANGLED = re.compile(r"<([^<>]+)>")
_EMPHASIS = re.compile(r"(?<![\w*~_])([*~_])(?=\S)([^\n]+?)(?<=\S)\1(?![\w*~_])")


def render_message_text(message: Message, names: Mapping[str, str] | None = None) -> str:
    """The message's blocks as lines of text, or its plain text where it has no blocks.

    Buttons read `[ Approve ]`, menus `[ More: a / b ]`. `names` turns user and channel ids
    into names; without it the ids stand.
    """
    if not message.blocks:
        return render_mrkdwn(message.text, names)
    lines = [line for block in message.blocks for line in _block(block, names or {})]
    return "\n".join(lines)


def render_mrkdwn(text: str, names: Mapping[str, str] | None = None) -> str:
    """Slack's markup as plain text: links with their address, mentions by name, no emphasis."""
    spoken = _ANGLED.sub(lambda found: _angled(found[1], names or {}), text)
    # Splitting at a group keeps the code, at every odd place: stars in it are no emphasis.
    parts = _CODE.split(spoken)
    parts[::2] = [_EMPHASIS.sub(r"\2", part) for part in parts[::2]]
    return unescape("".join(parts))


def _angled(inside: str, names: Mapping[str, str]) -> str:
    """What stands between `<` and `>`: a mention, a date or a link."""
    target, _, label = inside.partition("|")
    match target[0]:
        case "@" | "#":
            return target[0] + names.get(target[1:], label or target[1:])
        case "!":
            return label or f"@{target[1:]}"
        case _:
            return f"{label} ({target})" if label else target


def _text(text: Json, names: Mapping[str, str]) -> str:
    if text["type"] == "mrkdwn":
        return render_mrkdwn(text["text"], names)
    return str(text["text"])


def _block(block: Json, names: Mapping[str, str]) -> Iterator[str]:
    match block:
        case {"type": "divider"}:
            yield "─" * 40
        case {"type": "context", "elements": elements}:
            yield " · ".join(_piece(element, names) for element in elements)
        case {"type": "actions", "elements": elements}:
            yield "  ".join(_piece(element, names) for element in elements)
        case {"type": "input", "label": label, "element": element}:
            yield f"{_text(label, names)}: {_piece(element, names)}"
        case {"type": "table", "rows": rows}:
            for row in rows:
                yield " | ".join(str(cell.get("text", "")) for cell in row)
        case {"type": "image", "alt_text": alt}:
            yield f"[image: {alt}]"
        case {"type": "markdown", "text": str(text)}:
            yield text
        case {"type": "rich_text", "elements": elements}:
            yield "".join(_leaves(elements))
        case _:
            yield from _words(block, names)


def _words(block: Json, names: Mapping[str, str]) -> Iterator[str]:
    """Sections, headers and alerts: a text, fields and something beside them."""
    if "text" in block:
        yield _text(block["text"], names)
    for field in block.get("fields", []):
        yield "  " + _text(field, names).replace("\n", ": ", 1)
    if "accessory" in block:
        yield _piece(block["accessory"], names)


def _piece(element: Json, names: Mapping[str, str]) -> str:
    match element:
        case {"type": "plain_text" | "mrkdwn"}:
            return _text(element, names)
        case {"type": "image", "alt_text": alt}:
            return f"[image: {alt}]"
        case {"type": "button", "text": text}:
            return f"[ {_text(text, names)} ]"
        case _:
            offered = " / ".join(_text(option["text"], names) for option in options_of(element))
            hint = element.get("placeholder", {}).get("text", "…")
            return f"[ {hint}: {offered} ]" if offered else f"[ {hint} ]"


def _leaves(elements: list[Json]) -> Iterator[str]:
    """The texts within rich text, however deep."""
    for element in elements:
        if isinstance(element.get("text"), str):
            yield element["text"]
        yield from _leaves(element.get("elements", []))
