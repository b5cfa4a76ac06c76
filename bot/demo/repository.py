"""The demo's repository: a year of a small company's history, made in a moment with git."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from bot.errors import Refused
from routing.owners.codeowners import Dialect

NAMES = {
    "ana": "Ana Ito",
    "dana": "Dana Ng",
    "omar": "Omar Diaz",
    "grace": "Grace Holm",
    "kim": "Kim Roy",
}

PAYMENTS, WEB, DOCS = "services/payments", "web", "docs"

# Who worked where in the past year: author, reviewer, file, and how many days apart.
SEASONS = (
    ("omar", "dana", f"{PAYMENTS}/refunds.py", 9),
    ("omar", "dana", f"{PAYMENTS}/ledger.py", 21),
    ("dana", "omar", f"{PAYMENTS}/fees.py", 45),
    ("ana", "omar", f"{PAYMENTS}/refunds.py", 60),
    ("grace", "kim", f"{WEB}/cart.ts", 8),
    ("kim", "grace", f"{WEB}/checkout.ts", 15),
    ("kim", "grace", f"{DOCS}/shipping.md", 50),
)
YEAR_DAYS = 350


OWNERS = {
    Dialect.GITHUB: ("CODEOWNERS", f"/{PAYMENTS}/ @omar-d @dana-ng\n/{WEB}/ @grace-h\n"),
    Dialect.GITLAB: (
        ".gitlab/CODEOWNERS",
        f"[Payments]\n/{PAYMENTS}/ @omar-d @dana-ng\n\n[Web]\n/{WEB}/ @grace-h\n",
    ),
}
"""Where each forge looks for the code owners, and the same ones in each dialect."""


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit to be written: files are path → whole text."""

    author: str
    at: datetime
    message: str
    files: Mapping[str, str]


async def make_repository(folder: Path, now: datetime, dialect: Dialect) -> None:
    """Make the repository in an empty folder, with a history that ends the day before `now`."""
    await _git(folder, "init", "--quiet", "--initial-branch=main")
    await write_commits(folder, "main", _history(now, dialect))


async def write_commits(
    folder: Path, branch: str, commits: Iterator[Commit] | list[Commit]
) -> None:
    """Add commits to a branch; one that does not exist begins where main is."""
    stream = bytearray()
    for number, commit in enumerate(commits):
        name = f"{NAMES[commit.author]} <{address(commit.author)}>"
        when = f"{int(commit.at.timestamp())} +0000"
        message = commit.message.encode()
        stream += f"commit refs/heads/{branch}\n".encode()
        stream += f"author {name} {when}\ncommitter {name} {when}\n".encode()
        stream += b"data %d\n%s\n" % (len(message), message)
        if number == 0:
            stream += await _parent(folder, branch)
        for path, text in commit.files.items():
            content = text.encode()
            stream += b"M 100644 inline %s\n" % path.encode()
            stream += b"data %d\n%s\n" % (len(content), content)
    await _git(folder, "fast-import", "--quiet", said=bytes(stream))


async def write_empty_commit(folder: Path, branch: str, author: str, at: datetime) -> None:
    """Add a commit that changes no file to a branch; `author` is "Name <address>"."""
    message = b"Look at it again"
    who = f"{author} {int(at.timestamp())} +0000"
    stream = f"commit refs/heads/{branch}\nauthor {who}\ncommitter {who}\n".encode()
    stream += b"data %d\n%s\n" % (len(message), message) + await _parent(folder, branch)
    await _git(folder, "fast-import", "--quiet", said=stream)


def address(who: str) -> str:
    """The address somebody of the story commits with."""
    return f"{who}@shop.example"


async def _parent(folder: Path, branch: str) -> bytes:
    for name in (branch, "main"):
        try:
            await _git(folder, "rev-parse", "--verify", "--quiet", f"refs/heads/{name}")
        except Refused:
            continue
        return f"from refs/heads/{name}^0\n".encode()
    return b""


async def _git(folder: Path, *arguments: str, said: bytes = b"") -> None:
    process = await asyncio.create_subprocess_exec(
        "git",
        *arguments,
        cwd=folder,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    _, err = await process.communicate(said)
    if process.returncode:
        raise Refused(f"git {arguments[0]}: {err.decode('utf-8', 'replace').strip()}")


def _history(now: datetime, dialect: Dialect) -> Iterator[Commit]:
    place, owners = OWNERS[dialect]
    start = now - timedelta(days=YEAR_DAYS)
    yield Commit("dana", start, "Begin the shop", {"README.md": "# Shop\n", place: owners})
    work = sorted(
        (start + timedelta(days=days, minutes=index), author, reviewer, path)
        for index, (author, reviewer, path, step) in enumerate(SEASONS)
        for days in range(step, YEAR_DAYS, step)
    )
    texts: dict[str, list[str]] = {}
    for number, (at, author, reviewer, path) in enumerate(work, start=1):
        lines = texts.setdefault(path, [f"# {path}"])
        lines.append(f"step_{number} = {number}")
        trailer = f"Reviewed-by: {NAMES[reviewer]} <{address(reviewer)}>"
        message = f"Improve {path.rsplit('/', 1)[-1]} ({number})\n\n{trailer}\n"
        yield Commit(author, at, message, {path: "\n".join(lines) + "\n"})
