r"""What a commit message or a merge request's body says in its own voice, line by line.

Quotations and the messages of other commits are set aside. What remains are lines at column 0,
wherever they stand: of the trailers of AI tools 96 % stand in the last paragraph, most others in
the middle of squashed messages or behind a literal `\n`. Linear in the length of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from routing.ai.quotations import TICKED_BOX, without_quotations

SQUASHED_SUBJECT = "* "
SQUASHED_END = "---------"
"""GitHub heads each commit of a squash by `* `, and the co-authors it collected by dashes."""

GIT_SQUASH = "Squashed commit of the following:"
GIT_SQUASH_COMMIT = re.compile(r"commit [0-9a-f]{7,64}\Z")
GIT_INDENT = "    "
"""Git heads them by their SHA and indents their messages, which are no quotations for that."""

REVERTED_SUBJECT = re.compile(r"(?:Revert|Reapply|Reland|Roll ?back)\s+[\"'“]", re.IGNORECASE)
REVERTED_BODY = re.compile(
    r"This (?:reverts|reapplies|relands) (?:commit|merge request|pull request|PR|changeset)"
    r"\s+[\w./-]{0,200}[#!]?\w{1,64}\s*(?:[.,;(]|\Z)"
    r"|Reverts [\w./-]{0,200}[#!]\d",
    re.IGNORECASE,
)
ORIGINAL = re.compile(
    r"[#*_ ]{0,8}(?:original|upstream|reverted)"
    r"(?: (?:commit|change|CL|PR|pull request|merge request|patch))?(?:'s|’s)?"
    r" (?:message|description|body|text)\b[^:]{0,40}(?::[*_ ]{0,4})?\Z",
    re.IGNORECASE,
)
"""A heading behind which the message of another commit stands."""

PICKED = re.compile(r"\(cherry[- ]picked from commit ([0-9a-f]{7,64})")

STRING_END = re.compile(r"\"|'\W{0,3}\Z")

FRAME = "│┃"
INVISIBLE = dict.fromkeys(map(ord, "\u200b\u2060\ufeff"))
"""Letters without a width, which chats and editors leave at the beginning of a line."""

EMPHASIS = "*_"
TAG = re.compile(r"</?(?:sub|sup|small|i|em|b|strong|p)>", re.IGNORECASE)
WRAPPED_ADDRESS = re.compile(r"\s*<[^<>\s@]{1,254}@[^<>\s@]{3,254}>\W{0,3}\Z")
UNFINISHED = re.compile(
    r"[*_│┃ ]{0,4}(?:co-?authored|co-developed|signed-off)-by:[^@]*\Z", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line in the text's own voice.

    `text` is exact; `bare` is what stands at column 0 once frame and emphasis are taken off, so
    it is empty for indented lines. `trailer`: in the last paragraph. `reverted`: in the message
    of a revert, so it may speak of what was taken back.
    """

    text: str
    bare: str
    trailer: bool = False
    reverted: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """A text taken apart.

    `comments` are invisible HTML comments of one line, `ticked` the texts of ticked boxes,
    `picked_from` the commit that this one was cherry-picked from.
    """

    subject: str = ""
    lines: tuple[Line, ...] = ()
    comments: tuple[str, ...] = ()
    ticked: tuple[str, ...] = ()
    picked_from: str | None = None


def parse_message(text: str) -> Message:
    """Take a commit message apart; its first line is the subject."""
    lines = _physical_lines(text)
    first = next((number for number, line in enumerate(lines) if line.strip()), None)
    return Message() if first is None else _parse(lines[first].strip(), lines, first + 1)


def parse_body(text: str) -> Message:
    """Take the body of a merge request apart; it has no subject."""
    return _parse("", _physical_lines(text), 0) if text else Message()


