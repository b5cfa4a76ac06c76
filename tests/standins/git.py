"""A git repository in memory: whole trees for commits, branches, tags, and the diff between two."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from difflib import SequenceMatcher, unified_diff
from itertools import islice

PATCH_LINES = 20_000
"""A forge shows no patch for a text file that changed by more lines than this."""
RENAME_SIMILARITY = 0.5
SIMILAR_UP_TO = 2_000
"""Lines up to which two files are compared for a rename; more would only make tests slow."""


@dataclass(frozen=True)
class Submodule:
    """A commit of another repository, standing in a tree where a file could."""

    sha: str


Content = bytes | Submodule
Tree = Mapping[str, Content]
Edit = str | bytes | Submodule | None
"""What a commit does to one path: new content, or None to remove it."""


@dataclass(frozen=True)
class Stamp:
    """Who, and when, as a commit says it."""

    name: str
    email: str
    at: datetime


@dataclass(frozen=True)
class Commit:
    """One commit with its whole tree; `verified` says that the forge trusts its signature."""

    sha: str
    tree: Tree = field(repr=False)
    parents: tuple[str, ...]
    author: Stamp
    committer: Stamp
    message: str
    verified: bool = False


@dataclass(frozen=True)
class FileDiff:
    """What happened to one file between two trees; `blob` is the content's git SHA."""

    path: str
    status: str
    blob: str
    additions: int = 0
    deletions: int = 0
    patch: str | None = None
    old_path: str | None = None


class Git:
    """Commits and the refs to them. SHAs come from the content alone, so that runs repeat."""

    def __init__(self) -> None:
        self.commits: dict[str, Commit] = {}
        self.branches: dict[str, str] = {}
        self.tags: dict[str, str] = {}
        self.notes: dict[str, str] = {}
        self._diffs: dict[tuple[str, str], tuple[FileDiff, ...]] = {}

    def commit(
        self,
        parents: tuple[str, ...],
        edits: Mapping[str, Edit],
        author: Stamp,
        committer: Stamp,
        message: str,
        *,
        verified: bool = False,
    ) -> str:
        """Write a commit on top of its first parent; no branch moves."""
        tree = dict(self.commits[parents[0]].tree) if parents else {}
        for path, edit in edits.items():
            if edit is None:
                del tree[path]
            else:
                tree[path] = edit.encode() if isinstance(edit, str) else edit
        listing = sorted((path, blob_sha(content)) for path, content in tree.items())
        sha = _sha1(repr((listing, parents, author, committer, message)).encode())
        self.commits[sha] = Commit(
            sha, tree, parents, author, committer, message, verified=verified
        )
        return sha

    def resolve(self, name: str) -> str | None:
        """The commit that a SHA or a short name means; as in git, a tag goes before a branch."""
        if name in self.commits:
            return name
        return self.tags.get(name) or self.branches.get(name)

    def ancestry(self, sha: str) -> Iterator[Commit]:
        """The commit and everything it stands on, each once, the nearest first."""
        waiting, seen = [sha], set[str]()
        while waiting:
            commit = self.commits[waiting.pop(0)]
            if commit.sha not in seen:
                seen.add(commit.sha)
                waiting.extend(commit.parents)
                yield commit

    def is_ancestor(self, old: str, new: str) -> bool:
        """Whether `new` stands on `old`, or is it."""
        return any(commit.sha == old for commit in self.ancestry(new))

    def merge_base(self, one: str, other: str) -> str:
        """The nearest commit that both stand on."""
        mine = {commit.sha for commit in self.ancestry(one)}
        return next(commit.sha for commit in self.ancestry(other) if commit.sha in mine)

    def between(self, base: str, head: str) -> list[Commit]:
        """The commits of `head` that `base` does not have, oldest first."""
        theirs = {commit.sha for commit in self.ancestry(base)}
        return [commit for commit in self.ancestry(head) if commit.sha not in theirs][::-1]

    def touches(self, commit: Commit, path: str) -> bool:
        """Whether the commit changed the file, or anything in the directory, named `path`."""
        before = self.commits[commit.parents[0]].tree if commit.parents else {}
        inside = path.rstrip("/") + "/"
        return any(
            before.get(name) != commit.tree.get(name)
            for name in before.keys() | commit.tree.keys()
            if name == path or name.startswith(inside)
        )

    def diff(self, base: str, head: str) -> tuple[FileDiff, ...]:
        """What `head` did since it left `base`, by path."""
        if (base, head) not in self._diffs:
            start = self.commits[self.merge_base(base, head)].tree
            self._diffs[base, head] = tuple(_diff(start, self.commits[head].tree))
        return self._diffs[base, head]


def blob_sha(content: Content) -> str:
    """The SHA that git itself gives to this content."""
    if isinstance(content, Submodule):
        return content.sha
    return _sha1(b"blob %d\0" % len(content) + content)


def _sha1(data: bytes) -> str:
    return hashlib.sha1(data, usedforsecurity=False).hexdigest()


def _diff(old: Tree, new: Tree) -> Iterator[FileDiff]:
    gone = {path: content for path, content in old.items() if path not in new}
    for path in sorted(old.keys() | new.keys()):
        before, after = old.get(path), new.get(path)
        if before is None and after is not None:
            origin = _origin(after, gone)
            yield _file(path, gone.pop(origin) if origin else None, after, origin)
        elif after is not None and before != after:
            yield _file(path, before, after, None)
    for path, content in sorted(gone.items()):
        yield _file(path, content, None, None)


def _origin(content: Content, gone: Tree) -> str | None:
    """The removed file that this new one most likely was."""
    for path, old in gone.items():
        if old == content and content != b"":
            return path
    lines = _lines(content)
    for path, old in gone.items():
        before = _lines(old)
        if not lines or not before or len(lines) + len(before) > SIMILAR_UP_TO:
            continue
        if SequenceMatcher(None, before, lines, autojunk=False).ratio() >= RENAME_SIMILARITY:
            return path
    return None


def _file(path: str, old: Content | None, new: Content | None, origin: str | None) -> FileDiff:
    if new is None:
        status = "removed"
    elif origin is not None:
        status = "renamed"
    else:
        status = "added" if old is None else "modified"
    shown = new if new is not None else old
    blob = blob_sha(shown if shown is not None else b"")
    before, after = _lines(old), _lines(new)
    if before is None or after is None or before == after:
        return FileDiff(path, status, blob, old_path=origin)
    patch = list(islice(unified_diff(before, after, n=3, lineterm=""), 2, None))
    added = sum(line.startswith("+") for line in patch)
    deleted = sum(line.startswith("-") for line in patch)
    text = "\n".join(patch) if added + deleted <= PATCH_LINES else None
    return FileDiff(path, status, blob, added, deleted, text, origin)


def _lines(content: Content | None) -> list[str] | None:
    """The lines of a text, the last one marked where it has no end; None for a binary file."""
    if content is None:
        return []
    if isinstance(content, Submodule):
        return [f"Subproject commit {content.sha}"]
    if b"\0" in content:
        return None
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return None
    lines = text.split("\n")
    if lines[-1] == "":
        return lines[:-1]
    return [*lines[:-1], lines[-1] + "\n\\ No newline at end of file"]
