"""A commit message while it is being written: what git will keep of it, what it declares."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

SCISSORS = " ------------------------ >8 ------------------------"
"""Behind a comment's beginning: git cuts the message off here, see `git commit --verbose`."""

DECLARATION = re.compile(r"AI[ \t]*:(.*)", re.IGNORECASE | re.DOTALL)
TRAILER = re.compile(r"[A-Za-z0-9-]+[ \t]*:|\(cherry picked from commit ")
SIGNATURE = "Signed-off-by: "
AUTOMATIC = "auto"
DEFAULT_COMMENT = "#"
COMMENTS = frozenset("#;@!$%^&|:")
"""What git chooses from when `core.commentChar` is `auto`."""


@dataclass(frozen=True, slots=True)
class Declaration:
    """A line `AI: value` of the author's, with the numbers of the lines that it takes up."""

    value: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Draft:
    """Lines, without their ends, of a message that git has yet to clean.

    Lines that begin with `comment` will be taken away. If git keeps them (`keeps_comments`: no
    editor was open, or the clean-up mode says so), only those count as comments that look like
    git's own, so that "#12 Fix it" is a subject.
    """

    lines: tuple[str, ...]
    comment: str = DEFAULT_COMMENT
    keeps_comments: bool = False

    @property
    def text(self) -> str:
        """The message as it will be committed, give or take blank lines."""
        return "\n".join(self.lines[number] for number in self._own())

    @property
    def words(self) -> tuple[str, ...]:
        """The lines that make a message: without any, git refuses to commit."""
        kept = (self.lines[number].strip() for number in self._own())
        return tuple(line for line in kept if line and not line.startswith(SIGNATURE))

    def declarations(self) -> tuple[Declaration, ...]:
        """The lines `AI: value` among the trailers, or what stands in their place.

        That is the end of the last paragraph, as far as it looks like trailers, whether or not a
        blank line was left before them. The subject declares nothing, "AI: teach it to dodge".
        """
        found: list[Declaration] = []
        for number in self._trailers():
            line = self.lines[number]
            if (declared := DECLARATION.match(line)) is not None:
                found.append(Declaration(declared.group(1).strip(), number, number + 1))
            elif line[:1].isspace() and found and found[-1].end == number:
                value = f"{found[-1].value} {line.strip()}"
                found[-1] = Declaration(value, found[-1].start, number + 1)
        return tuple(found)

    def without(self, declarations: Sequence[Declaration]) -> Draft:
        """The same message without these lines, nor the blank line that a paragraph leaves."""
        lines = list(self.lines)
        for declared in reversed(declarations):
            del lines[declared.start : declared.end]
            before, behind = lines[declared.start - 1], lines[declared.start : declared.start + 1]
            if not before.strip() and not "".join(behind).strip():
                del lines[declared.start - 1]
        return replace(self, lines=tuple(lines))

    def with_trailers(self, trailers: Sequence[str], *, apart: bool) -> Draft:
        """The same message with trailers behind its last line, `apart` by a blank line.

        Git's comments stay below, and no other line is touched.
        """
        last = max(number for number in self._own() if self.lines[number].strip())
        above, below = self.lines[: last + 1], self.lines[last + 1 :]
        return replace(self, lines=(*above, *([""] if apart else []), *trailers, *(below or ("",))))

    def _own(self) -> Iterator[int]:
        for number, line in enumerate(self.lines):
            if line.rstrip() == self.comment + SCISSORS:
                return
            if not self._is_comment(line):
                yield number

    def _is_comment(self, line: str) -> bool:
        if not line.startswith(self.comment):
            return False
        return not self.keeps_comments or not line.removeprefix(self.comment)[:1].strip()

    def _trailers(self) -> list[int]:
        """Numbers of the lines at the end that are trailers or the continuation of one."""
        own = list(self._own())
        while own and not self.lines[own[-1]].strip():
            own.pop()
        subject = next((number for number in own if self.lines[number].strip()), -1)
        block: list[int] = []
        for number in reversed(own):
            line = self.lines[number]
            continued = line[:1].isspace() and line.strip()
            if number == subject or not (continued or TRAILER.match(line)):
                break
            block.insert(0, number)
        return block


def comment_of(setting: str, lines: Sequence[str]) -> str:
    """What comments begin with, by the setting `core.commentChar`.

    Where git chose for itself, the scissors or the last line give it away: git's own comments
    stand at the end.
    """
    if setting.lower() != AUTOMATIC:
        return setting or DEFAULT_COMMENT
    for line in lines:
        if line[1:].rstrip() == SCISSORS:
            return line[0]
    last = next((line for line in reversed(lines) if line.strip()), "")
    own = last[:1] in COMMENTS and not last[1:2].strip()
    return last[0] if own else DEFAULT_COMMENT
