"""A clone's history, read once and kept: who wrote and reviewed which paths, and when.

What counts, and for whom, `bot.git.past_changes` says; here it is kept, and kept up to date.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from bot.errors import Refused
from bot.git.clone import Clone
from bot.git.past_changes import Reading, Rules, read_rules
from routing.model import PastChange
from storage.database import Rooms, Storage
from storage.history import Author

BATCH = 5_000
"""Commits kept in one transaction when a whole history is read."""

FAR = 20_000
"""A clone that went on by more commits is read as if it were new."""

BACK = 1_000
"""So many commits are taken back where a branch was rewritten, or another one is asked about."""

WHOLE = "."
"""The scope of a history that was read from a whole clone; its mark is the commit."""
UNDERWAY = "underway"
"""The commit that a whole history is being read at; its reading may have broken off."""
RULES = "rules"
"""The key of the rules by which it was read."""

Progress = Callable[[int], None]
"""Told how many commits were read so far."""

Told = tuple[PastChange, Author]
Work = Callable[[Rooms], None]


async def read_history(clone: Clone, since: str | None, tip: str) -> AsyncIterator[Told]:
    """Commits reachable from `tip` and not from `since`, merges left out, mailmap honoured."""
    reading = Reading(clone, tip, await read_rules(clone, tip))
    async for told in reading.changes(since):
        yield told


async def import_history(
    clone: Clone, storage: Storage, project: str, tip: str, progress: Progress
) -> int:
    """Read what `tip` (a SHA) has and is not known yet; returns how many commits were read.

    What `tip` does not have is forgotten. Files that were renamed go by their present names.

    Raises:
        Refused: there is no such commit.
    """
    kept = _Kept(clone, storage, project, tip, await read_rules(clone, tip))
    since = await kept.since()
    if since == tip:
        return 0
    if since is None:
        return await kept.read_whole(progress)
    count = await kept.read_on(since, progress)
    if count is None:
        return await import_history(clone, storage, project, tip, progress)
    return count


@dataclass(frozen=True, slots=True)
class _Kept:
    """What storage holds of one clone, on its way to a tip."""

    clone: Clone
    storage: Storage
    project: str
    tip: str
    rules: Rules

    async def since(self) -> str | None:
        """The commit from which to read on; None where nothing can be kept."""

        def marks(rooms: Rooms) -> Sequence[str | None]:
            return [rooms.history.mark(self.project, it) for it in (WHOLE, UNDERWAY, RULES)]

        mark, underway, rules = await self.storage.run(marks)
        if rules == self.rules.key:
            if mark == self.tip or (mark is None and underway == self.tip):
                return mark
            base = await self._common(mark) if mark else None
            if base is not None:
                return base
        await self.storage.run(lambda rooms: rooms.history.forget(self.project))
        return None

    async def _common(self, mark: str) -> str | None:
        """The commit that what is kept and the tip both have; what came after it is taken back."""
        try:
            base = await self.clone.merge_base(mark, self.tip)
            ahead = int(await self.clone.text("rev-list", "--count", f"{base}..{self.tip}"))
            listed = await self.clone.text("rev-list", f"--max-count={BACK + 1}", f"{base}..{mark}")
        except Refused:
            return None
        back = listed.split()
        if ahead > FAR or len(back) > BACK:
            return None
        names = await _renames(self.clone, mark, base) if back else {}
        now = datetime.now(UTC)

        def take_back(rooms: Rooms) -> None:
            if rooms.history.mark(self.project, WHOLE) == mark:
                rooms.history.drop(self.project, back)
                rooms.history.rename(self.project, names)
                rooms.history.set_mark(self.project, WHOLE, base, now)

        await self.storage.run(take_back)
        return base

    async def read_whole(self, progress: Progress) -> int:
        """Keep everything, batch by batch: doing so twice, or two at a time, changes nothing."""
        reading = Reading(self.clone, self.tip, self.rules)
        now = datetime.now(UTC)

        def begin(rooms: Rooms) -> None:
            rooms.history.set_mark(self.project, UNDERWAY, self.tip, now)
            rooms.history.set_mark(self.project, RULES, self.rules.key, now)

        await self.storage.run(begin)
        count, batch = 0, list[Told]()
        async with _behind(self.storage) as keep:
            async for told in reading.changes(None):
                batch.append(told)
                if len(batch) >= BATCH:
                    await keep(self._keeping(tuple(batch)))
                    count += len(batch)
                    progress(count)
                    batch.clear()
        late = await reading.late_names()

        def end(rooms: Rooms) -> None:
            self._keeping(batch)(rooms)
            rooms.history.rename(self.project, late)
            rooms.history.set_mark(self.project, WHOLE, self.tip, now)

        await self.storage.run(end)
        progress(count + len(batch))
        return count + len(batch)

    async def read_on(self, since: str, progress: Progress) -> int | None:
        """Keep what is new; None where another process was quicker, and all is as it was."""
        reading = Reading(self.clone, self.tip, self.rules)
        found = [told async for told in reading.changes(since)]
        late = await reading.late_names()
        now = datetime.now(UTC)

        def keep(rooms: Rooms) -> bool:
            if rooms.history.mark(self.project, WHOLE) != since:
                return False
            rooms.history.rename(self.project, reading.earlier_names)
            self._keeping(found)(rooms)
            rooms.history.rename(self.project, late)
            rooms.history.set_mark(self.project, WHOLE, self.tip, now)
            return True

        if not await self.storage.run(keep):
            return None
        progress(len(found))
        return len(found)

    def _keeping(self, told: Sequence[Told]) -> Work:
        def keep(rooms: Rooms) -> None:
            rooms.history.add(self.project, [change for change, _ in told])
            rooms.history.add_authors(self.project, _once(author for _, author in told))

        return keep


@asynccontextmanager
async def _behind(storage: Storage) -> AsyncIterator[Callable[[Work], Awaitable[None]]]:
    """Keeps what it is given while the next is being read; on leaving, all of it is kept."""
    last: asyncio.Task[None] | None = None

    async def keep(work: Work) -> None:
        nonlocal last
        if last is not None:
            await last
        last = asyncio.create_task(storage.run(work))

    try:
        yield keep
    finally:
        if last is not None:
            await last


def _once(authors: Iterable[Author]) -> Iterable[Author]:
    """Each address once, with its first and last moment and its latest name."""
    found: dict[str, Author] = {}
    for one in authors:
        known = found.setdefault(one.email, one)
        latest = max(known, one, key=lambda it: it.last)
        found[one.email] = replace(latest, first=min(known.first, one.first))
    return found.values()


async def _renames(clone: Clone, old: str, new: str) -> Mapping[str, str]:
    """Files that go by another name at the second commit: their names at the first → there."""
    told = await clone.text(
        "diff", "--name-status", "-z", "-M", "--diff-filter=R", "--end-of-options", old, new
    )
    words = told.split("\0")
    return dict(zip(words[1::3], words[2::3], strict=False))
