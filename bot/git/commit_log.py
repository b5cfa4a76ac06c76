"""`git log` as values: who landed what, and what files were called before.

Git ends every field and every path with a NUL, which none of them can hold, and a list of paths
with the next commit's SHA, which is no status: so nothing that people write can pass for more.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.git.clone import Clone

KEYS = ("Co-authored-by", "Reviewed-by", "Acked-by", "Approved-by")
TRAILERS = f"%(trailers:{','.join(f'key={key}' for key in KEYS)},unfold)"
FIELDS = ("%H", "%P", "%ct", "%aN", "%aE", "%s", TRAILERS)

RENAME_LIMIT = 400
"""Files that one commit may add and take away and still have its changed ones paired by likeness:
git compares each with each. Files that moved as they were are found however many they are."""

LATEST = datetime(9999, 1, 1, tzinfo=UTC)
"""Stands for a time beyond the calendar: anybody can write one."""

UNCHANGED = "R100"
SHA_LENGTHS = (40, 64)


@dataclass(slots=True)
class Landed:
    """One commit: `touched` are the paths whose content changed, `moved` (old, new) names.

    Of a merge, git lists no files.
    """

    sha: str
    parents: tuple[str, ...]
    at: datetime
    name: str
    email: str
    subject: str
    trailers: str
    touched: list[str] = field(default_factory=list)
    moved: list[tuple[str, str]] = field(default_factory=list)


async def read_log(clone: Clone, span: str, tip: str) -> AsyncIterator[Landed]:
    """The commits of a span, children before their parents; names as `tip`'s mailmap has them.

    Raises:
        Refused: there is no such commit.
    """
    likeness = "-M100%" if await _is_partial(clone) else "-M"
    tokens = clone.pieces(
        "-c", f"mailmap.blob={tip}:.mailmap", "-c", "log.showRoot=true",
        "log", "-z", "--name-status", likeness, f"-l{RENAME_LIMIT}", "--no-diff-merges",
        "--no-show-signature", "--encoding=UTF-8", f"--format={'%x00'.join(FIELDS)}",
        "--end-of-options", span,
        end=b"\0",
    )  # fmt: skip
    head: list[str] = []
    commit: Landed | None = None
    async for token in tokens:
        if len(head) < len(FIELDS):
            head.append(token)
            continue
        commit = commit or _landed(head)
        if len(token) in SHA_LENGTHS:
            yield commit
            head, commit = [token], None
            continue
        status, path = token.lstrip("\n"), await anext(tokens)
        if status[0] == "R":
            new = await anext(tokens)
            commit.moved.append((path, new))
            path = new
        if status != UNCHANGED:
            commit.touched.append(path)
    if head:
        yield commit or _landed(head)


def _landed(head: list[str]) -> Landed:
    sha, parents, at, name, email, subject, trailers = head
    return Landed(sha, tuple(parents.split()), _moment(at), name, email, subject, trailers)


def _moment(seconds: str) -> datetime:
    try:
        return datetime.fromtimestamp(int(seconds), UTC)
    except (ValueError, OverflowError, OSError):
        return LATEST


async def _is_partial(clone: Clone) -> bool:
    """Whether contents are fetched when looked at: then likeness would fetch the whole history."""
    settings = (await clone.text("config", "--list", "--name-only", "-z")).split("\0")
    return any(one.startswith("remote.") and one.endswith(".promisor") for one in settings)
