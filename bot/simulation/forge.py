"""Simulating a policy on a forge's past: what was merged there, read as the bot would read it.

The past that expertise is measured from and the merge requests themselves are kept in the cache:
what was read once is not asked for again, and a reading that broke off goes on where it was.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol, runtime_checkable

from bot.clock import Clock
from bot.errors import Misconfigured, Refused, Retryable
from bot.forge_history import ForgeHistory
from bot.forges.archive import Archive, number_of
from bot.forges.base import Forge
from bot.patience import Patience
from bot.policies import Rulebook
from bot.simulation.replay import PAGE, Place, Request, Simulation, Told, replay
from routing.forge_words import words_of
from routing.model import MergedRequest, Ref, State
from storage.database import Storage
from storage.places import Moment

AT_ONCE = 4
"""So many merge requests are read at the same time: an adapter has as many threads."""
HELD = 50
"""So many are held in memory at a time, with everything in them."""
TRIES = 5
LONGEST_WAIT = timedelta(hours=1, minutes=5)
"""An hourly limit is waited for to its end."""


@runtime_checkable
class PastForge(Forge, Archive, Protocol):
    """A forge whose past can be read."""

    async def tip(self, project: str, branch: str) -> str | None:
        """The commit that a branch points to now; None where there is no such branch."""
        ...


@dataclass
class Pasts:
    """What is read of one project's past, and where it is kept."""

    forge: PastForge
    project: str
    storage: Storage
    clock: Clock
    told: Told
    unread: dict[str, None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._patience = Patience(self.clock, LONGEST_WAIT, self.told.waits, TRIES)
        self._tips: dict[str, str | None] = {}

    @property
    def scope(self) -> str:
        """Its name in the history."""
        return f"{self.forge.name}/{self.project}"

    async def learn(self) -> None:
        """Read what was merged in the past two years, with files and reviewers."""
        self.told.begins(f"Reading the past of {self.project}")
        past = ForgeHistory(
            [self.forge],
            self.storage,
            self.clock,
            lambda _project, count, _back_to: self.told.reached(count),
            self.told.waits,
        )
        await past.read_project(self.forge, self.project)

    async def merged_since(self, since: datetime) -> Sequence[Ref]:
        """What was merged since then, in the order in which it was opened."""
        place: Moment = (int(since.timestamp()) - 1, 0)
        numbers: set[int] = set()
        while True:
            here = place
            page = await self.storage.run(
                lambda rooms, here=here: rooms.history.onwards(self.scope, here, PAGE)  # type: ignore[misc]  # a default binds the loop's value
            )
            found = (number_of(change.id) for _, change in page if change.at >= since)
            numbers.update(number for number in found if number is not None)
            if len(page) < PAGE:
                return [Ref(self.forge.name, self.project, number) for number in sorted(numbers)]
            place = page[-1][0]

    async def read_all(self, refs: Sequence[Ref]) -> None:
        """Read those that are not kept yet."""
        known = await self.storage.run(lambda rooms: rooms.merged.known(refs))
        wanted = [ref for ref in refs if ref not in known]
        self.told.begins("Reading merge requests", len(wanted))
        for start in range(0, len(wanted), AT_ONCE):
            some = wanted[start : start + AT_ONCE]
            await asyncio.gather(*map(self._read, some))
            self.told.reached(start + len(some))

    async def _read(self, ref: Ref) -> None:
        try:
            change = await self._patience.until_answered(partial(self.forge.change, ref))
            reviews = await self._patience.until_answered(partial(self.forge.reviews, ref))
        except Refused as exc:
            self.unread[str(exc)] = None
            return
        except Retryable as exc:
            kept = "what was read is kept: the same command goes on from here"
            raise Retryable(f"{exc}\n{kept}") from exc
        found = MergedRequest(change, tuple(reviews))
        await self.storage.run(lambda rooms: rooms.merged.keep(found))

    async def requests(self, refs: Sequence[Ref]) -> AsyncIterator[Request]:
        """Those that could be read, as they were just before they were merged."""
        sign = words_of(self.forge.name).sign
        for start in range(0, len(refs), HELD):
            some = refs[start : start + HELD]
            found = await self.storage.run(lambda rooms, some=some: rooms.merged.get(some))  # type: ignore[misc]  # likewise
            for ref in some:
                if ref in found:
                    change, reviews = found[ref].change, found[ref].reviews
                    request = replace(change.merge_request, state=State.OPEN, merged_at=None)
                    opened = replace(change, merge_request=request)
                    yield Request(f"{sign}{ref.number}", request.opened_at, opened, reviews)

    async def read_file(self, branch: str, path: str) -> str | None:
        """A file as it is on the branch today; one that cannot be read is told of, and is none."""
        try:
            if branch not in self._tips:
                tip = partial(self.forge.tip, self.project, branch)
                self._tips[branch] = await self._patience.until_answered(tip)
            sha = self._tips[branch]
            if sha is None:
                return None
            read = partial(self.forge.read_file, self.project, branch, sha, path)
            return await self._patience.until_answered(read)
        except (Refused, Retryable) as exc:
            self.unread[str(exc)] = None
            return None


async def simulate_forge(past: Pasts, days: int, rulebooks: Sequence[Rulebook]) -> Simulation:
    """Decide what was merged in the last `days` by the policy of each rulebook.

    Each is decided as it was merged, by what was known when it was opened. The repository's own
    rules and its CODEOWNERS are those of today. The people are those of the first rulebook.

    Raises:
        Misconfigured: there are no people, or nothing was merged in that time.
        Refused: the forge will not tell.
        Retryable: the forge does not answer.
    """
    people = rulebooks[0].people
    if not people:
        raise Misconfigured(
            "a forge does not say since when people are there: name a people file "
            "(--people or COUNTERSIGN_PEOPLE), or simulate on a clone (--repo)"
        )
    until = past.clock.now()
    since = until - timedelta(days=days)
    await past.learn()
    refs = await past.merged_since(since)
    if not refs:
        raise Misconfigured(f"nothing was merged in {past.project} in the last {days} days")
    await past.read_all(refs)
    place = Place(past.scope, tuple(people), past.read_file, words_of(past.forge.name).dialect)
    policies = [one.policy for one in rulebooks]
    past.told.begins("Deciding", len(refs))
    outcomes = await replay(past.requests(refs), place, policies, past.storage, past.told)
    names = {person.id: person.name for person in people}
    return Simulation(
        outcomes, since, until, names, project=past.project, unread=tuple(past.unread)
    )
