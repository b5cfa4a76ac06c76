"""Somebody who says yes and no to one merge request all day long, on the forge and in Slack."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta

from bot.errors import Retryable
from routing.effects import GateState
from routing.events import ApprovalGiven, ChangesRequested, Event, MergeRequestTouched
from routing.model import ForgeReview, Ref, ReviewState
from storage.database import Storage
from tests.bot.fakes import MemoryForge
from tests.builders import NOW, a_change, a_click, on_the_forge

PACE = timedelta(minutes=20)
"""About so often she says something else."""
SHUT_WITHIN = timedelta(minutes=5)
"""After a withdrawal, even if its delivery is lost."""
LOST = 0.3
IN_SLACK = 0.5


class SigningForge(MemoryForge):
    """A forge with reviews of its own for each merge request, which is down now and then."""

    def __init__(self, is_unwell: Callable[[], bool]) -> None:
        super().__init__(trouble=self._refuse)
        self.is_down = False
        self.is_unwell = is_unwell
        self.left: dict[Ref, list[ForgeReview]] = {}

    def opens(self, ref: Ref) -> None:
        """Somebody opens a merge request, whose head stays."""
        self.shows(a_change(ref=ref, head=f"{ref.number:010d}"))

    async def reviews(self, ref: Ref) -> list[ForgeReview]:
        """Those left on this merge request."""
        self.trouble()
        return self.left.get(ref, [])

    def _refuse(self) -> None:
        if self.is_down or self.is_unwell():
            raise Retryable("the forge is down")


class Signer:
    """Dana. What she said last is the truth that the gate is held against."""

    def __init__(
        self, ref: Ref, forge: SigningForge, storage: Storage, chance: random.Random
    ) -> None:
        self.ref, self.forge = ref, forge
        self._storage, self._chance = storage, chance
        self._approves, self._since, self._is_found = False, NOW, False
        self._said = 0
        self._within = SHUT_WITHIN
        self.withdrawn = 0
        self.slowest = timedelta(0)
        self.faults: list[str] = []

    async def goes_on(self, time: datetime, clock: datetime, tick: timedelta) -> None:
        """She may say something else. `clock` is what the bot takes for the time."""
        self._within = max(SHUT_WITHIN, tick) + tick
        if not self._said or self._chance.random() < tick / PACE:
            await self._says(time, clock, in_slack=self._chance.random() < IN_SLACK)

    async def insists(self, time: datetime, clock: datetime, *, approves: bool) -> None:
        """She says so on the forge, unless she has said it already; the bot hears of it."""
        if approves is not self._approves:
            await self._says(time, clock, in_slack=False)
            await self.hints(clock)

    async def hints(self, clock: datetime) -> None:
        """The forge says that something has happened."""
        await self._arrives(MergeRequestTouched(self.ref), clock)

    def looks(self, time: datetime) -> None:
        """Hold the gate against what she said."""
        gate = self.forge.gate(self.ref)
        if self._approves or gate is not GateState.SUCCESS:
            return
        waited = time - self._since
        self.slowest = max(self.slowest, waited)
        if waited > self._within and not self._is_found:
            self.faults.append(f"withdrawn at {self._since:%H:%M}, still open {waited} later")
            self._is_found = True

    async def _says(self, time: datetime, clock: datetime, *, in_slack: bool) -> None:
        self._said += 1
        was_open = self.forge.gate(self.ref) is GateState.SUCCESS
        self._approves, self._since, self._is_found = not self._approves, time, False
        self.withdrawn += was_open and not self._approves
        head = self.forge.changes[self.ref].merge_request.head_sha
        if in_slack:
            click = a_click("dana", head=head, at=clock)
            said = ApprovalGiven(self.ref, click)
            await self._arrives(
                said if self._approves else ChangesRequested(self.ref, click, "No."), clock
            )
            return
        state = ReviewState.APPROVED if self._approves else ReviewState.CHANGES_REQUESTED
        review = on_the_forge("dana", state, sha=head, id=str(self._said), at=time)
        self.forge.left.setdefault(self.ref, []).append(review)
        if self._chance.random() >= LOST:
            await self.hints(clock)

    async def _arrives(self, event: Event, clock: datetime) -> None:
        key = f"delivery {await self._storage.run(lambda rooms: rooms.inbox.last())}"
        await self._storage.run(lambda rooms: rooms.inbox.put(key, event, clock))
