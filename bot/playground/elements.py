"""Finding one's way in blocks: completing ids and looking up what can be clicked or filled in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from bot.playground.nouns import Json

CLICKABLE = ("actions", "context_actions", "section", "input", "card")
NESTED = {"container": "child_blocks", "carousel": "elements", "plan": "tasks"}
"""Where blocks hold other blocks."""
BUTTONS = frozenset({"button", "icon_button"})
MUTE = frozenset({"image", "workflow_button"})
"""Elements of which the app hears nothing: a workflow button starts its workflow by itself."""


def complete(blocks: Sequence[Json]) -> list[Json]:
    """The blocks with the ids that Slack would make up where the app gave none."""
    return [_completed(block, f"block-{number}") for number, block in enumerate(blocks, start=1)]


def _completed(block: Json, block_id: str) -> Json:
    block = {"block_id": block_id, **block}
    match block:
        case {"type": "actions" | "context_actions", "elements": list(elements)}:
            return block | {"elements": _numbered(elements)}
        case {"type": "card", "actions": list(elements)}:
            return block | {"actions": _numbered(elements)}
        case {"type": str(kind)} if kind in NESTED:
            name = NESTED[kind]
            inside = enumerate(block.get(name, []), start=1)
            return block | {name: [_completed(one, f"{block_id}-{n}") for n, one in inside]}
        case {"accessory": dict(accessory)} if accessory["type"] != "image":
            return block | {"accessory": _named(accessory, "action-1")}
        case {"element": dict(element)}:
            return block | {"element": _named(element, "action-1")}
        case _:
            return block


def _numbered(elements: list[Json]) -> list[Json]:
    return [_named(one, f"action-{number}") for number, one in enumerate(elements, start=1)]


def _named(element: Json, action_id: str) -> Json:
    return {"action_id": action_id, **element}


def elements(blocks: Sequence[Json]) -> Iterator[tuple[str, Json]]:
    """Every element people can act on, with its block's id."""
    for block in blocks:
        yield from elements(block.get(NESTED.get(block["type"], ""), []))
        if block["type"] not in CLICKABLE:
            continue
        inside: list[Any] = [block.get("accessory"), block.get("element")]
        rows = (*block.get("elements", []), *block.get("actions", []))
        for element in (*inside, *rows):
            if element is not None and element["type"] not in MUTE:
                yield block["block_id"], element


def find_element(
    blocks: Sequence[Json], name: str, value: str | None = None
) -> tuple[str, Json] | None:
    """The first element with that action id, and its block's id; of buttons, with that value.

    Where action ids repeat from block to block, `name` may be the id of its block.
    """
    for block_id, element in elements(blocks):
        other = value is not None and element["type"] in BUTTONS and element.get("value") != value
        if name in (element["action_id"], block_id) and not other:
            return block_id, element
    return None


def slack_files(part: Any, at: str) -> Iterator[tuple[str, str]]:
    """The uploaded pictures shown anywhere within: where, as a JSON pointer, and the file's id."""
    match part:
        case {"slack_file": {"id": str(file)}}:
            yield f"{at}/slack_file", file
        case dict():
            for name, member in part.items():
                yield from slack_files(member, f"{at}/{name}")
        case list():
            for index, member in enumerate(part):
                yield from slack_files(member, f"{at}/{index}")
        case _:
            return


def options_of(element: Json) -> list[Json]:
    """The options of a select, overflow menu, radio group or group of checkboxes."""
    groups: list[Json] = element.get("option_groups", [])
    options: list[Json] = element.get("options", [])
    return [*options, *(option for group in groups for option in group["options"])]
