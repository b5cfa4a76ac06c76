"""Who wrote each line that stands: blame for a whole history at once, change by change.

Following the patches forward takes one reading of the history, where `git blame` would read it
again for every file of every repair.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Iterator, Sequence

from routing.hazards.kinds import QUIET, kinds_of
from routing.model import ChangedFile, FileStatus

NOBODY = -1
"""Stands for the writer of a line from before the history that was read."""

HUNK = re.compile(r"@@ -(\d+)")
CODE = re.compile(r"(?!\s*(?://|/\*|(?:#|\*|--|%|;+)(?:\s|$)))\W*\w")
"""A line that runs: with a letter or digit, and no comment in most languages."""


class LineWriters:
    """The writer of every line of code as the history stands now; writers are numbers.

    Files are followed when they move. Tests, documentation, generated and copied files are not
    followed: repairs are looked for in what runs.
    """

    def __init__(self) -> None:
        self._files: dict[str, array[int]] = {}

    def land(self, writer: int, files: Iterable[ChangedFile]) -> frozenset[int]:
        """Take a change in; returns who wrote the lines of code that it took away or rewrote.

        A line that only gains or loses space keeps its writer. Lines that go with their whole
        file were not rewritten.
        """
        running = [file for file in files if kinds_of(file.path).isdisjoint(QUIET)]
        # All files leave before any arrives: names may be swapped within one change.
        before = [self._files.pop(file.old_path or file.path, array("i")) for file in running]
        rewritten = set[int]()
        for file, lines in zip(running, before, strict=True):
            if file.status is not FileStatus.REMOVED:
                self._files[file.path], lost = _patched(lines, file.patch or "", writer)
                rewritten |= lost
        return frozenset(rewritten - {NOBODY})


def _patched(before: array[int], patch: str, writer: int) -> tuple[array[int], set[int]]:
    """The writers of the lines after a patch, and those of the lines of code it rewrote."""
    after, rewritten, at = array("i"), set[int](), 0
    for start, gone, come in _runs(patch):
        end = start + len(gone)
        before.extend([NOBODY] * (end - len(before)))
        after += before[at:start]
        old, at = before[start:end], end
        kept = _kept(gone, come)
        if any(kept):
            after.extend(who if same else writer for who, same in zip(old, kept, strict=True))
        else:
            after.extend([writer] * len(come))
        rewritten |= {
            who
            for who, text, same in zip(old, gone, kept, strict=True)
            if not same and CODE.match(text)
        }
    return after + before[at:], rewritten


def _kept(gone: Sequence[str], come: Sequence[str]) -> list[bool]:
    """For each line that goes, whether it comes back in the same place but for its space."""
    if len(gone) != len(come):
        return [False] * len(gone)
    return [old.split() == new.split() for old, new in zip(gone, come, strict=True)]


def _runs(patch: str) -> Iterator[tuple[int, Sequence[str], Sequence[str]]]:
    """Where lines change without a pause: how many stand before them, what goes, what comes."""
    place, gone, come = 0, list[str](), list[str]()
    for line in (*patch.split("\n"), "@@"):
        sign = line[:1]
        if sign == "-":
            gone.append(line[1:])
        elif sign == "+":
            come.append(line[1:])
        elif sign != "\\":
            if gone or come:
                yield place, gone, come
            place, gone, come = place + len(gone) + 1, [], []
            hunk = HUNK.match(line)
            if hunk is not None:
                place = max(0, int(hunk.group(1)) - 1)
