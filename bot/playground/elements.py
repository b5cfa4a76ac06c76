"""Finding one's way in blocks: completing ids and looking up what can be clicked or filled in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from bot.playground.nouns import Json

_CLICKABLE = ("actions", "section", "input")


def complete(blocks: Sequence[Json]) -> list[Json]:
    """The blocks with the ids that Slack would make up where the app gave none."""
    return [_completed(block, f"block-{number}") for number, block in enumerate(blocks, start=1)]


def _completed(block: Json, block_id: str) -> Json:
    block = {"block_id": block_id, **block}
    match block:
        case {"type": "actions", "elements": list(elements)}:
            numbered = enumerate(elements, start=1)
            return block | {"elements": [_named(e, f"action-{number}") for number, e in numbered]}
        case {"accessory": dict(accessory)} if accessory["type"] != "image":
            return block | {"accessory": _named(accessory, "action-1")}
        case {"element": dict(element)}:
            return block | {"element": _named(element, "action-1")}
        case _:
            return block


def _named(element: Json, action_id: str) -> Json:
    return {"action_id": action_id, **element}


def elements(blocks: Sequence[Json]) -> Iterator[tuple[str, Json]]:
    """Every element people can act on, with its block's id."""
    for block in blocks:
        if block["type"] not in _CLICKABLE:
            continue
        inside: list[Any] = [block.get("accessory"), block.get("element")]
        for element in (*inside, *block.get("elements", [])):
            if element is not None and element["type"] != "image":
                yield block["block_id"], element


def find_element(
    blocks: Sequence[Json], name: str, value: str | None = None
) -> tuple[str, Json] | None:
    """The first element with that action id, and its block's id; of buttons, with that value.

    Where action ids repeat from block to block, `name` may be the id of its block.
    """
    for block_id, element in elements(blocks):
        other = value is not None and element["type"] == "button" and element.get("value") != value
        if name in (element["action_id"], block_id) and not other:
            return block_id, element
    return None


def options_of(element: Json) -> list[Json]:
    """The options of a select, overflow menu, radio group or group of checkboxes."""
    groups: list[Json] = element.get("option_groups", [])
    options: list[Json] = element.get("options", [])
    return [*options, *(option for group in groups for option in group["options"])]
