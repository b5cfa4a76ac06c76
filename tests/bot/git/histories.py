"""Small repositories whose every commit is chosen, made with `git fast-import`."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

START = datetime(2024, 1, 1, tzinfo=UTC)
FOUR_LINES = "alpha = 1\nbeta = 2\ngamma = 3\ndelta = 4\n"


@dataclass(frozen=True)
class Landing:
    """One commit: `files` are path → whole text, or None for one that goes."""

    title: str = "Work"
    files: Mapping[str, str | bytes | None] = field(default_factory=dict)
    day: float = 0
    author: str = "ana"
    branch: str = "main"
    merges: str | None = None
    """The branch that a merge commit brings."""


def land(folder: Path, *commits: Landing) -> list[str]:
    """Add commits, each to the tip of its branch; a new branch starts where main is.

    Returns their SHAs.
    """
    if not (folder / "HEAD").exists():
        git(folder, "init", "--quiet", "--bare", "--initial-branch=main")
    branches = git(folder, "for-each-ref", "--format=%(refname:short)").split()
    tips = {branch: f"refs/heads/{branch}^0" for branch in branches}
    stream = bytearray()
    for mark, commit in enumerate(commits, start=1):
        when = f"{int((START + timedelta(days=commit.day)).timestamp())} +0000"
        who = f"{commit.author.title()} <{commit.author}@shop.example> {when}"
        message = commit.title.encode()
        stream += f"commit refs/heads/{commit.branch}\nmark :{mark}\n".encode()
        stream += f"author {who}\ncommitter {who}\ndata {len(message)}\n".encode() + message + b"\n"
        parent = tips.get(commit.branch) or tips.get("main")
        if parent:
            stream += f"from {parent}\n".encode()
        if commit.merges:
            stream += f"merge {tips[commit.merges]}\n".encode()
        for path, text in commit.files.items():
            stream += _file(path, text)
        tips[commit.branch] = f":{mark}"
    marks = folder / "marks"
    git(folder, "fast-import", "--quiet", f"--export-marks={marks}", said=bytes(stream))
    shas = dict(line.split() for line in marks.read_text().splitlines())
    return [shas[f":{mark}"] for mark in range(1, len(commits) + 1)]


def _file(path: str, text: str | bytes | None) -> bytes:
    if text is None:
        return f"D {path}\n".encode()
    content = text.encode() if isinstance(text, str) else text
    return b"M 100644 inline %s\ndata %d\n%s\n" % (path.encode(), len(content), content)


def git(folder: Path, *arguments: str, said: bytes = b"") -> str:
    """What git prints when it is asked to do this in the folder."""
    ran = subprocess.run(  # noqa: S603 - the tests' own words
        ["git", *arguments],  # noqa: S607 - whichever git there is, as for the product
        cwd=folder,
        input=said,
        capture_output=True,
        check=True,
    )
    return ran.stdout.decode()
