"""Small matters of language that every sentence shares."""

from __future__ import annotations


def counted(number: int, noun: str) -> str:
    """The number with its noun: "1 file", "3 files"."""
    return f"{number} {noun}{'s' * (number != 1)}"


def cut(text: str, length: int) -> str:
    """The text, shortened with an ellipsis where it is too long."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"
