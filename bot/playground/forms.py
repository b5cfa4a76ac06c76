"""What stands in a modal's inputs: first as the app set it, then as a person fills it in."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from bot.playground.elements import elements, options_of
from bot.playground.nouns import Json
from bot.playground.refusal import Impossible
from bot.playground.shapes import NUMBER

EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
WEB_ADDRESS = re.compile(r"https?://[^\s]+")

Filled = Mapping[str, str | Sequence[str]]
"""What a person enters, by action id or block id: a text, an option's value, or several."""


Choice = str | Sequence[str] | None
"""What was chosen in one element; None where there is nothing to choose."""


@dataclass(frozen=True, slots=True)
class Known:
    """What short names stand for: suggested options, by action id of the select; files, by id."""

    options: Mapping[str, Sequence[Json]] = field(default_factory=dict)
    files: Mapping[str, Json] = field(default_factory=dict)


NOTHING = Known()


class _Reads(Enum):
    """What an entered text stands for."""

    ITSELF = "itself"
    OPTION = "option"
    MOMENT = "moment"
    RICH_TEXT = "rich text"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class _Holding:
    """Where an element keeps what was entered, and where the app may have set it before."""

    selected: str
    initial: str
    reads: _Reads = _Reads.ITSELF
    several: bool = False


_TYPED = _Holding("value", "initial_value")
_CHOSEN = _Holding("selected_option", "initial_option", _Reads.OPTION)
_CHOSEN_SEVERAL = _Holding("selected_options", "initial_options", _Reads.OPTION, several=True)
_HOLDINGS = {
    "plain_text_input": _TYPED,
    "number_input": _TYPED,
    "email_text_input": _TYPED,
    "url_text_input": _TYPED,
    "rich_text_input": _Holding("rich_text_value", "initial_value", _Reads.RICH_TEXT),
    "file_input": _Holding("files", "", _Reads.FILE, several=True),
    "feedback_buttons": _TYPED,
    "users_select": _Holding("selected_user", "initial_user"),
    "channels_select": _Holding("selected_channel", "initial_channel"),
    "conversations_select": _Holding("selected_conversation", "initial_conversation"),
    "datepicker": _Holding("selected_date", "initial_date"),
    "timepicker": _Holding("selected_time", "initial_time"),
    "datetimepicker": _Holding("selected_date_time", "initial_date_time", _Reads.MOMENT),
    "static_select": _CHOSEN,
    "external_select": _CHOSEN,
    "radio_buttons": _CHOSEN,
    "overflow": _CHOSEN,
    "checkboxes": _CHOSEN_SEVERAL,
    "multi_static_select": _CHOSEN_SEVERAL,
    "multi_external_select": _CHOSEN_SEVERAL,
    "multi_users_select": _Holding("selected_users", "initial_users", several=True),
    "multi_channels_select": _Holding("selected_channels", "initial_channels", several=True),
    "multi_conversations_select": _Holding(
        "selected_conversations", "initial_conversations", several=True
    ),
}


def state_of(element: Json, entered: Choice, known: Known = NOTHING) -> Json:
    """An element's state: what was entered, or what the app set when nothing was.

    A button has none, and an empty text empties it. Raises `Impossible` for an option that is
    not offered.
    """
    holding = _HOLDINGS.get(element["type"])
    if holding is None:
        return {}
    if entered is None:
        return {holding.selected: element.get(holding.initial, [] if holding.several else None)}
    values = [entered] if isinstance(entered, str) else entered
    held = [_read(holding.reads, element, value, known) for value in values if value]
    return {holding.selected: held if holding.several else next(iter(held), None)}


def _read(reads: _Reads, element: Json, value: str, known: Known) -> Any:
    match reads:
        case _Reads.ITSELF:
            return value
        case _Reads.OPTION:
            return _option(element, value, known)
        case _Reads.MOMENT:
            return int(value)
        case _Reads.RICH_TEXT:
            section = {"type": "rich_text_section", "elements": [{"type": "text", "text": value}]}
            return {"type": "rich_text", "elements": [section]}
        case _Reads.FILE if value not in known.files:
            raise Impossible(f"nobody has sent a file {value!r}")
        case _Reads.FILE:
            return known.files[value]


def fill_in(
    blocks: Sequence[Json], filled: Filled, known: Known = NOTHING
) -> tuple[Json, dict[str, str]]:
    """The view's state values, and Slack's own complaints by block id.

    Raises `Impossible` when something was entered for which there is no input.
    """
    values: Json = {}
    complaints: dict[str, str] = {}
    unknown = set(filled)
    inputs = {block["block_id"]: block for block in blocks if block["type"] == "input"}
    for block_id, element in elements(blocks):
        names = (element["action_id"], block_id)
        unknown.difference_update(names)
        entered = next((filled[name] for name in names if name in filled), None)
        state = state_of(element, entered, known)
        if not state:
            continue
        values.setdefault(block_id, {})[element["action_id"]] = {"type": element["type"], **state}
        if block_id in inputs:
            complaint = _complaint(inputs[block_id], element, next(iter(state.values())))
            if complaint:
                complaints[block_id] = complaint
    if unknown:
        raise Impossible(f"no such input: {', '.join(sorted(unknown))}")
    return values, complaints


def _complaint(block: Json, element: Json, value: Any) -> str | None:
    """What Slack's client says before it sends a form that cannot be right."""
    if not value:
        return None if block.get("optional") else "Please complete this required field."
    if isinstance(value, list):
        return _list_complaint(element, value)
    return _text_complaint(element, value) if isinstance(value, str) else None


def _list_complaint(element: Json, chosen: list[Any]) -> str | None:
    most = element.get("max_selected_items", element.get("max_files"))
    if most is not None and len(chosen) > most:
        return f"Please choose at most {most}."
    kinds = element.get("filetypes")
    if kinds and any(file["filetype"] not in kinds for file in chosen):
        return f"Please choose files of these kinds: {', '.join(kinds)}."
    return None


def _text_complaint(element: Json, text: str) -> str | None:
    match element["type"]:
        case "number_input":
            return _number_complaint(element, text)
        case "email_text_input":
            return None if EMAIL.fullmatch(text) else "Please enter a valid email address."
        case "url_text_input":
            return None if WEB_ADDRESS.fullmatch(text) else "Please enter a valid URL."
        case _ if len(text) < element.get("min_length", 0):
            return f"Please use at least {element['min_length']} characters."
        case _ if len(text) > element.get("max_length", 3000):
            return f"Please use at most {element.get('max_length', 3000)} characters."
        case _:
            return None


def _number_complaint(element: Json, text: str) -> str | None:
    if not NUMBER.fullmatch(text):
        return "Please enter a number."
    if "." in text and not element["is_decimal_allowed"]:
        return "Please enter a whole number."
    if float(text) < float(element.get("min_value", text)):
        return f"Please enter {element['min_value']} or more."
    if float(text) > float(element.get("max_value", text)):
        return f"Please enter {element['max_value']} or less."
    return None


def _option(element: Json, value: str, known: Known) -> Json:
    initial = [element.get("initial_option"), *element.get("initial_options", [])]
    suggested = known.options.get(element["action_id"], ())
    for option in (*options_of(element), *suggested, *filter(None, initial)):
        if option["value"] == value:
            return dict(option)
    raise Impossible(f"{element['action_id']} offers no option {value!r}")
