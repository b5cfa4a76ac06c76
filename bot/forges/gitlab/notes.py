"""What AI tools note beside the commits of a project on GitLab: `refs/notes/ai`."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from gitlab.exceptions import GitlabGetError
from gitlab.v4.objects import Project

from bot.forges.github import notes as limits
from bot.forges.github.notes import FAN, Kept, Noted
from bot.forges.gitlab.errors import is_missing

NOTES = "refs/notes/ai"

Entries = Mapping[str, tuple[str, bool]]
"""Name → the id of the blob or tree, and whether it is a tree."""


class AiNotes:
    """Reads notes as `github_notes.AiNotes` does, with the same limits, by GitLab's addresses."""

    def __init__(self) -> None:
        self._listings = Kept[Entries](limits.LISTINGS_KEPT)
        self._texts = Kept[tuple[int, str]](limits.TEXTS_KEPT)

    def read(self, project: Project, commits: Sequence[str]) -> Noted:
        """The notes on these commits, oldest first; one request where the project has none."""
        tip = _tip(project)
        if tip is None:
            return Noted()
        gaps = []
        if len(commits) > limits.MOST_COMMITS:
            gaps.append(f"AI notes are read on the newest {limits.MOST_COMMITS} commits only.")
        texts = {}
        for sha in commits[-limits.MOST_COMMITS :]:
            blob = self._find(project, tip, "", sha)
            if blob is None:
                continue
            size, text = self._texts.get(blob, partial(_blob, project, blob))
            if size > limits.MOST_BYTES:
                gaps.append(f"The AI note on commit {sha[:7]} is too large to be read.")
            else:
                texts[sha] = text
        return Noted(texts, tuple(gaps))

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
    if size > limits.MOST_BYTES:
        return size, ""
    return size, b64decode(found["content"]).decode(errors="replace")
