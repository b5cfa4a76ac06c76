"""What of a change a card or dialog shows: the diff where it is small, and where it happened."""

from __future__ import annotations

from collections import Counter

from routing.model import Change, ChangedFile, FileStatus

SMALL = 15
"""Changed lines up to which a card shows the diff itself."""
MOST_PLACES = 5
MOST_CHARACTERS = 2500
"""A line of generated code may be long: what is longer is read on the forge."""


def small_diff(change: Change) -> str:
    """The unified diff, file by file under its path; empty when it is large or not all seen.

    A part of a diff would be worse than none: somebody might approve what they did not see.
    """
    hidden = change.hidden or change.gaps or any(file.patch is None for file in change.files)
    if hidden or not 0 < change.lines <= SMALL:
        return ""
    shown = "\n".join(f"{_title(file)}\n{file.patch}" for file in change.files)
    return shown if len(shown) <= MOST_CHARACTERS else ""


def places_of(change: Change) -> tuple[str, ...]:
    """Globs of the directories in which most lines changed, for people who do not want them."""
    lines: Counter[str] = Counter()
    for file in change.files:
        folder, slash, _ = file.path.rpartition("/")
        if slash:
            lines[folder] += file.additions + file.deletions
    return tuple(f"{folder}/**" for folder, _ in lines.most_common(MOST_PLACES))


def _title(file: ChangedFile) -> str:
    match file.status:
        case FileStatus.RENAMED:
            return f"{file.old_path} → {file.path}"
        case FileStatus.ADDED | FileStatus.REMOVED:
            return f"{file.path} ({file.status.value})"
        case FileStatus.MODIFIED:
            return file.path
