"""Block Kit's limits: which blocks stand where. Source: Slack's Block Kit reference, 2026.

Everything Countersign shows is held to them, and what Slack leaves unsaid is held to the stricter
reading. Blocks that are not listed here are refused as an `unsupported type`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from bot.playground.element_limits import (
    CLICKED,
    CONTEXT_ACTIONS,
    ID,
    INPUTS,
    NAMED,
    PICKERS,
    PICTURE,
    SELECTS,
    SUGGESTED,
    picture,
    plain,
    text,
    texts,
)
from bot.playground.elements import options_of
from bot.playground.message_limits import (
    CARD,
    CAROUSEL,
    DATA_TABLE,
    DATA_VISUALIZATION,
    PLAN,
    TABLE,
    TASK_CARD,
    VIDEO,
    container,
)
from bot.playground.nouns import Json
from bot.playground.refusal import ApiRefusal
from bot.playground.rich_text_limits import RICH_TEXT, RICH_TEXT_INPUT
from bot.playground.shapes import (
    Check,
    array,
    at_least_one,
    boolean,
    by_type,
    complaint,
    one_of,
    shape,
    string,
)

MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
MESSAGE_CHARACTERS = 11_000
"""Slack documents no sum limit; people have met it between 11,000 and 13,200 characters."""
POSTED_TEXT = 40_000
UPDATED_TEXT = 4_000

_ENTERED = {**INPUTS, **SELECTS, **PICKERS, "rich_text_input": RICH_TEXT_INPUT}
_EVERYWHERE: dict[str, Check] = {
    "card": CARD,
    "video": VIDEO,
    "section": at_least_one(
        ("text", "fields"),
        shape(
            {},
            {
                **NAMED,
                "text": text(3000),
                "fields": array(text(2000), 10),
                "accessory": by_type({**CLICKED, **SELECTS, **PICKERS, "image": PICTURE}),
                "expand": boolean,
            },
        ),
    ),
    "header": shape({"text": plain(150)}, NAMED),
    "divider": shape({}, NAMED),
    "context": shape(
        {"elements": array(by_type({**texts(3000), "image": PICTURE}), 10)},
        NAMED,
    ),
    "actions": shape({"elements": array(by_type({**CLICKED, **SELECTS, **PICKERS}), 25)}, NAMED),
    "image": picture({**NAMED, "title": plain(2000)}),
    "rich_text": RICH_TEXT,
    "input": shape(
        {"label": plain(2000), "element": by_type(_ENTERED)},
        {**NAMED, "hint": plain(2000), "optional": boolean, "dispatch_action": boolean},
    ),
}
_ALERT = shape(
    {"text": text(3000)},
    {**NAMED, "level": one_of("default", "info", "warning", "error", "success")},
)
_IN_MESSAGES = {
    **_EVERYWHERE,
    "carousel": CAROUSEL,
    "context_actions": shape({"elements": array(by_type(CONTEXT_ACTIONS), 5)}, NAMED),
    "data_table": DATA_TABLE,
    "data_visualization": DATA_VISUALIZATION,
    "markdown": shape({"text": string(12_000)}, NAMED),
    "plan": PLAN,
    "table": TABLE,
    "task_card": TASK_CARD,
}
_SURFACES: Mapping[str, Check] = {
    "message": array(
        by_type({**_IN_MESSAGES, "container": container(by_type(_IN_MESSAGES))}),
        MESSAGE_BLOCKS,
        least=0,
    ),
    "modal": array(by_type({**_EVERYWHERE, "alert": _ALERT}), VIEW_BLOCKS),
    "home": array(by_type({**_EVERYWHERE, "carousel": CAROUSEL}), VIEW_BLOCKS),
}
_VIEW_TEXTS = {
    "callback_id": ID,
    "private_metadata": string(3000, 0),
    "external_id": ID,
}
_VIEWS = by_type(
    {
        "modal": shape(
            {"title": plain(24), "blocks": _SURFACES["modal"]},
            {
                **_VIEW_TEXTS,
                "submit": plain(24),
                "close": plain(24),
                "clear_on_close": boolean,
                "notify_on_close": boolean,
                "submit_disabled": boolean,
            },
        ),
        "home": shape({"blocks": _SURFACES["home"]}, _VIEW_TEXTS),
    }
)


def check_message_blocks(blocks: Any) -> None:
    """Refuse what Slack would not post: `invalid_blocks` or `msg_blocks_too_long`."""
    if not isinstance(blocks, list):
        raise ApiRefusal("invalid_blocks_format")
    complaints = [*_SURFACES["message"](blocks, "/blocks"), *_doubled(blocks)]
    if complaints:
        raise ApiRefusal("invalid_blocks", complaints)
    if sum(_characters(block) for block in blocks) > MESSAGE_CHARACTERS:
        raise ApiRefusal("msg_blocks_too_long")


def check_view(view: Any, kind: str) -> None:
    """Refuse a modal or Home tab that Slack would not show: `invalid_arguments`."""
    complaints = list(_VIEWS(view, "/view"))
    if not complaints:
        complaints = list(_doubled(view["blocks"]))
        if view["type"] != kind:
            complaints.append(complaint(f"must be of type {kind}", "/view/type"))
        has_input = any(block["type"] == "input" for block in view["blocks"])
        if kind == "modal" and has_input and "submit" not in view:
            complaints.append(complaint("missing required field: submit", "/view"))
    if complaints:
        raise ApiRefusal("invalid_arguments", complaints)


def checked_suggestions(answer: Json) -> list[Json]:
    """The options with which an app answers what is typed into an external select."""
    complaints = list(SUGGESTED(answer, ""))
    if complaints:
        raise ApiRefusal("invalid_arguments", complaints)
    return options_of(answer)


def _doubled(blocks: list[Any]) -> Iterator[str]:
    """`block_id` is unique in its message or view, `action_id` in its block."""
    for block_id in _twice(blocks, "block_id"):
        yield complaint(f'`block_id` "{block_id}" already exists', "/blocks")
    for index, block in enumerate(blocks):
        elements = block.get("elements") if isinstance(block, dict) else None
        if isinstance(elements, list) and block.get("type") == "actions":
            for action_id in _twice(elements, "action_id"):
                at = f"/blocks/{index}"
                yield complaint(f'`action_id` "{action_id}" already exists', at)


def _twice(members: list[Any], name: str) -> list[str]:
    """The texts that more than one member has under that name."""
    named = [member.get(name) for member in members if isinstance(member, dict)]
    counts = Counter(value for value in named if isinstance(value, str))
    return [value for value, count in counts.items() if count > 1]


def _characters(value: Any) -> int:
    """The characters in all texts of a block."""
    match value:
        case {"text": str(text), **rest}:
            return len(text) + _characters(rest)
        case dict():
            members: Json = value
            return sum(_characters(member) for member in members.values())
        case list():
            return sum(_characters(member) for member in value)
        case _:
            return 0
