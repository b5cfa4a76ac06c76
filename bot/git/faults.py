"""Which past changes went wrong: taken back later, or their lines rewritten by a repair.

A light form of SZZ (Śliwerski, Zimmermann and Zeller, *When Do Changes Induce Fixes?*, 2005). What
it finds is a guess: a repair may rewrite lines that were right, a fault whose repair only adds
lines stays unseen, and so does one that nobody repaired, or not in words that say so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.git.line_writers import LineWriters
from bot.git.main_line import Landed
from routing.repairs import names_repair

TAKEN_BACK = re.compile(r"\bThis reverts commit ([0-9a-f]{7,64})\b")
REVERT = re.compile(r'\brevert:? +"(.+)"', re.IGNORECASE)
NUMBER = re.compile(r" *\(#\d+\)$")
"""What a forge adds to the title of a squashed merge request."""

SHORT = 7
"""Letters of a SHA by which changes are looked up."""

SWEEPING = 50
"""Judged: a repair of more files than this tidies up; what it rewrites was not wrong."""


class Kind(StrEnum):
    """How a change is known to have gone wrong."""

    REVERTED = "reverted"
    REPAIRED = "repaired"


@dataclass(frozen=True, slots=True)
class Fault:
    """A change went wrong, as the later change `by` shows."""

    kind: Kind
    by: str
    at: datetime


class Faults:
    """Finds faults in the changes of a main line, shown to it from the oldest to the latest.

    Changes are numbers, from 0 on. Only what is taken back or repaired within `horizon` counts,
    and only the first time.
    """

    def __init__(self, horizon: timedelta) -> None:
        self.found: dict[int, Fault] = {}
        self.repairs = 0
        self.reverts = 0
        self.unmatched_reverts = 0
        self._horizon = horizon
        self._landed: list[tuple[str, datetime]] = []
        self._by_sha: dict[str, list[int]] = {}
        self._by_title: dict[str, int] = {}
        self._writers = LineWriters()

    def land(self, change: Landed) -> None:
        """Take the next change in, and mark those that it takes back or repairs."""
        number = len(self._landed)
        rewritten = self._writers.land(number, change.files)
        if is_revert(change):
            reverted = self._reverted(change)
            self.reverts += 1
            self.unmatched_reverts += not reverted
            for earlier in reverted:
                self._mark(earlier, Kind.REVERTED, change)
        elif is_repair(change):
            self.repairs += 1
            for earlier in rewritten:
                self._mark(earlier, Kind.REPAIRED, change)
        self._landed.append((change.sha, change.at))
        self._by_sha.setdefault(change.sha[:SHORT], []).append(number)
        for title in (change.subject, change.title):
            self._by_title[_bare(title)] = number

    def _reverted(self, change: Landed) -> set[int]:
        named = {
            number
            for sha in TAKEN_BACK.findall(change.message)
            for number in self._by_sha.get(sha[:SHORT], ())
            if self._landed[number][0].startswith(sha)
        }
        titles = (self._by_title.get(title) for title in _reverted_titles(change.title))
        return named or {number for number in titles if number is not None}

    def _mark(self, number: int, kind: Kind, change: Landed) -> None:
        if number not in self.found and change.at - self._landed[number][1] <= self._horizon:
            self.found[number] = Fault(kind, change.sha, change.at)


def is_revert(change: Landed) -> bool:
    """Whether a change says that it takes an earlier one back."""
    return bool(REVERT.search(change.title) or TAKEN_BACK.search(change.message))


def is_repair(change: Landed) -> bool:
    """Whether a change says that it repairs a defect, in the words that count as risk too."""
    return names_repair(change.title) and len(change.files) <= SWEEPING


def _reverted_titles(title: str) -> Iterator[str]:
    """The titles that a revert may mean; `area: revert "…"` leaves the area out."""
    found = REVERT.search(title)
    if found is not None:
        inner = found.group(1)
        yield _bare(inner)
        yield _bare(title[: found.start()] + inner)


def _bare(title: str) -> str:
    return NUMBER.sub("", title)
