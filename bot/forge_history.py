"""The forges' past, read in the background: what was merged, who wrote it and who reviewed it.

The reading can break off at any page and goes on there; once it is through, the next start reads
only what was merged meanwhile.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial

import structlog

from bot.clock import Clock
from bot.errors import Refused
from bot.forges.archive import Archive, MergedPage
from bot.learning import REMEMBERED
from bot.patience import Patience, Waits
from storage.database import Rooms, Storage, StorageFailed
from storage.history import History

log = structlog.get_logger()

MERGED = "//merged"
"""The scope whose mark says how far the past was read: a cursor, or `DONE`. No path is so named."""
DONE = "done"

PACE = timedelta(seconds=1)
"""Between two pages: there is no hurry, and others use the forge as well."""
LONGEST_WAIT = timedelta(minutes=15)

Progress = Callable[[str, int, datetime | None], None]
"""Told the project, how many merge requests were read so far, and how far back."""


def _unheard(project: str, count: int, back_to: datetime | None) -> None:
    del project, count, back_to


def _logged(why: str, until: datetime) -> None:
    log.info("forge_history_waits", why=why, until=until)


class ForgeHistory:
    """Reads the past of every project of the forges that can be asked for it."""

    def __init__(
        self,
        forges: Iterable[object],
        storage: Storage,
        clock: Clock,
        progress: Progress = _unheard,
        waits: Waits = _logged,
    ) -> None:
        self._archives = [one for one in forges if isinstance(one, Archive)]
        self._storage = storage
        self._clock = clock
        self._progress = progress
        self._patience = Patience(clock, LONGEST_WAIT, waits)
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, or go on, in the background."""
        self._task = asyncio.create_task(self._unheeded())

    async def stop(self) -> None:
        """Break off; what was read is kept."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _unheeded(self) -> None:
        try:
            await self.read()
        except Exception:
            log.exception("forge_history_failed")  # the bot can do without

    async def read(self) -> int:
        """Read everything that is not known yet; returns how many merge requests were new.

        What a forge refuses to tell is said in the log, and the next project is read.
        """
        total = 0
        for archive in self._archives:
            for project in await archive.projects():
                try:
                    total += await self.read_project(archive, project)
                except (Refused, StorageFailed) as exc:
                    log.warning("forge_history_refused", project=project, problem=str(exc))
        return total

    async def read_project(self, archive: Archive, project: str) -> int:
        """Read what is not known yet of one project; returns how many merge requests were new.

        Raises `Refused` where the forge will not tell.
        """
        scope = f"{archive.name}/{project}"
        mark = await self._storage.run(lambda rooms: rooms.history.mark(scope, MERGED))
        known_before, cursor = mark == DONE, None if mark == DONE else mark
        oldest, count = self._clock.now() - REMEMBERED, 0
        while True:
            page = await self._patience.until_answered(partial(archive.merged, project, cursor))
            fresh = await self._keep(scope, page)
            count += fresh
            back_to = min((one.at for one in page.changes), default=None)
            cursor = page.cursor
            through = cursor is None or (back_to is not None and back_to < oldest)
            through |= known_before and not fresh
            if through or not known_before:
                await self._remember(scope, DONE if through else cursor or DONE)
            log.info("forge_history", project=project, read=count, back_to=back_to, through=through)
            self._progress(project, count, back_to)
            if through:
                return count
            await self._clock.until(max(self._clock.now() + PACE, page.rest_until or oldest))

    async def _keep(self, scope: str, page: MergedPage) -> int:
        """Keep a page; commits that were known by themselves give way to what they belong to."""

        def keep(rooms: Rooms) -> int:
            known = rooms.history.known(scope, [one.id for one in page.changes])
            rooms.history.add(scope, page.changes)
            rooms.history.drop(scope, page.commits)
            return len(page.changes) - len(known)

        return await self._storage.run(keep)

    async def _remember(self, scope: str, mark: str) -> None:
        now = self._clock.now()
        await self._storage.run(lambda rooms: rooms.history.set_mark(scope, MERGED, mark, now))


def all_known(history: History, scope: str) -> bool:
    """Whether everything that was merged there is known, so that nothing else need be asked."""
    return history.mark(scope, MERGED) == DONE
