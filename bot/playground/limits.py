"""Block Kit's limits, in one place. Source: Slack's Block Kit reference, 2026.

Everything Countersign shows is held to them, and what Slack leaves unsaid is held to the stricter
reading. Blocks that are not listed here are refused as an `unsupported type`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from bot.playground.nouns import Json
from bot.playground.refusal import ApiRefusal
from bot.playground.shapes import (
    Check,
    anything,
    array,
    at_least_one,
    boolean,
    by_type,
    complaint,
    integer,
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

_ID = string(255)
_URL = string(3000)


def _plain(most: int) -> Check:
    return by_type({"plain_text": shape({"text": string(most)}, {"emoji": boolean})})


def _texts(most: int) -> dict[str, Check]:
    return {
        "plain_text": shape({"text": string(most)}, {"emoji": boolean}),
        "mrkdwn": shape({"text": string(most)}, {"verbatim": boolean}),
    }


def _text(most: int) -> Check:
    return by_type(_texts(most))


_CONFIRM = shape(
    {"title": _plain(100), "text": _text(300), "confirm": _plain(30), "deny": _plain(30)},
    {"style": one_of("primary", "danger")},
)
_OPTION = shape({"text": _text(75), "value": string(150)}, {"description": _text(75), "url": _URL})
_PLAIN_OPTION = shape(
    {"text": _plain(75), "value": string(150)}, {"description": _plain(75), "url": _URL}
)
_OPTION_GROUP = shape({"label": _plain(75), "options": array(_PLAIN_OPTION, 100)})
_DISPATCH = shape(
    {"trigger_actions_on": array(one_of("on_enter_pressed", "on_character_entered"), 2)}
)

_CHOOSER = {
    "action_id": _ID,
    "placeholder": _plain(150),
    "confirm": _CONFIRM,
    "focus_on_load": boolean,
}
_OPTIONS = {"options": array(_PLAIN_OPTION, 100), "option_groups": array(_OPTION_GROUP, 100)}
_TYPED = {
    "action_id": _ID,
    "initial_value": string(3000),
    "placeholder": _plain(150),
    "dispatch_action_config": _DISPATCH,
    "focus_on_load": boolean,
}

_BUTTON = shape(
    {"text": _plain(75)},
    {
        "action_id": _ID,
        "url": _URL,
        "value": string(2000),
        "style": one_of("primary", "danger"),
        "confirm": _CONFIRM,
        "accessibility_label": string(75),
    },
)
_IMAGE_ELEMENT = shape({"image_url": _URL, "alt_text": string(2000)})

_SELECTS: dict[str, Check] = {
    "static_select": at_least_one(
        tuple(_OPTIONS), shape({}, {**_CHOOSER, **_OPTIONS, "initial_option": _PLAIN_OPTION})
    ),
    "users_select": shape({}, {**_CHOOSER, "initial_user": string(255)}),
    "channels_select": shape({}, {**_CHOOSER, "initial_channel": string(255)}),
    "conversations_select": shape({}, {**_CHOOSER, "initial_conversation": string(255)}),
    "multi_static_select": at_least_one(
        tuple(_OPTIONS),
        shape(
            {},
            {
                **_CHOOSER,
                **_OPTIONS,
                "initial_options": array(_PLAIN_OPTION, 100),
                "max_selected_items": integer(1, 100),
            },
        ),
    ),
    "multi_users_select": shape(
        {},
        {
            **_CHOOSER,
            "initial_users": array(string(255), 100),
            "max_selected_items": integer(1, 100),
        },
    ),
}
_PICKERS: dict[str, Check] = {
    "radio_buttons": shape(
        {"options": array(_OPTION, 10)},
        {
            "action_id": _ID,
            "initial_option": _OPTION,
            "confirm": _CONFIRM,
            "focus_on_load": boolean,
        },
    ),
    "checkboxes": shape(
        {"options": array(_OPTION, 10)},
        {
            "action_id": _ID,
            "initial_options": array(_OPTION, 10),
            "confirm": _CONFIRM,
            "focus_on_load": boolean,
        },
    ),
    "datepicker": shape({}, {**_CHOOSER, "initial_date": string(10, 10)}),
    "timepicker": shape({}, {**_CHOOSER, "initial_time": string(5, 5), "timezone": string(255)}),
}
_INPUTS: dict[str, Check] = {
    "plain_text_input": shape(
        {},
        {
            **_TYPED,
            "multiline": boolean,
            "min_length": integer(0, 3000),
            "max_length": integer(1, 3000),
        },
    ),
    "number_input": shape(
        {"is_decimal_allowed": boolean},
        {**_TYPED, "min_value": string(255), "max_value": string(255)},
    ),
    "email_text_input": shape({}, _TYPED),
    "url_text_input": shape({}, _TYPED),
}
_CLICKED: dict[str, Check] = {
    "button": _BUTTON,
    "overflow": shape(
        {"options": array(_PLAIN_OPTION, 5)}, {"action_id": _ID, "confirm": _CONFIRM}
    ),
}
_NAMED = {"block_id": _ID}

_EVERYWHERE: dict[str, Check] = {
    "section": at_least_one(
        ("text", "fields"),
        shape(
            {},
            {
                **_NAMED,
                "text": _text(3000),
                "fields": array(_text(2000), 10),
                "accessory": by_type({**_CLICKED, **_SELECTS, **_PICKERS, "image": _IMAGE_ELEMENT}),
                "expand": boolean,
            },
        ),
    ),
    "header": shape({"text": _plain(150)}, _NAMED),
    "divider": shape({}, _NAMED),
    "context": shape(
        {"elements": array(by_type({**_texts(3000), "image": _IMAGE_ELEMENT}), 10)},
        _NAMED,
    ),
    "actions": shape(
        {"elements": array(by_type({**_CLICKED, **_SELECTS, **_PICKERS}), 25)}, _NAMED
    ),
    "image": shape(
        {"image_url": _URL, "alt_text": string(2000)}, {**_NAMED, "title": _plain(2000)}
    ),
    "rich_text": shape({"elements": array(anything, 100)}, _NAMED),
    "input": shape(
        {"label": _plain(2000), "element": by_type({**_INPUTS, **_SELECTS, **_PICKERS})},
        {**_NAMED, "hint": _plain(2000), "optional": boolean, "dispatch_action": boolean},
    ),
}
_TABLE = shape(
    {"rows": array(array(anything, 20), 100)}, {**_NAMED, "column_settings": array(anything, 20)}
)
_ALERT = shape(
    {"text": _text(3000)},
    {**_NAMED, "level": one_of("default", "info", "warning", "error", "success")},
)
_SURFACES: Mapping[str, Check] = {
    "message": array(
        by_type(
            {**_EVERYWHERE, "table": _TABLE, "markdown": shape({"text": string(12_000)}, _NAMED)}
        ),
        MESSAGE_BLOCKS,
        least=0,
    ),
    "modal": array(
        by_type({**_EVERYWHERE, "alert": _ALERT}),
        VIEW_BLOCKS,
    ),
    "home": array(by_type(_EVERYWHERE), VIEW_BLOCKS),
}
_VIEW_TEXTS = {
    "callback_id": _ID,
    "private_metadata": string(3000, 0),
    "external_id": _ID,
}
_VIEWS = by_type(
    {
        "modal": shape(
            {"title": _plain(24), "blocks": _SURFACES["modal"]},
            {
                **_VIEW_TEXTS,
                "submit": _plain(24),
                "close": _plain(24),
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
