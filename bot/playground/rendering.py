"""A message as readable plain text, for terminals and transcripts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import unescape

from bot.playground.elements import NESTED, options_of
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
        case {"type": "actions" | "context_actions", "elements": elements}:
            yield "  ".join(_piece(element, names) for element in elements)
        case {"type": "input", "label": label, "element": element}:
            yield f"{_text(label, names)}: {_piece(element, names)}"
        case {"type": "image", "alt_text": alt}:
            yield f"[image: {alt}]"
        case {"type": "markdown", "text": str(text)}:
            yield text
        case {"type": "rich_text", "elements": elements}:
            yield "".join(_leaves(elements))
        case _:
            yield from _larger(block, names)


def _larger(block: Json, names: Mapping[str, str]) -> Iterator[str]:
    """Tables, charts, and blocks that hold others."""
    match block:
        case {"type": "table" | "data_table", "rows": rows}:
            yield from ([block["caption"]] if "caption" in block else [])
            yield from (" | ".join(_cell(cell) for cell in row) for row in rows)
        case {"type": "data_visualization", "title": title, "chart": chart}:
            yield title
            yield from _points(chart)
        case {"type": "card"}:
            yield from _card(block, names)
        case {"type": "carousel" | "container" | "plan" as kind}:
            heading = block.get("title", "")
            yield from (
                [heading["text"] if isinstance(heading, dict) else heading] if heading else []
            )
            inside = (_block(one, names) for one in block.get(NESTED[kind], []))
            yield from ("  " + line for lines in inside for line in lines)
        case {"type": "task_card", "title": title}:
            yield f"{title}: {block.get('status', 'pending').replace('_', ' ')}"
            parts = (block[part]["elements"] for part in ("details", "output") if part in block)
            yield from ("  " + "".join(_leaves(part)) for part in parts)
        case {"type": "video", "title": title, "alt_text": alt}:
            yield f"{title['text']} [video: {alt}]"
        case _:
            yield from _words(block, names)


def _cell(cell: Json) -> str:
    match cell:
        case {"elements": list(elements)}:
            return "".join(_leaves(elements))
        case _:
            return str(cell.get("text", cell.get("value", "")))


def _points(chart: Json) -> Iterator[str]:
    """Each number of a chart, with its name."""
    series = chart.get("series") or [{"data": chart.get("segments", [])}]
    for one in series:
        said = ", ".join(f"{point['label']} {point['value']}" for point in one["data"])
        yield f"  {one['name']}: {said}" if "name" in one else f"  {said}"


def _card(block: Json, names: Mapping[str, str]) -> Iterator[str]:
    yield from (_piece(block[one], names) for one in ("icon", "hero_image") if one in block)
    yield from (_text(block[one], names) for one in ("title", "subtitle", "body") if one in block)
    if "actions" in block:
        yield "  ".join(_piece(element, names) for element in block["actions"])


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
        case {"type": "button" | "icon_button" | "workflow_button", "text": text}:
            return f"[ {_text(text, names)} ]"
        case {"positive_button": yes, "negative_button": no}:
            return f"[ {_text(yes['text'], names)} ]  [ {_text(no['text'], names)} ]"
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
