"""What AI tools note beside the commits of a repository on GitHub: `refs/notes/ai`."""

from __future__ import annotations

from base64 import b64decode
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Generic, TypeVar

from github import UnknownObjectException
from github.Repository import Repository

NOTES = "notes/ai"
MOST_COMMITS = 100
"""Of so many commits, the newest, notes are read: each may cost two requests."""

MOST_BYTES = 1_000_000
"""Larger notes are not read; they carry whole conversations."""

LISTINGS_KEPT, TEXTS_KEPT, LONGEST_KEPT = 300, 300, 50_000
"""How much of what was read is remembered, and up to which length of a text in bytes."""

FAN = 2
"""Letters of a SHA that git makes a directory of, once there are many notes."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a git tree: a note (`size` in bytes) or a directory of notes."""

    sha: str
    directory: bool
    size: int


@dataclass(frozen=True, slots=True)
class Noted:
    """The notes by the SHA of their commits, and what was not read, in sentences."""

    texts: Mapping[str, str] = field(default_factory=dict)
    gaps: tuple[str, ...] = ()


class AiNotes:
    """Reads notes and remembers them: git names what it keeps by content, so nothing gets stale."""

    def __init__(self) -> None:
        self._listings = Kept[Mapping[str, Entry]](LISTINGS_KEPT)
        self._texts = Kept[str](TEXTS_KEPT)

    def read(self, repo: Repository, commits: Sequence[str]) -> Noted:
        """The notes on these commits, oldest first; one request where the repository has none."""
        tip = _tip(repo)
        if tip is None:
            return Noted()
        gaps = []
        if len(commits) > MOST_COMMITS:
            gaps.append(f"AI notes are read on the newest {MOST_COMMITS} commits only.")
        root = repo.get_git_commit(tip).tree.sha
        texts = {}
        for sha in commits[-MOST_COMMITS:]:
            entry = self._find(repo, root, sha)
            if entry is None:
                continue
            if entry.size > MOST_BYTES:
                gaps.append(f"The AI note on commit {sha[:7]} is too large to be read.")
            else:
                texts[sha] = self._text(repo, entry)
        return Noted(texts, tuple(gaps))

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


class Kept(Generic[T]):
    """The values used last, by name; several threads may ask."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: OrderedDict[str, T] = OrderedDict()
        self._lock = Lock()

    def get(self, name: str, read: Callable[[], T]) -> T:
        """The value of that name, read where it is not known."""
        with self._lock:
            if name in self._values:
                self._values.move_to_end(name)
                return self._values[name]
        value = read()
        with self._lock:
            self._values[name] = value
            while len(self._values) > self._most:
                self._values.popitem(last=False)
        return value
