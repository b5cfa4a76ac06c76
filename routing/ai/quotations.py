"""Which lines of a text are somebody else's: quotes, code, diffs and invisible comments."""

from __future__ import annotations

import re

FENCE = re.compile(r"\s*(`{3,}(?=[^`]*\Z)|~{3,})")
FENCE_END = re.compile(r"\s*(`{3,}|~{3,})\s*\Z")
SHORTEST_FENCE, LONGEST_FENCE = 3, 9
"""A fence is closed by one at least as long; beyond the longest, lengths are not told apart."""

QUOTED_HTML = re.compile(r"\s*<(blockquote|pre)\b", re.IGNORECASE)
CLOSING = ("-->", "</blockquote>", "</pre>")
QUOTE = (">", "&gt;")
INDENTED = ("    ", "\t")
TICKED_BOX = re.compile(r"\s*[-*+] \[[xX]\]\s+(\S.*)")

DIFF_START = re.compile(r"diff --git |@@ -\d")
DIFF_LINES = (
    *(" ", "+", "-", "@@", "\\", "\t", "diff --git ", "index ", "old mode ", "new mode "),
    *("new file mode ", "deleted file mode ", "similarity index ", "rename ", "copy "),
    *("Binary files ", "GIT binary patch"),
)


def without_quotations(lines: list[str]) -> tuple[list[str], tuple[str, ...]]:
    """The same lines with every quotation blanked, and the comments of one line each.

    A fence or comment that never ends quotes nothing: it is a slip of the pen, and what follows
    is read as usual. Every line is looked at a bounded number of times.
    """
    own: list[str] = []
    comments: list[str] = []
    quotations = _Quotations(lines)
    number = 0
    while number < len(lines):
        end = quotations.end_of(number)
        if end is None:
            own.append("" if _is_quoted(lines[number]) else lines[number].rstrip())
            number += 1
            continue
        if end == number and lines[number].lstrip().startswith("<!--"):
            comments.append(lines[number].strip())
        own.extend([""] * (end + 1 - number))
        number = end + 1
    return own, tuple(comments)


def _is_quoted(line: str) -> bool:
    if line.startswith(INDENTED):
        return TICKED_BOX.match(line) is None
    return line.lstrip().startswith(QUOTE)


class _Quotations:
    """Finds where quotations end; it knows the last closing line of each kind beforehand."""

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines
        self._closed_by = [_closings(line) for line in lines]
        self._last = {
            mark: number for number, marks in enumerate(self._closed_by) for mark in marks
        }

    def end_of(self, number: int) -> int | None:
        """The last line of the quotation that begins on this line; None when none does."""
        line = self._lines[number].lstrip()
        if not line or line[0] not in "`~<d@":
            return None
        if (fence := FENCE.match(line)) is not None:
            return self._first(fence.group(1)[:LONGEST_FENCE], number + 1)
        if line.startswith("<!--"):
            return self._first("-->", number)
        if (html := QUOTED_HTML.match(line)) is not None:
            return self._first(f"</{html.group(1).lower()}>", number)
        return self._end_of_diff(number) if DIFF_START.match(line) is not None else None

    def _first(self, closing: str, number: int) -> int | None:
        if number > self._last.get(closing, -1):
            return None
        while closing not in self._closed_by[number]:
            number += 1
        return number

    def _end_of_diff(self, number: int) -> int:
        while number + 1 < len(self._lines) and self._goes_on(number + 1):
            number += 1
        return number

    def _goes_on(self, number: int) -> bool:
        return self._lines[number].startswith(DIFF_LINES)


def _closings(line: str) -> tuple[str, ...]:
    """The kinds of quotation that this line may close."""
    if "`" not in line and "~" not in line and ">" not in line:
        return ()
    lower = line.lower()
    marks = [mark for mark in CLOSING if mark in lower]
    if (fence := FENCE_END.match(line)) is not None:
        mark = fence.group(1)[:LONGEST_FENCE]
        marks += [mark[:length] for length in range(SHORTEST_FENCE, len(mark) + 1)]
    return tuple(marks)
