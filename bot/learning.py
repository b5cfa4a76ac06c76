"""What the ranking has learnt of each project: read from the history once, then read on."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from routing.model import Change, PastChange
from routing.people import Identities, People
from routing.ranking.ranker import Ranker, Weighed
from routing.ranking.terms import OpenChange
from storage.database import Storage
from storage.history import ONE_LINE
from storage.places import Moment

REMEMBERED = timedelta(days=730)
"""How far back the ranking learns: older work weighs a sixteenth, or nothing at all."""

MOST = 20_000
"""Changes that are learnt from, the latest: some seconds of reading, some 50 MB."""

PAGE = 2_000
"""Changes read in one piece, so that nothing else waits long for the storage."""

PROJECTS = 20
"""Of so many projects what was learnt is kept in memory, those asked about last."""

PATIENCE = timedelta(minutes=10)
"""How often everything is read again where the past itself changes, as during an import."""


@dataclass(slots=True)
class _Learnt:
    """A ranker and what it was fed: whose past, of which revision, and how far."""

    people: Identities
    revision: int
    start: datetime
    read_at: datetime
    ranker: Ranker = field(default_factory=Ranker)
    place: Moment = (0, 0)
    changes: int = 0
    uncounted: int = 0

    def learn(self, page: Sequence[tuple[Moment, PastChange]], people: People) -> None:
        """Read on; the changes come in order of time."""
        known = theirs([change for _, change in page], people)
        for (place, _), change in zip(page, known, strict=True):
            self.ranker.observe(change)
            self.place = place
            self.changes += 1
            self.uncounted += all(added + gone <= 1 for _, added, gone in change.files)


class Learning:
    """Weighs changes against what is known of their projects. One at a time for each project."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._learnt: dict[str, _Learnt] = {}
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def weigh(self, project: str, change: Change, people: People, now: datetime) -> Weighed:
        """Hold a change against everything that was done in its project before `now`."""
        async with self._turns[project]:
            learnt = await self._up_to_date(project, people, now)
            self._learnt[project] = self._learnt.pop(project)  # the last asked about is the last
            while len(self._learnt) > PROJECTS:
                del self._learnt[next(iter(self._learnt))]
            return await asyncio.to_thread(_weigh, learnt, change, people, now)

    async def _up_to_date(self, project: str, people: People, now: datetime) -> _Learnt:
        learnt = self._learnt.get(project)
        if learnt is None or learnt.people != people.identities:
            return await self._afresh(project, people, now)
        await self._read_on(project, learnt, people)
        if now - learnt.read_at < PATIENCE:
            return learnt
        revision, count = await self._storage.run(
            lambda rooms: (
                rooms.history.revision(project),
                rooms.history.count_since(project, learnt.start),
            )
        )
        if (revision, count) != (learnt.revision, learnt.changes):
            return await self._afresh(project, people, now)
        return learnt

    async def _afresh(self, project: str, people: People, now: datetime) -> _Learnt:
        revision, start = await self._storage.run(
            lambda rooms: (
                rooms.history.revision(project),
                rooms.history.start(project, now - REMEMBERED, MOST),
            )
        )
        learnt = _Learnt(people.identities, revision, start, now)
        learnt.place = (int(start.astimezone(UTC).timestamp()) - 1, 1 << 62)
        await self._read_on(project, learnt, people)
        self._learnt[project] = learnt
        return learnt

    async def _read_on(self, project: str, learnt: _Learnt, people: People) -> None:
        while True:
            page = await self._storage.run(
                lambda rooms: rooms.history.onwards(project, learnt.place, PAGE)
            )
            await asyncio.to_thread(learnt.learn, page, people)
            if len(page) < PAGE:
                return


def _weigh(learnt: _Learnt, change: Change, people: People, now: datetime) -> Weighed:
    request = change.merge_request
    author = people.of_account(request.author)
    # Where the past counts files alone, lines would make every change larger than all before.
    by_files = 2 * learnt.uncounted > learnt.changes
    files = (
        (file.path, *(ONE_LINE if by_files else (file.additions, file.deletions)))
        for file in change.files
    )
    opened = OpenChange(
        str(request.ref),
        author.id if author is not None else request.author.login,
        files=tuple(files),
        subject=request.title,
    )
    return learnt.ranker.weigh(opened, now)


def theirs(past: Iterable[PastChange], people: People) -> Sequence[PastChange]:
    """The changes by people instead of identities: the addresses of one person are theirs."""
    ids: dict[str, str] = {}

    def named(identities: Iterable[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(map(name, identities)))

    def name(identity: str) -> str:
        if identity not in ids:
            person = people.of_identity(identity)
            ids[identity] = person.id if person is not None else identity
        return ids[identity]

    return [
        replace(one, authors=named(one.authors), reviewers=named(one.reviewers)) for one in past
    ]
