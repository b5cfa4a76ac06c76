"""What stands in a modal's inputs: first as the app set it, then as a person fills it in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.playground.elements import elements, options_of
from bot.playground.nouns import Json
from bot.playground.refusal import Impossible

Filled = Mapping[str, str | Sequence[str]]
"""What a person enters, by action id or block id: a text, an option's value, or several."""

_TYPED = ("plain_text_input", "number_input", "email_text_input", "url_text_input")
_PICKED = {
    "users_select": ("selected_user", "initial_user"),
    "channels_select": ("selected_channel", "initial_channel"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
}
_ONE_OPTION = ("static_select", "radio_buttons", "overflow")
_MANY_OPTIONS = ("multi_static_select", "checkboxes")


def state_of(element: Json, entered: str | Sequence[str] | None) -> Json:
    """An element's state: what was entered, or what the app set when nothing was.

    Raises `Impossible` for an option that is not offered.
    """
    kind = element["type"]
    if kind in _TYPED:
        text = element.get("initial_value") if entered is None else entered
        return {"value": text or None}
    if kind in _PICKED:
        selected, initial = _PICKED[kind]
        return {selected: element.get(initial) if entered is None else entered}
    if kind in _ONE_OPTION:
        if entered is None:
            return {"selected_option": element.get("initial_option")}
        return {"selected_option": _option(element, str(entered))}
    if kind in _MANY_OPTIONS:
        if entered is None:
            return {"selected_options": element.get("initial_options", [])}
        return {"selected_options": [_option(element, value) for value in _several(entered)]}
    if kind == "multi_users_select":
        users = element.get("initial_users", []) if entered is None else _several(entered)
        return {"selected_users": list(users)}
    return {}


def fill_in(blocks: Sequence[Json], filled: Filled) -> tuple[Json, dict[str, str]]:
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
        state = state_of(element, entered)
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
    if not isinstance(value, str):
        return None
    if len(value) < element.get("min_length", 0):
        return f"Please use at least {element['min_length']} characters."
    if len(value) > element.get("max_length", 3000):
        return f"Please use at most {element.get('max_length', 3000)} characters."
    return None


def _option(element: Json, value: str) -> Json:
    for option in options_of(element):
        if option["value"] == value:
            return option
    raise Impossible(f"{element['action_id']} offers no option {value!r}")


def _several(entered: str | Sequence[str]) -> Sequence[str]:
    return [entered] if isinstance(entered, str) else entered
