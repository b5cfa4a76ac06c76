"""A clone's history, read once and kept: who wrote and reviewed which paths, and when."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime

from bot.git.clone import Clone
from routing.model import PastChange
from routing.people import mail_identity
from storage.database import Rooms, Storage
from storage.history import Author

BATCH = 1000
WHOLE = "."
"""The scope of a history that was read from a whole clone."""

TRAILERS = ("Co-authored-by", "Reviewed-by", "Acked-by", "Approved-by")
VALUES = (f"%(trailers:key={key},valueonly,separator=%x1e)" for key in TRAILERS)
FIELDS = "%x1f".join(("%H", "%ct", "%aN", "%aE", *VALUES))
ADDRESS = re.compile(r"<([^<>\s]+@[^<>\s]+)>")

Progress = Callable[[int], None]
"""Told how many commits were read so far."""


async def import_history(
    clone: Clone, storage: Storage, project: str, tip: str, progress: Progress
) -> int:
    """Read what `tip` has and is not known yet; returns how many commits were read.

    A clone that was rewritten is read anew.
    """
    mark = await storage.run(lambda rooms: rooms.history.mark(project, WHOLE))
    if mark is not None and not await clone.is_ancestor(mark, tip):
        await storage.run(lambda rooms: rooms.history.forget(project))
        mark = None
    if mark == tip:
        return 0
    count, batch, authors = 0, list[PastChange](), list[Author]()
    async for change, author in read_history(clone, mark, tip):
        batch.append(change)
        authors.append(author)
        if len(batch) >= BATCH:
            await storage.run(_keeping(project, tuple(batch), tuple(authors)))
            count += len(batch)
            progress(count)
            batch.clear()
            authors.clear()
    await storage.run(_keeping(project, tuple(batch), tuple(authors)))
    now = datetime.now(UTC)
    await storage.run(lambda rooms: rooms.history.set_mark(project, WHOLE, tip, now))
    progress(count + len(batch))
    return count + len(batch)


def _keeping(
    project: str, changes: tuple[PastChange, ...], authors: tuple[Author, ...]
) -> Callable[[Rooms], None]:
    def keep(rooms: Rooms) -> None:
        rooms.history.add(project, changes)
        rooms.history.add_authors(project, authors)

    return keep


async def read_history(
    clone: Clone, since: str | None, tip: str
) -> AsyncIterator[tuple[PastChange, Author]]:
    """Commits reachable from `tip` and not from `since`, merges left out, mailmap honoured."""
    span = f"{since}..{tip}" if since else tip
    async for piece in clone.pieces(
        "log", "--no-merges", "--name-only", "-z", f"--format=%x01{FIELDS}%x02", "--no-renames",
        "--end-of-options", span,
        end=b"\x01",
    ):  # fmt: skip
        if piece.strip("\0\n"):
            yield _parse(piece)


def _parse(piece: str) -> tuple[PastChange, Author]:
    head, _, names = piece.partition("\x02")
    sha, at, name, email, co_authors, *reviewers = head.split("\x1f")
    moment = datetime.fromtimestamp(int(at), UTC)
    authors = dict.fromkeys([mail_identity(email), *_identities(co_authors)])
    said = dict.fromkeys(who for trailer in reviewers for who in _identities(trailer))
    files = tuple((path, 1, 0) for path in names.strip("\n\0").split("\0") if path)
    change = PastChange(
        sha, moment, tuple(authors), tuple(who for who in said if who not in authors), files
    )
    return change, Author(name, email.lower(), moment, moment)


def _identities(trailer: str) -> list[str]:
    return [mail_identity(address) for address in ADDRESS.findall(trailer)]
