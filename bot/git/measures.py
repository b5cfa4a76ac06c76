"""What was known about a change before it landed: the measures that risk is graded by.

They go by the names of Kamei et al., *A Large-Scale Empirical Study of Just-in-Time Quality
Assurance* (2013).
"""

from __future__ import annotations

import math
from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.git.main_line import Landed
from routing.model import ChangedFile, FileStatus
from routing.people import mail_identity
from routing.repairs import names_repair
from routing.risk import RiskContext

RECENT = timedelta(days=90)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Known:
    """What the history says of a change: for the feature model, and for the card."""

    measures: Mapping[str, float]
    context: RiskContext


@dataclass(slots=True)
class _File:
    """The numbers of the changes that one file went through; its length where that is known."""

    changes: array[int] = field(default_factory=lambda: array("i"))
    lines: int | None = None


@dataclass(frozen=True, slots=True)
class _Past:
    """One earlier change."""

    at: datetime
    author: str
    fix: bool


class Memory:
    """Remembers the changes of a main line, and knows of the next one what that tells.

    Files are followed when they move. Nothing of a change is known before `land`.
    """

    def __init__(self) -> None:
        self._files: dict[str, _File] = {}
        self._past: list[_Past] = []
        self._by_author = Counter[str]()

    def known(self, change: Landed) -> Known:
        """What is known of a change before it lands; measures that nobody knows are left out."""
        author = mail_identity(change.email)
        files = [self._files.get(file.old_path or file.path) for file in change.files]
        seen = [file for file in files if file is not None and file.changes]
        earlier = [self._past[number] for number in set().union(*(file.changes for file in seen))]
        developers = {past.author for past in earlier}
        recent = [past for past in earlier if past.at >= change.at - RECENT]
        measures = {
            **_spread(change.files),
            "la": change.added,
            "ld": change.deleted,
            "fix": float(_repairs(change)),
            "ndev": len(developers),
            "nuc": len(earlier),
            "exp": self._by_author[author],
        }
        ages = [(change.at - self._past[file.changes[-1]].at) / DAY for file in seen]
        if ages:
            measures["age"] = max(0.0, sum(ages) / len(ages))
        lines = [_lines_before(*pair) for pair in zip(change.files, files, strict=True)]
        if None not in lines:
            measures["lt"] = sum(one or 0 for one in lines)
        context = RiskContext(
            developers_on_files=len(developers),
            author_knows_files=author in developers,
            recent_changes=len(recent),
            recent_fixes=sum(past.fix for past in recent),
        )
        return Known(measures, context)

    def land(self, change: Landed) -> None:
        """Remember a change."""
        author = mail_identity(change.email)
        number = len(self._past)
        self._past.append(_Past(change.at, author, _repairs(change)))
        self._by_author[author] += 1
        # All files leave before any arrives: names may be swapped within one change.
        names = [file.old_path or file.path for file in change.files]
        moving = [self._files.pop(name, _File()) for name in names]
        for file, kept in zip(change.files, moving, strict=True):
            lines = _lines_before(file, kept)
            kept.lines = None if lines is None else lines + file.additions - file.deletions
            kept.changes.append(number)
            self._files[file.path] = kept


def _lines_before(file: ChangedFile, kept: _File | None) -> int | None:
    """How long a file was; None where its beginning was not seen."""
    if file.status is FileStatus.ADDED:
        return 0
    return None if kept is None else kept.lines


def _repairs(change: Landed) -> bool:
    return names_repair(change.title)


def _spread(files: Sequence[ChangedFile]) -> dict[str, float]:
    """Subsystems (folders at the top), directories, files, and the entropy of lines in bits."""
    folders = {file.path.rpartition("/")[0] for file in files}
    sizes = [file.additions + file.deletions for file in files]
    shares = [size / sum(sizes) for size in sizes if size]
    return {
        "ns": len({folder.partition("/")[0] for folder in folders}),
        "nd": len(folders),
        "nf": len(files),
        "entropy": -sum(share * math.log2(share) for share in shares),
    }
