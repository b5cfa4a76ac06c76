"""`git log` as values: who landed what, and what files were called before.

Git ends every field and every path with a NUL, which none of them can hold. None of them is empty
either (the fields carry a sign each), so two NULs are always the start of the next commit: nothing
that people write can pass for more than it is.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.git.clone import Clone

KEYS = ("Co-authored-by", "Reviewed-by", "Acked-by", "Approved-by")
TRAILERS = f"%(trailers:{','.join(f'key={key}' for key in KEYS)},unfold)"
FIELDS = ("%H", "%ct", "=%P", "=%aN", "=%aE", "=%s", f"={TRAILERS}")
NEXT_COMMIT = b"\0\0"

RENAME_LIMIT = 400
"""Files that one commit may add and take away and still have its changed ones paired by likeness:
git compares each with each. Files that moved as they were are found however many they are."""

LATEST = datetime(9999, 1, 1, tzinfo=UTC)
"""Stands for a time beyond the calendar: anybody can write one."""

UNCHANGED = "R100"


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
    touched: list[str]
    moved: list[tuple[str, str]]


async def read_log(clone: Clone, span: str, tip: str) -> AsyncIterator[Landed]:
    """The commits of a span, children before their parents; names as `tip`'s mailmap has them.

    Raises:
        Refused: there is no such commit.
    """
    likeness = "-M100%" if await _is_partial(clone) else "-M"
    pieces = clone.pieces(
        "-c", f"mailmap.blob={tip}:.mailmap", "-c", "log.showRoot=true",
        "log", "-z", "--name-status", likeness, f"-l{RENAME_LIMIT}", "--no-diff-merges",
        "--no-show-signature", "--encoding=UTF-8", f"--format=%x00{'%x00'.join(FIELDS)}",
        "--end-of-options", span,
        end=NEXT_COMMIT,
    )  # fmt: skip
    async for piece in pieces:
        yield _landed(piece.strip("\0").split("\0"))


async def landed_at(clone: Clone, sha: str) -> datetime:
    """When a commit was made."""
    return _moment(await clone.text("log", "-1", "--format=%ct", "--end-of-options", sha))


def _landed(words: list[str]) -> Landed:
    parents, name, email, subject, trailers = (one[1:] for one in words[2 : len(FIELDS)])
    touched, moved = list[str](), list[tuple[str, str]]()
    rest = iter(words[len(FIELDS) :])
    for status in rest:
        path = next(rest)
        # A line's end stands before the first status.
        if "R" in status:
            moved.append((path, path := next(rest)))
        if status.lstrip() != UNCHANGED:
            touched.append(path)
    return Landed(
        words[0], tuple(parents.split()), _moment(words[1]), name, email, subject, trailers,
        touched, moved,
    )  # fmt: skip


def _moment(seconds: str) -> datetime:
    try:
        return datetime.fromtimestamp(int(seconds), UTC)
    except (ValueError, OverflowError, OSError):
        return LATEST


async def _is_partial(clone: Clone) -> bool:
    """Whether contents are fetched when looked at: then likeness would fetch the whole history."""
    settings = (await clone.text("config", "--list", "--name-only", "-z")).split("\0")
    return any(one.startswith("remote.") and one.endswith(".promisor") for one in settings)
