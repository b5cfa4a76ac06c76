"""The branches of a stand-in's repository: what commits on them look like, whichever the forge."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from tests.standins.git import Edit, Git, Stamp

SOMEBODY = "Somebody <somebody@example.com>"


class Committer(Protocol):
    """Somebody whose commits carry a name and an address."""

    name: str
    email: str


@dataclass(frozen=True)
class NewCommit:
    """One commit to push. `author` and `committer` are logins, or raw "Name <address>" texts.

    `pushed_by` is the login of who pushes it, if not the author.
    """

    message: str
    files: Mapping[str, Edit]
    author: str | None = None
    committer: str | None = None
    pushed_by: str | None = None

    def by(self, author: str) -> NewCommit:
        """The commit, by this author where none was named."""
        if self.author is not None:
            return self
        return replace(self, author=author)


class Branches(ABC):
    """A git repository with people who commit. Begins with README.md on `main`."""

    def __init__(self, committers: Mapping[str, Committer], now: Callable[[], datetime]) -> None:
        self.committers = committers
        self.now = now
        self.git = Git()
        stamp = self.stamp(SOMEBODY)
        root = self.git.commit((), {"README.md": "# Shop\n"}, stamp, stamp, "The beginning")
        self.git.branches["main"] = root

    @abstractmethod
    def _move(self, branch: str, sha: str, by: str | None) -> None:
        """Somebody (a login) moved a branch to this commit; what is open there follows."""

    def branch(self, name: str, start: str = "main") -> str:
        """Make a branch at the tip of another; returns the SHA."""
        self.git.branches[name] = self.git.branches[start]
        return self.git.branches[name]

    def tag(self, name: str, sha: str) -> None:
        """Put a tag on a commit, perhaps one that is named like a branch."""
        self.git.tags[name] = sha

    def note(self, sha: str, text: str, *, ref: str = "ai", fanned_out: bool = False) -> None:
        """Attach a note to a commit; where there are many, git spreads them over directories."""
        stamp = self.stamp(SOMEBODY)
        before = self.git.notes.get(ref)
        path = f"{sha[:2]}/{sha[2:]}" if fanned_out else sha
        parents = (before,) if before is not None else ()
        self.git.notes[ref] = self.git.commit(parents, {path: text}, stamp, stamp, "Notes")

    def delete_branch(self, name: str) -> None:
        """Remove a branch; its commits stay."""
        del self.git.branches[name]

    def write_file(self, branch: str, path: str, text: Edit, by: str = SOMEBODY) -> str:
        """Commit one file straight to a branch; returns the SHA."""
        return self.commit(branch, NewCommit(f"Write {path}", {path: text}, by))

    def commit(self, branch: str, new: NewCommit, at: datetime | None = None) -> str:
        """Put a commit on a branch; what is open of that branch follows."""
        sha = self._write(self.git.branches[branch], new, at)
        self._move(branch, sha, new.pushed_by or new.author)
        return sha

    def _write(self, parent: str, new: NewCommit, at: datetime | None = None) -> str:
        author = self.stamp(new.author or SOMEBODY, at)
        committer = self.stamp(new.committer, at) if new.committer else author
        return self.git.commit(
            (parent,),
            new.files,
            author,
            committer,
            new.message,
            verified=new.committer == "web-flow",
        )

    def stamp(self, who: str, at: datetime | None = None) -> Stamp:
        """The name and address that a commit by `who` (a login or "Name <address>") carries."""
        when = at or self.now()
        if "<" in who:
            name, _, address = who.partition("<")
            return Stamp(name.strip(), address.rstrip(">"), when)
        person = self.committers[who.lower()]
        return Stamp(person.name, person.email, when)

    def _merged(
        self,
        base: str,
        head: str,
        by: str,
        message: str,
        committer: str,
        *,
        squashed: bool = False,
    ) -> str:
        """A commit that merges one into another, `squashed` without naming it; no branch moves."""
        start = self.git.commits[self.git.merge_base(base, head)].tree
        after = self.git.commits[head].tree
        paths = start.keys() | after.keys()
        changed = {path for path in paths if start.get(path) != after.get(path)}
        return self.git.commit(
            (base,) if squashed else (base, head),
            {path: after.get(path) for path in changed},
            self.stamp(by),
            self.stamp(committer),
            message,
            verified=committer == "web-flow",
        )
