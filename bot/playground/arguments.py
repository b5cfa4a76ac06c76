"""The arguments of one Web API call, however they came: query, form or JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from bot.playground.refusal import ApiRefusal
from bot.playground.shapes import complaint


class Arguments:
    """Reads arguments as Slack does: what is empty counts as not given, `"1"` as true.

    Missing and malformed ones raise `ApiRefusal("invalid_arguments")`.
    """

    def __init__(self, *sources: Mapping[str, Any]) -> None:
        self._values = {
            name: value
            for source in sources
            for name, value in source.items()
            if value is not None and value != ""
        }

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def required(self, name: str) -> str:
        """A text that must be there."""
        if name not in self._values:
            raise ApiRefusal(
                "invalid_arguments", [complaint(f"missing required field: {name}", "")]
            )
        return self.text(name)

    def text(self, name: str, default: str = "") -> str:
        """A text, or the default."""
        value = self._values.get(name, default)
        if not isinstance(value, str):
            raise ApiRefusal("invalid_arguments", [complaint("must provide a string", f"/{name}")])
        return value

    def flag(self, name: str) -> bool:
        """A boolean; false when not given."""
        return self._values.get(name) in (True, 1, "1", "true")

    def number(self, name: str, default: int) -> int:
        """A whole number, or the default."""
        try:
            return int(self._values.get(name, default))
        except (TypeError, ValueError) as exc:
            raise ApiRefusal(
                "invalid_arguments", [complaint("must provide a number", f"/{name}")]
            ) from exc

    def names(self, name: str) -> list[str]:
        """Names separated by commas, or a list of them."""
        value = self._values.get(name, "")
        parts: Iterable[Any] = value if isinstance(value, list) else str(value).split(",")
        return [str(part).strip() for part in parts if str(part).strip()]

    def structure(self, name: str, refusal: str) -> Any:
        """A JSON value, or the text of one; None when not given.

        Raises `ApiRefusal(refusal)` for a text that is not JSON.
        """
        value = self._values.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except ValueError as exc:
            raise ApiRefusal(refusal) from exc
