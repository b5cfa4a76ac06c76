"""Unified diffs without file headers, as forges give them: their hunks, and what only moves space.

Every function takes time in proportion to the patch and accepts any text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

INDENTATION_MATTERS = frozenset(
    {
        *("cfg", "coffee", "fs", "haml", "hs", "ini", "jade", "makefile", "mk", "nim", "pug"),
        *("py", "pyi", "pyx", "rst", "sass", "slim", "yaml", "yml"),
    }
)
"""Endings of files (or whole names) in which leading space carries meaning."""

GONE, COME = re.compile(r"^-(.*)", re.MULTILINE), re.compile(r"^\+(.*)", re.MULTILINE)
"""Lines after a sign: most patches are done with after these, so all others are skipped quickly."""


@dataclass(frozen=True, slots=True)
class Hunk:
    """One hunk, as the file read there before and after it."""

    before: tuple[str, ...]
    after: tuple[str, ...]


def parse_hunks(patch: str) -> tuple[Hunk, ...]:
    """The hunks of a patch, in order; empty ones are left out."""
    hunks: list[Hunk] = []
    before: list[str] = []
    after: list[str] = []
    for line in [*patch.split("\n"), "@@"]:
        sign, text = line[:1], line[1:]
        if sign == "+":
            after.append(text)
        elif sign == "-":
            before.append(text)
        elif sign == "@":
            if before or after:
                hunks.append(Hunk(tuple(before), tuple(after)))
            before, after = [], []
        elif sign != "\\":
            before.append(text)
            after.append(text)
    return tuple(hunks)


def shows_all(patch: str | None, additions: int, deletions: int) -> bool:
    """Whether a patch shows as many lines as the change is said to have; None shows nothing."""
    if patch is None:
        return False
    return (
        patch.count("\n+") + patch.startswith("+") >= additions
        and patch.count("\n-") + patch.startswith("-") >= deletions
    )


def space_only_lines(patch: str, path: str) -> int:
    """How many added and removed lines change nothing but space, empty lines among them.

    The file's ending tells whether indentation carries meaning.
    """
    ending = path.rpartition("/")[2].rpartition(".")[2].lower()
    cut = str.rstrip if ending in INDENTATION_MATTERS else str.strip
    gone = set(map(cut, GONE.findall(patch)))
    come = set(map(cut, COME.findall(patch)))
    if "" not in gone and "" not in come and gone.isdisjoint(come):
        return 0
    return _count_same(patch.split("\n"), cut)


def _count_same(lines: list[str], cut: Callable[[str], str]) -> int:
    """Block by block, a block being changed lines that stand together."""
    total = 0
    gone: list[str] = []
    come: list[str] = []
    for line in lines:
        sign = line[:1]
        if sign in {"+", "-"}:
            text = cut(line[1:])
            if text:
                (come if sign == "+" else gone).append(text)
            else:
                total += 1
        elif sign != "\\" and (gone or come):
            total += _same(gone, come)
            gone, come = [], []
    return total + _same(gone, come)


def _same(gone: list[str], come: list[str]) -> int:
    """Lines on both sides that say the same.

    When one side reads as the other with lines put in between (code wrapped in a new block),
    all of the shorter side is the same; otherwise what the two begin and end with.
    """
    if not gone or not come:
        return 0
    shorter, longer = sorted((gone, come), key=len)
    if _is_within(shorter, longer):
        return 2 * len(shorter)
    head = _common(shorter, longer)
    tail = _common(shorter[head:][::-1], longer[head:][::-1])
    return 2 * (head + tail)


def _is_within(shorter: Sequence[str], longer: Sequence[str]) -> bool:
    rest = iter(longer)
    return all(line in rest for line in shorter)


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    for length, (left, right) in enumerate(zip(one, other, strict=False)):
        if left != right:
            return length
    return min(len(one), len(other))
