"""A clone's history as a history to be replayed: its commits, with the reviewers they name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from bot.git.cache import project_of
from bot.git.clone import Clone
from bot.git.experts import Crowd
from bot.git.history import Progress, import_history
from routing.model import PastChange
from routing.ranking.replay import HistoryChange
from storage.database import Rooms, Storage
from storage.places import Moment

PAGE = 5_000
BEGINNING: Moment = (-(1 << 62), 0)
"""Before any commit."""


async def history_of_clone(
    clone: Clone, storage: Storage, progress: Progress
) -> tuple[HistoryChange, ...]:
    """Every commit that is part of HEAD, in order; it is opened at the moment it was done.

    Raises:
        Misconfigured: not a clone.
    """
    await clone.check()
    project = await project_of(clone)
    await import_history(clone, storage, project, await clone.commit_of("HEAD"), progress)
    crowd = Crowd((), await storage.run(lambda rooms: rooms.history.authors(project)))
    found, place = list[PastChange](), BEGINNING
    while page := await storage.run(_onwards(project, place)):
        place = page[-1][0]
        found += crowd.told([change for _, change in page])
    return tuple(_opened(found))


def _onwards(project: str, place: Moment) -> Callable[[Rooms], Sequence[tuple[Moment, PastChange]]]:
    return lambda rooms: rooms.history.onwards(project, place, PAGE)


def _opened(changes: list[PastChange]) -> Iterator[HistoryChange]:
    for one in changes:
        if one.authors:
            author, *others = one.authors
            yield HistoryChange(
                one.id, one.at, one.at, author, tuple(others), False, "", one.files, one.reviewers
            )