def _parse(subject: str, lines: list[str], start: int) -> Message:
    """Take the lines from `start` on apart; a quotation may begin before."""
    if start == len(lines):
        return Message(subject)
    quoteless, comments = without_quotations(_unwrapped(_outdented(lines)))
    own = quoteless[start:]
    trailers = _start_of_last_paragraph(own)
    picked = next((PICKED.match(line) for line in own if line.startswith("(cherry")), None)
    return Message(
        subject,
        tuple(
            Line(own[number], _bare(own[number]), number >= trailers, reverted)
            for number, reverted in _own_voice(subject, own)
        ),
        comments,
        tuple(box.group(1) for line in own if "[" in line and (box := TICKED_BOX.match(line))),
        picked.group(1) if picked else None,
    )


def _physical_lines(text: str) -> list[str]:
    r"""Lines, with the literal `\n` of a badly quoted shell command taken for a line's end."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\\n" not in text:
        return text.split("\n")
    lines: list[str] = []
    for line in text.split("\n"):
        first, *others = line.replace("\\r\\n", "\\n").split("\\n")
        # Inside a string of code, told by its closing quote, it is text and no mishap.
        if "`" in line or any(STRING_END.search(other) for other in others):
            lines.append(line)
        else:
            lines.extend((first, *(other.strip() for other in others)))
    return lines


def _outdented(lines: list[str]) -> list[str]:
    """The lines with the messages of a squash by git itself at column 0."""
    if GIT_SQUASH not in lines:
        return lines
    head = lines.index(GIT_SQUASH)
    return lines[:head] + [line.removeprefix(GIT_INDENT) for line in lines[head:]]


def _unwrapped(lines: list[str]) -> list[str]:
    """Trailers joined again whose address a forge wrapped onto the next line."""
    joined = list(lines)
    for number in range(1, len(lines)):
        if (
            "@" in lines[number]
            and WRAPPED_ADDRESS.match(lines[number])
            and UNFINISHED.match(lines[number - 1])
        ):
            joined[number - 1] = f"{lines[number - 1]}\n{lines[number]}"
            joined[number] = ""
    return joined


def _start_of_last_paragraph(lines: list[str]) -> int:
    number = len(lines)
    while number and not lines[number - 1]:
        number -= 1
    while number and lines[number - 1]:
        number -= 1
    return number


def _own_voice(subject: str, lines: list[str]) -> Iterator[tuple[int, bool]]:
    """Numbers of the lines that say something, each with whether a revert says it."""
    starts = [0, *_section_starts(lines), len(lines)]
    heading = subject
    for start, end in pairwise(starts):
        if start:
            heading = lines[start].removeprefix(SQUASHED_SUBJECT)
        says_something = [number for number in range(start, end) if lines[number]]
        reverted = REVERTED_SUBJECT.match(heading) is not None or any(
            REVERTED_BODY.match(lines[number]) for number in says_something
        )
        for number in says_something:
            if _is_original(lines[number]):
                break
            yield number, reverted


def _section_starts(lines: list[str]) -> Iterator[int]:
    """Where the commits of a squash begin, and where its collected co-authors do."""
    for number in range(1, len(lines)):
        line = lines[number]
        if line.startswith(SQUASHED_SUBJECT) or line == SQUASHED_END:
            alone = number + 1 == len(lines) or not lines[number + 1]
            if alone and not lines[number - 1]:
                yield number
        elif GIT_SQUASH_COMMIT.match(line):
            yield number


def _is_original(line: str) -> bool:
    if ORIGINAL.match(line) is None:
        return False
    return line.startswith("#") or line.rstrip("*_ ").endswith(":")


def _bare(line: str) -> str:
    if not line.isascii():
        line = line.translate(INVISIBLE)
    if line[:1] in FRAME:
        line = line.strip(FRAME + " ")
    if line.startswith("<"):
        line = TAG.sub("", line)
    if line[:1] in EMPHASIS and line.strip(EMPHASIS)[:1].strip():
        return line.strip(EMPHASIS)
    return "" if line[:1].isspace() else line
