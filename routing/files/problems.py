"""Problems with files that people write: where each is, what is wrong, what to write instead."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

KeyPath = tuple[str | int, ...]
"""The way from a file's root to a value: keys of mappings, places in lists (from 0)."""

_SHOWN = 60
_LINES_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a file.

    `line` counts from 1; `path` is the key path as people read it ("rules[0].require"), empty
    for the file as a whole; `cure` says what to write instead.
    """

    file: str
    line: int
    path: str
    message: str
    cure: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}: "
        where = f"{self.path}: " if self.path else ""
        return f"{place}{where}{self.message} — {self.cure}"


class InvalidFile(Exception):
    """A file that cannot be used, with every problem that was found in it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: (problem.file, problem.line)))
        super().__init__(render_problems(self.problems))


def render_problems(problems: Iterable[Problem]) -> str:
    """All problems, one a line."""
    return "\n".join(str(problem) for problem in problems)


def render_path(path: KeyPath) -> str:
    """A key path as people read it: `rules[0].when.min_risk`."""
    written = "".join(
        f"[{step}]" if isinstance(step, int) else f".{printable(step)}" for step in path
    )
    return written.removeprefix(".")


def quoted(text: str) -> str:
    """What somebody wrote, fit to be repeated to them: short, on one line, without controls."""
    return f"`{printable(text)}`"


def printable(text: str) -> str:
    """The same text, cut after 60 characters and with everything unprintable escaped.

    A file's text ends up in terminals and logs, where a control character could do harm.
    """
    short = text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode()
        for letter in short
    )


def on_lines(lines: Sequence[int]) -> str:
    """Where something stands: "lines 3, 9"; the first five are enough to find the others."""
    more = ", …" if len(lines) > _LINES_SHOWN else ""
    return "lines " + ", ".join(str(line) for line in lines[:_LINES_SHOWN]) + more
