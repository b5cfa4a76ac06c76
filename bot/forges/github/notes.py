"""What AI tools note beside the commits of a repository on GitHub: `refs/notes/ai`."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from github import UnknownObjectException
from github.Repository import Repository

from bot.forges.notes import (
    FAN,
    LISTINGS_KEPT,
    LONGEST_KEPT,
    TEXTS_KEPT,
    Note,
    Noted,
    read_notes,
)
from bot.remembered import Remembered

NOTES = "notes/ai"


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a git tree: a note (`size` in bytes) or a directory of notes."""

    sha: str
    directory: bool
    size: int


class AiNotes:
    """Reads notes and remembers them: git names what it keeps by content, so nothing gets stale."""

    def __init__(self) -> None:
        self._listings = Remembered[str, Mapping[str, Entry]](LISTINGS_KEPT)
        self._texts = Remembered[str, str](TEXTS_KEPT)

    def read(self, repo: Repository, commits: Sequence[str]) -> Noted:
        """The notes on these commits, oldest first; one request where the repository has none."""
        tip = _tip(repo)
        if tip is None:
            return Noted()
        root = repo.get_git_commit(tip).tree.sha
        return read_notes(commits, lambda sha: self._note(repo, root, sha))

    def _note(self, repo: Repository, root: str, sha: str) -> Note | None:
        entry = self._find(repo, root, sha)
        return Note(entry.size, lambda: self._text(repo, entry)) if entry is not None else None

    def _find(self, repo: Repository, tree: str, name: str) -> Entry | None:
        entries = self._listings.get(tree, lambda: dict(_entries(repo, tree)))
        if name in entries:
            return entries[name]
        below = entries.get(name[:FAN])
        if below is None or not below.directory:
            return None
        return self._find(repo, below.sha, name[FAN:])

    def _text(self, repo: Repository, entry: Entry) -> str:
        if entry.size > LONGEST_KEPT:
            return _blob(repo, entry.sha)
        return self._texts.get(entry.sha, lambda: _blob(repo, entry.sha))


def _tip(repo: Repository) -> str | None:
    try:
        ref = repo.get_git_ref(NOTES).complete()
    except UnknownObjectException:
        return None
    return ref.object.sha if ref.ref == f"refs/{NOTES}" else None


def _entries(repo: Repository, tree: str) -> Iterator[tuple[str, Entry]]:
    for one in repo.get_git_tree(tree).tree:
        yield one.path, Entry(one.sha, one.type == "tree", one.size or 0)


def _blob(repo: Repository, sha: str) -> str:
    return b64decode(repo.get_git_blob(sha).content).decode(errors="replace")
