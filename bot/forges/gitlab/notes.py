"""What AI tools note beside the commits of a project on GitLab: `refs/notes/ai`."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gitlab.exceptions import GitlabGetError
from gitlab.v4.objects import Project

from bot.forges.gitlab.errors import is_missing
from bot.forges.notes import (
    FAN,
    LISTINGS_KEPT,
    MOST_BYTES,
    TEXTS_KEPT,
    Note,
    Noted,
    read_notes,
)
from bot.remembered import Remembered

NOTES = "refs/notes/ai"

Entries = Mapping[str, tuple[str, bool]]
"""Name → the id of the blob or tree, and whether it is a tree."""


class AiNotes:
    """Reads notes and remembers them: git names what it keeps by content, so nothing gets stale."""

    def __init__(self) -> None:
        self._listings = Remembered[str, Entries](LISTINGS_KEPT)
        self._texts = Remembered[str, tuple[int, str]](TEXTS_KEPT)

    def read(self, project: Project, commits: Sequence[str]) -> Noted:
        """The notes on these commits, oldest first; one request where the project has none."""
        tip = _tip(project)
        if tip is None:
            return Noted()
        return read_notes(commits, lambda sha: self._note(project, tip, sha))

    def _note(self, project: Project, tip: str, sha: str) -> Note | None:
        """GitLab tells a note's size with its text."""
        blob = self._find(project, tip, "", sha)
        if blob is None:
            return None
        size, text = self._texts.get(blob, lambda: _blob(project, blob))
        return Note(size, lambda: text)

    def _find(self, project: Project, tip: str, folder: str, name: str) -> str | None:
        """The blob that notes a commit; git makes folders of the first letters of many."""
        entries = self._listings.get(
            f"{tip}:{folder}", lambda: dict(_entries(project, tip, folder))
        )
        if name in entries:
            return entries[name][0]
        _, below = entries.get(name[:FAN], ("", False))
        if not below:
            return None
        return self._find(project, tip, f"{folder}{name[:FAN]}/", name[FAN:])


def _tip(project: Project) -> str | None:
    try:
        return str(project.commits.get(NOTES).id)
    except GitlabGetError as fault:
        if is_missing(fault):
            return None
        raise


def _entries(project: Project, tip: str, folder: str) -> Iterator[tuple[str, tuple[str, bool]]]:
    pages: Any = project.repository_tree(path=folder.rstrip("/"), ref=tip, iterator=True)
    for one in pages:
        yield one["name"], (one["id"], one["type"] == "tree")


def _blob(project: Project, sha: str) -> tuple[int, str]:
    """A blob's size in bytes and its text; of one too large, not kept, none."""
    found: Any = project.repository_blob(sha)
    size = int(found["size"])
    if size > MOST_BYTES:
        return size, ""
    return size, b64decode(found["content"]).decode(errors="replace")
