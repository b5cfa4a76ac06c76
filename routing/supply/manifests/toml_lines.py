"""TOML as lines: which table and key a line belongs to, as far as that is in sight."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

TABLE = re.compile(r"\[\[?\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?$")
KEY = re.compile(r"""("[^"]*"|'[^']*'|[A-Za-z0-9_.-]+)\s*=\s*(.*)$""")
STRING = re.compile(r'"([^"]*)"' + "|'([^']*)'")
FIELD = re.compile(r"""(?<![A-Za-z-])([A-Za-z-]++)\s*=\s*(?:"([^"]*)"|'([^']*)')""")


class TomlLine(NamedTuple):
    """A value, or a part of one; the table is None while no heading was seen."""

    table: str | None
    key: str | None
    value: str


def walk(lines: Sequence[str]) -> Iterator[TomlLine]:
    """The lines that carry values; lines inside a list carry the list's key."""
    table: str | None = None
    within: str | None = None
    for line in map(str.strip, lines):
        if not line or line.startswith("#"):
            continue
        if heading := TABLE.match(line):
            table, within = heading[1].replace('"', "").replace("'", ""), None
        elif found := KEY.match(line):
            key = found[1].strip("\"'")
            within = key if _opens_list(found[2]) else None
            yield TomlLine(table, key, found[2])
        else:
            yield TomlLine(table, within, line)
            if "]" in STRING.sub("", line):
                within = None


def strings(value: str) -> Iterator[str]:
    """The quoted strings of a value."""
    return (double or single for double, single in STRING.findall(value))


def specification(value: str) -> str | None:
    """What `name = value` asks for: a version, or where the package comes from; None if neither.

    A local path asks for nothing from outside.
    """
    if not value.startswith("{"):
        return next(strings(value), None)
    fields = {name: double or single for name, double, single in FIELD.findall(value)}
    for name in ("git", "url"):
        if name in fields:
            return f"{name} {fields[name]}"
    return None if "path" in fields else fields.get("version", "")


def _opens_list(value: str) -> bool:
    bare = STRING.sub("", value)
    return bare.startswith("[") and "]" not in bare
