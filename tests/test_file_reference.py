"""docs/files.md names every key of both files, and no other."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
SCHEMAS = ROOT / "routing" / "files" / "schemas"

Schema = dict[str, Any]


def keys(schema: Schema) -> set[str]:
    """Every key as "rules.when.ai"; `not`, `any` and `all` hold what holds them."""
    return {".".join(path) for path in _walk(schema, schema.get("$defs", {}), ())}


def _walk(node: Schema, known: Schema, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    if "$ref" in node:
        node = {**known[node["$ref"].rsplit("/", 1)[-1]], **node}
    for name, inner in node.get("properties", {}).items():
        yield (*path, name)
        if name not in {"any", "all", "not"}:
            yield from _walk(inner, known, (*path, name))
    parts = [node.get("items"), node.get("additionalProperties")]
    parts += node.get("patternProperties", {}).values()
    for part in [*parts, *node.get("anyOf", []), *node.get("oneOf", [])]:
        if isinstance(part, dict):
            yield from _walk(part, known, path)


def documented(heading: str) -> set[str]:
    """The keys in the table below a heading."""
    text = (ROOT / "docs" / "files.md").read_text("utf-8")
    section = text.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    return set(re.findall(r"^\| `([a-z_.]+)` \|", section, re.MULTILINE))


@pytest.mark.parametrize("name", ["policy", "people"])
def test_every_key_is_documented_and_every_documented_key_exists(name: str) -> None:
    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text("utf-8"))
    assert documented(f"{name}.yml") == keys(schema)
