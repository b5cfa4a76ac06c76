"""A small language for saying what a JSON value must look like, with Slack's own complaints."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

Check = Callable[[Any, str], Iterator[str]]
"""Looks at a value found at a JSON pointer and yields every complaint about it."""


NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,15})?")


def complaint(what: str, at: str) -> str:
    """One line of `response_metadata.messages`."""
    return f"[ERROR] {what} [json-pointer:{at or '/'}]"


def string(most: int, least: int = 1) -> Check:
    """A string of `least` to `most` characters."""

    def check(value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, str):
            yield complaint("must provide a string", at)
        elif len(value) < least:
            yield complaint(f"must be more than {least - 1} characters", at)
        elif len(value) > most:
            yield complaint(f"must be less than {most + 1} characters", at)

    return check


def boolean(value: Any, at: str) -> Iterator[str]:
    """True or false."""
    if not isinstance(value, bool):
        yield complaint("must provide a boolean", at)


def integer(least: int, most: int) -> Check:
    """A whole number between the two, both allowed."""

    def check(value: Any, at: str) -> Iterator[str]:
        if isinstance(value, bool) or not isinstance(value, int):
            yield complaint("must provide a number", at)
        elif not least <= value <= most:
            yield complaint(f"must be between {least} and {most}", at)

    return check


def number(value: Any, at: str) -> Iterator[str]:
    """A number written as a string, as number inputs have it."""
    if not isinstance(value, str) or not NUMBER.fullmatch(value):
        yield complaint("must provide a string with a number", at)


def figure(value: Any, at: str) -> Iterator[str]:
    """A number as JSON has it."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        yield complaint("must provide a number", at)


def one_of(*words: str) -> Check:
    """One of these words."""

    def check(value: Any, at: str) -> Iterator[str]:
        if value not in words:
            yield complaint(f"must be one of: {', '.join(words)}", at)

    return check


def array(item: Check, most: int, least: int = 1) -> Check:
    """A list of `least` to `most` items, each of which passes."""

    def check(value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, list):
            yield complaint("must provide an array", at)
            return
        if len(value) < least:
            yield complaint(f"no fewer than {least} items allowed", at)
        if len(value) > most:
            yield complaint(f"no more than {most} items allowed", at)
        for index, member in enumerate(value):
            yield from item(member, f"{at}/{index}")

    return check


def shape(required: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> Check:
    """An object with these properties and no others; `type` is checked by `by_type`."""
    known = {**required, **(optional or {})}

    def check(value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield complaint("must provide an object", at)
            return
        for name in required:
            if name not in value:
                yield complaint(f"missing required field: {name}", at)
        for name, member in value.items():
            if name in known:
                yield from known[name](member, f"{at}/{name}")
            elif name != "type":
                yield complaint(f"invalid additional property: {name}", at)

    return check


def at_least_one(names: tuple[str, ...], check: Check) -> Check:
    """What passes the check and has one of these properties or more."""

    def check_both(value: Any, at: str) -> Iterator[str]:
        if isinstance(value, dict) and not any(name in value for name in names):
            yield complaint(f"missing required field: {' or '.join(names)}", at)
        yield from check(value, at)

    return check_both


def exactly_one(names: tuple[str, ...], check: Check) -> Check:
    """What passes the check and has one of these properties, and no second one."""

    def check_both(value: Any, at: str) -> Iterator[str]:
        if isinstance(value, dict) and sum(name in value for name in names) > 1:
            yield complaint(f"must provide only one of: {', '.join(names)}", at)
        yield from at_least_one(names, check)(value, at)

    return check_both


def rising(names: tuple[str, str], check: Check) -> Check:
    """What passes the check and whose first property is not above the second."""
    low, high = names

    def check_both(value: Any, at: str) -> Iterator[str]:
        complaints = list(check(value, at))
        yield from complaints
        both = not complaints and low in value and high in value
        if both and float(value[low]) > float(value[high]):
            yield complaint(f"must not be greater than {high}", f"{at}/{low}")

    return check_both


def by_type(kinds: Mapping[str, Check]) -> Check:
    """An object whose `type` says which of these it must be."""

    def check(value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield complaint("must provide an object", at)
        elif "type" not in value:
            yield complaint("missing required field: type", at)
        elif not isinstance(value["type"], str) or value["type"] not in kinds:
            yield complaint(f"unsupported type: {value['type']}", f"{at}/type")
        else:
            yield from kinds[value["type"]](value, at)

    return check
