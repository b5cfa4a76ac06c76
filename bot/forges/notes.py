"""What AI tools note beside the commits of a repository (`refs/notes/ai`), read within limits.

git keeps notes in a tree: each named by its commit's SHA, or, where they are many, below folders
of its first letters. How a forge shows trees and blobs is the adapter's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

MOST_COMMITS = 100
"""Of so many commits, the newest, notes are read: each may cost two requests."""

MOST_BYTES = 1_000_000
"""Larger notes are not read; they carry whole conversations."""

LISTINGS_KEPT, TEXTS_KEPT, LONGEST_KEPT = 300, 300, 50_000
"""How much of what was read is remembered, and up to which length of a text in bytes."""

FAN = 2
"""Letters of a SHA that git makes a directory of, once there are many notes."""


@dataclass(frozen=True, slots=True)
class Noted:
    """The notes by the SHA of their commits, and what was not read, in sentences."""

    texts: Mapping[str, str] = field(default_factory=dict)
    gaps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Note:
    """A note that was found: its length in bytes, and how to read it."""

    size: int
    text: Callable[[], str]


def read_notes(commits: Sequence[str], find: Callable[[str], Note | None]) -> Noted:
    """The notes that `find` knows of these commits, which come oldest first."""
    gaps, texts = list[str](), dict[str, str]()
    if len(commits) > MOST_COMMITS:
        gaps.append(f"AI notes are read on the newest {MOST_COMMITS} commits only.")
    for sha in commits[-MOST_COMMITS:]:
        note = find(sha)
        if note is None:
            continue
        if note.size > MOST_BYTES:
            gaps.append(f"The AI note on commit {sha[:7]} is too large to be read.")
        else:
            texts[sha] = note.text()
    return Noted(texts, tuple(gaps))
