"""Globs matched the slow and obvious way, to hold the index against."""

from __future__ import annotations

from collections.abc import Sequence


def fits(steps: Sequence[str], names: Sequence[str]) -> bool:
    """Whether the names of a path fit the steps: `**` any number of names, else one each."""
    if not steps:
        return not names
    if steps[0] == "**":
        return fits(steps[1:], names) or bool(names and fits(steps, names[1:]))
    return bool(names) and name_fits(steps[0], names[0]) and fits(steps[1:], names[1:])


def name_fits(step: str, name: str) -> bool:
    """Whether one name fits one step of letters, `*` and `?`."""
    if not step:
        return not name
    if step[0] == "*":
        return name_fits(step[1:], name) or bool(name and name_fits(step, name[1:]))
    return bool(name) and step[0] in ("?", name[0]) and name_fits(step[1:], name[1:])
