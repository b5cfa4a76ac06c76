"""One segment of a glob, the text between two slashes, and whether a name fits it.

No regular expressions: the text between two stars is sought once, leftmost first, which is
enough for globs and keeps every test within (length of the name x length of the pattern).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple


class BadGlob(ValueError):
    """A glob that can never match; the text says why and what to write instead."""


class CharClass(NamedTuple):
    """One character of a set, as `[a-z_]` or `[!0-9]`; `ranges` are inclusive."""

    ranges: tuple[tuple[str, str], ...]
    negated: bool

    def holds(self, char: str) -> bool:
        """Whether the character is one of them."""
        return any(low <= char <= high for low, high in self.ranges) != self.negated


@dataclass(frozen=True, slots=True)
class Run:
    """What stands between two stars; it has a fixed length.

    `parts` are (offset, text or class); a `?` only adds to the length. `text` is the whole run
    where it is nothing but text.
    """

    length: int
    parts: tuple[tuple[int, str | CharClass], ...]
    text: str | None

    def fits(self, name: str, start: int) -> bool:
        """Whether the run stands at `start`, in a name that is long enough."""
        for offset, part in self.parts:
            at = start + offset
            if isinstance(part, str):
                if not name.startswith(part, at):
                    return False
            elif not part.holds(name[at]):
                return False
        return True

    def find(self, name: str, start: int, end: int) -> int:
        """The first place of the run within `name[start:end]`, or -1."""
        if self.text is not None:
            return name.find(self.text, start, end)
        for at in range(start, end - self.length + 1):
            if self.fits(name, at):
                return at
        return -1


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment with wildcards: `first`, then, each after a star, `middle` and `last`.

    Without any star there is no `last`. `head` and `tail` are text that every fitting name
    begins and ends with; an index can go by them.
    """

    source: str
    first: Run
    middle: tuple[Run, ...]
    last: Run | None
    head: str = field(init=False)
    tail: str = field(init=False)
    least: int = field(init=False)

    def __post_init__(self) -> None:
        runs = [self.first, *self.middle, *([self.last] if self.last else [])]
        object.__setattr__(self, "head", self.first.text or "")
        object.__setattr__(self, "tail", (self.last.text or "") if self.last else "")
        object.__setattr__(self, "least", max(1, sum(run.length for run in runs)))

    def matches(self, name: str) -> bool:
        """Whether the name, which holds no slash and is not empty, fits the segment."""
        if len(name) < self.least or not self.first.fits(name, 0):
            return False
        if self.last is None:
            return len(name) == self.first.length
        end = len(name) - self.last.length
        if not self.last.fits(name, end):
            return False
        at = self.first.length
        for run in self.middle:
            found = run.find(name, at, end)
            if found < 0:
                return False
            at = found + run.length
        return True


def parse_segment(source: str, *, classes: bool) -> str | Segment:
    r"""Read one segment: plain text, unescaped, or a `Segment` where it has wildcards.

    `*` is any run of characters, `?` any one; a backslash takes the next character as it is,
    and at the very end stands for itself. `[...]` is a class only where `classes` says so.

    Raises:
        BadGlob: a class that is never closed.
    """
    if not any(mark in source for mark in "*?\\["):
        return source
    runs: list[list[str | CharClass | None]] = [[]]
    at = 0
    while at < len(source):
        char = source[at]
        at += 1
        if char == "*":
            runs.append([])
        elif char == "?":
            runs[-1].append(None)
        elif char == "[" and classes:
            found, at = _parse_class(source, at)
            runs[-1].append(found)
        else:
            if char == "\\" and at < len(source):
                char = source[at]
                at += 1
            runs[-1].append(char)
    # Stars in a row are one star: only the first and the last run may be empty.
    first, *others = (_run(run) for run in runs)
    if not others:
        return first.text if first.text is not None else Segment(source, first, (), None)
    return Segment(source, first, tuple(run for run in others[:-1] if run.length), others[-1])


def _run(atoms: list[str | CharClass | None]) -> Run:
    parts: list[tuple[int, str | CharClass]] = []
    text = ""
    for offset, atom in enumerate([*atoms, None]):
        if isinstance(atom, str):
            text += atom
            continue
        if text:
            parts.append((offset - len(text), text))
            text = ""
        if atom is not None:
            parts.append((offset, atom))
    whole = "".join(part for _, part in parts if isinstance(part, str))
    return Run(len(atoms), tuple(parts), whole if len(whole) == len(atoms) else None)


def _parse_class(source: str, at: int) -> tuple[CharClass, int]:
    """Read a class whose opening bracket stands before `at`; returns it and where it ended."""
    start = at
    negated = source[at : at + 1] in ("!", "^")
    at += negated
    ranges: list[tuple[str, str]] = []
    while at < len(source) and (source[at] != "]" or not ranges):
        low, at = _class_char(source, at)
        high = low
        if source[at : at + 1] == "-" and source[at + 1 : at + 2] not in ("]", ""):
            high, at = _class_char(source, at + 1)
        ranges.append((low, high))
    if at >= len(source):
        raise BadGlob(
            f"'[' is never closed in '{source}': close it, or write '\\[' for the character"
            f" (column {start})"
        )
    return CharClass(tuple(ranges), negated), at + 1


def _class_char(source: str, at: int) -> tuple[str, int]:
    if source[at] == "\\" and at + 1 < len(source):
        at += 1
    return source[at], at + 1
