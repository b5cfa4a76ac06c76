"""A git repository made quickly: one `git fast-import` a commit, with any bytes anywhere."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.builders import NOW

Name = str | bytes
Content = str | bytes | None
"""What a commit does to a path: new content, or None to remove it."""


@dataclass(frozen=True)
class Signed:
    """Who wrote and committed, as `Name <address>` or a bare name; `date` is written as it is."""

    author: Name = "ana"
    committer: Name | None = None
    at: datetime = NOW
    date: Name | None = None

    @property
    def author_line(self) -> bytes:
        """The line of `git fast-import`."""
        return b"author %s %s" % (_who(self.author), self._date)

    @property
    def committer_line(self) -> bytes:
        """The line of `git fast-import`."""
        who = self.author if self.committer is None else self.committer
        return b"committer %s %s" % (_who(who), self._date)

    @property
    def _date(self) -> bytes:
        return _bytes(f"{int(self.at.timestamp())} +0000" if self.date is None else self.date)


class Repository:
    """A repository in a folder; nothing is checked out."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._tips: dict[str, str] = {}
        path.mkdir(parents=True, exist_ok=True)
        self.git("init", "--quiet", "--initial-branch=main", "--template=")

    def git(self, *arguments: str, stdin: bytes = b"") -> str:
        """Run git here; returns what it prints."""
        done = subprocess.run(  # noqa: S603 - the test's own arguments
            ["git", *arguments],  # noqa: S607 - the git that is installed
            cwd=self.path,
            input=stdin,
            capture_output=True,
            check=True,
        )
        return done.stdout.decode("utf-8", "replace").strip()

    def commit(
        self,
        files: Mapping[Any, Content],
        *,
        branch: str = "main",
        message: Name = "Do it",
        parents: Sequence[str] | None = None,
        modes: Mapping[Any, str] | None = None,
        signed: Signed = Signed(),
    ) -> str:
        """Commit to a branch; returns the SHA.

        `parents` stand in for the branch's tip (none: a first commit, several: a merge); `modes`
        gives a path another mode than 100644 (160000 is a submodule: its content is a SHA).
        """
        tip = [self._tips[branch]] if branch in self._tips else []
        first, *others = [self.sha(one) for one in (tip if parents is None else parents)] or [""]
        lines = [b"feature done", b"commit refs/heads/" + branch.encode(), b"mark :1"]
        lines += [signed.author_line, signed.committer_line, _data(_bytes(message))]
        lines += [f"from {first}".encode()] if first else []
        lines += [f"merge {other}".encode() for other in others]
        for path, content in files.items():
            lines.append(_change(_bytes(path), content, (modes or {}).get(path, "100644")))
        lines += [b"get-mark :1", b"done\n"]
        self._tips[branch] = self.git("fast-import", "--quiet", "--force", stdin=b"\n".join(lines))
        return self._tips[branch]

    def sha(self, name: str) -> str:
        """The commit that a branch or a SHA stands for."""
        return self._tips.get(name, name)

    def branch(self, name: str, at: str = "main") -> None:
        """Make a branch, or move it."""
        self._tips[name] = self.sha(at)
        self.git("update-ref", f"refs/heads/{name}", self._tips[name])

    def tag(self, name: str, at: str = "main") -> None:
        """Tag a commit."""
        self.git("update-ref", f"refs/tags/{name}", self.sha(at))


def _bytes(text: Name) -> bytes:
    return text if isinstance(text, bytes) else text.encode()


def _who(name: Name) -> bytes:
    """`Name <address>`; a bare name gets its own address."""
    who = _bytes(name)
    return who if b"<" in who else b"%s <%s@example.com>" % (who.title(), who)


def _data(content: bytes) -> bytes:
    return b"data %d\n%s" % (len(content), content)


def _change(path: bytes, content: Content, mode: str) -> bytes:
    quoted = b'"' + b"".join(b"\\%03o" % byte for byte in path) + b'"'
    if content is None:
        return b"D " + quoted
    if mode == "160000":
        return b"M 160000 " + _bytes(content) + b" " + quoted
    return b"M %s inline %s\n%s" % (mode.encode(), quoted, _data(_bytes(content)))
