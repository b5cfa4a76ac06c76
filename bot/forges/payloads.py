"""JSON from outside: one strict reading, so that no hostile text gets further than here."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping

SHA = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
BRANCH = re.compile(r"[^\x00-\x20\x7f~^:?*\[\\]{1,255}")
"""What git allows in a branch's name (git help check-ref-format)."""

MAX_DEPTH = 64
MAX_DIGITS = 19
"""A 64-bit number has no more; the forges' ids are such numbers."""
MAX_PARTS = 500_000
"""Brackets, braces and commas, those in texts included. A pull request's delivery has a few
thousand; millions would keep the loop busy for seconds."""


class Unusable(Exception):
    """The text cannot be used; the reason is a sentence for the dead letter."""


def read_object(body: bytes) -> dict[str, object]:
    """The JSON object in `body`.

    Raises `Unusable`, and nothing else, for everything that is no plain UTF-8 JSON object:
    deep nesting, millions of parts, numbers no forge would send, NaN, doubled keys, lone
    surrogates.
    """
    if sum(body.count(sign) for sign in (b"[", b"{", b",")) > MAX_PARTS:
        raise Unusable("The body has too many parts.")
    try:
        value = json.loads(
            body.decode(),
            object_pairs_hook=_object,
            parse_int=_integer,
            parse_float=_float,
            parse_constant=_constant,
        )
    except UnicodeDecodeError:
        raise Unusable("The body is not UTF-8.") from None
    except json.JSONDecodeError as fault:
        raise Unusable(f"The body is not JSON: {fault.msg} at {fault.pos}.") from None
    except RecursionError:
        raise Unusable("The body is nested too deeply.") from None
    _check(value)
    if not isinstance(value, dict):
        raise Unusable("The body is not a JSON object.")
    return value


def object_in(payload: Mapping[str, object], key: str) -> Mapping[str, object]:
    """The object under `key`. Raises `Unusable` where there is none."""
    value = payload.get(key)
    if not isinstance(value, dict):
        raise Unusable(f"The body has no object {key!r}.")
    return value


def text_in(payload: Mapping[str, object], key: str, shape: re.Pattern[str]) -> str:
    """The text under `key`, of that shape. Raises `Unusable` where there is none."""
    value = payload.get(key)
    if not isinstance(value, str) or not shape.fullmatch(value):
        raise Unusable(f"The body has no usable {key!r}.")
    return value


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        # Two readers could each believe another of the two.
        raise Unusable("The body gives a key twice.")
    return found


def _integer(text: str) -> int:
    if len(text.removeprefix("-")) > MAX_DIGITS:
        raise Unusable("The body has a number that is too large.")
    return int(text)


def _float(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise Unusable("The body has a number that is too large.")
    return number


def _constant(text: str) -> object:
    raise Unusable(f"The body has {text}, which is not JSON.")


def _check(value: object) -> None:
    waiting = [(value, 0)]
    while waiting:
        inside, depth = waiting.pop()
        if depth > MAX_DEPTH:
            raise Unusable("The body is nested too deeply.")
        match inside:
            case str():
                _check_text(inside)
            case list():
                waiting.extend((item, depth + 1) for item in inside)
            case dict():
                for key, item in inside.items():
                    _check_text(key)
                    waiting.append((item, depth + 1))
            case _:
                pass


def _check_text(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise Unusable("The body has half a character (a lone surrogate).") from None
