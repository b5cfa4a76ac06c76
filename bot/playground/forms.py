"""What stands in a modal's inputs: first as the app set it, then as a person fills it in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.playground.elements import elements, options_of
from bot.playground.nouns import Json
from bot.playground.refusal import Impossible

Filled = Mapping[str, str | Sequence[str]]
"""What a person enters, by action id or block id: a text, an option's value, or several."""


@dataclass(frozen=True, slots=True)
class _Holding:
    """Where an element keeps what was entered, and where the app may have set it before."""

    selected: str
    initial: str
    of_options: bool = False
    several: bool = False


_TYPED = _Holding("value", "initial_value")
_HOLDINGS = {
    "plain_text_input": _TYPED,
    "number_input": _TYPED,
    "email_text_input": _TYPED,
    "url_text_input": _TYPED,
    "users_select": _Holding("selected_user", "initial_user"),
    "channels_select": _Holding("selected_channel", "initial_channel"),
    "conversations_select": _Holding("selected_conversation", "initial_conversation"),
    "datepicker": _Holding("selected_date", "initial_date"),
    "timepicker": _Holding("selected_time", "initial_time"),
    "static_select": _Holding("selected_option", "initial_option", of_options=True),
    "radio_buttons": _Holding("selected_option", "initial_option", of_options=True),
    "overflow": _Holding("selected_option", "initial_option", of_options=True),
    "checkboxes": _Holding("selected_options", "initial_options", of_options=True, several=True),
    "multi_static_select": _Holding(
        "selected_options", "initial_options", of_options=True, several=True
    ),
    "multi_users_select": _Holding("selected_users", "initial_users", several=True),
}


def state_of(element: Json, entered: str | Sequence[str] | None) -> Json:
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
    held = [_option(element, value) if holding.of_options else value for value in values if value]
    return {holding.selected: held if holding.several else next(iter(held), None)}


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
