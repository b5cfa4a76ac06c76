"""What people do on that day: open, push, look, answer or stay silent; and how time goes on."""

from __future__ import annotations

import heapq
import itertools
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bench.slack_day.town import DOMAINS, TownForge
from bench.workplace import Workplace
from bot.clock import StoryClock
from bot.slack.cards import APPROVE, DECLINE, REQUEST_CHANGES
from routing.chasing.working_hours import after_working_time, next_at_work
from routing.effects import GateState
from routing.model import Change, Ref, State
from routing.people import Person
from routing.record import Ask, Review
from tests.builders import AI_TRAILER, a_change, a_commit, a_file, on_the_forge

MIDNIGHT = datetime(2026, 11, 17, tzinfo=UTC)
"""A Tuesday: it begins in Tokyo while it is still Monday in Berlin's evening."""
LASTS = timedelta(days=2)
"""The working day of all zones, and as long again for the ladders to run out."""
QUIET = timedelta(minutes=10)
"""Afterwards nobody does anything any more, and what was begun is brought to its end."""
LOOK = timedelta(minutes=10)
TICK = timedelta(minutes=1)
ANSWERS = {
    "approves": 40,
    "approves on the forge": 8,
    "asks for changes": 8,
    "declines": 10,
    "snoozes": 5,
    "claims": 5,
    "stays silent": 24,
}
"""What becomes of an ask, in shares of a hundred."""

ASSISTED, PUSHED, MERGED = 0.4, 0.2, 0.95
"""How many changes AI helped with, are pushed to unasked, and are merged once they may be."""

Deed = Callable[[], Awaitable[None]]


class Life:
    """Plays the day; `done` counts what people did."""

    def __init__(self, place: Workplace, forge: TownForge, clock: StoryClock, seed: int) -> None:
        self.done = Counter[str]()
        self._place, self._forge, self._clock = place, forge, clock
        self._chance = random.Random(seed)  # noqa: S311 - the same day for the same seed
        self._people = {one.id: one for one in place.policies.current.people}
        self._agenda: list[tuple[datetime, int, Deed]] = []
        self._numbers = itertools.count()
        self._planned = set[tuple[Ref, str, datetime]]()
        self._leaving = set[Ref]()

    def plan(self, requests: int) -> None:
        """Who opens what and when, each within their own working hours of that Tuesday."""
        everybody = list(self._people.values())
        for number in range(1, requests + 1):
            author = self._chance.choice(everybody)
            morning = next_at_work(author, MIDNIGHT) or MIDNIGHT
            at = morning + timedelta(minutes=self._chance.uniform(0, 480))
            self._at(at, lambda number=number, author=author: self._open(number, author))
        for person in everybody:
            morning = next_at_work(person, MIDNIGHT) or MIDNIGHT
            at = morning + timedelta(minutes=self._chance.uniform(0, 30))
            self._at(at, lambda person=person: self._begins(person))
        for number in range(int(LASTS / LOOK)):
            self._at(MIDNIGHT + LOOK * number, self._look)
        for number in range(int(LASTS / TICK)):
            self._at(MIDNIGHT + TICK * number, self._place.bot.schedule.tick)

    async def play(self) -> None:
        """Go from moment to moment, whether somebody does something then or the bot does."""
        end = MIDNIGHT + LASTS
        while (moment := await self._next()) is not None and moment <= end:
            self._clock.move_to(moment)
            while self._agenda and self._agenda[0][0] <= moment:
                await heapq.heappop(self._agenda)[2]()
            await self._place.bot.settled()
        # Edits that nobody waits for are made within minutes.
        while (moment := await self._place.bot.next_moment()) is not None and moment < end + QUIET:
            self._clock.move_to(max(moment, end))
            await self._place.bot.settled()

    async def _next(self) -> datetime | None:
        moments = [await self._place.bot.next_moment()]
        if self._agenda:
            moments.append(self._agenda[0][0])
        return min((moment for moment in moments if moment is not None), default=None)

    def _at(self, moment: datetime, deed: Deed) -> None:
        heapq.heappush(self._agenda, (moment, next(self._numbers), deed))

    def _minutes(self, person: Person, mean: float) -> datetime:
        """A moment some minutes of their working time from now, on average so many."""
        span = timedelta(minutes=self._chance.expovariate(1 / mean))
        return after_working_time(person, self._clock.now(), span)

    # What people do.

    async def _open(self, number: int, author: Person) -> None:
        chance, domain = self._chance, self._chance.choice(DOMAINS)
        ref, head = Ref("github", "acme/shop", number), f"{number:036x}0000"
        message = "Do it" + (AI_TRAILER if chance.random() < ASSISTED else "")
        change = a_change(
            author.id,
            ref=ref,
            head=head,
            title=f"Change {number} of {domain}",
            files=[a_file(f"{domain}/part{number % 7}.py", lines=chance.randint(1, 200))],
            commits=[a_commit(author.id, sha=head, message=message)],
        )
        url = f"https://github.example/acme/shop/pull/{number}"
        opened = replace(change.merge_request, url=url, opened_at=self._clock.now())
        await self._place.delivers(replace(change, merge_request=opened))
        self.done["opens"] += 1
        if chance.random() < PUSHED:
            self._at(self._minutes(author, 90), lambda: self._push(ref, author))

    async def _push(self, ref: Ref, author: Person) -> None:
        change = self._forge.now(ref)
        if change.merge_request.state is not State.OPEN:
            return
        head = f"{int(change.merge_request.head_sha, 16) + 1:040x}"
        commit = replace(change.commits[0], sha=head)
        moved = replace(change.merge_request, head_sha=head)
        await self._place.delivers(Change(moved, change.files, (*change.commits, commit)))
        self.done["pushes"] += 1
        del author

    async def _end(self, ref: Ref, state: State) -> None:
        change = self._forge.now(ref)
        if change.merge_request.state is not State.OPEN:
            return
        if state is State.MERGED and self._forge.gate(ref) is not GateState.SUCCESS:
            self._leaving.discard(ref)
            return
        merged = self._clock.now() if state is State.MERGED else None
        ended = replace(change.merge_request, state=state, merged_at=merged)
        await self._place.delivers(replace(change, merge_request=ended))
        self.done["merges" if merged else "closes"] += 1

    async def _begins(self, person: Person) -> None:
        """Somebody's day begins: they look at their Home tab."""
        await self._place.slack.people.open_home(str(person.slack))
        self.done["opens the Home tab"] += 1

    async def _look(self) -> None:
        """Whoever was asked meanwhile decides when to do what; authors merge what may be."""
        for review in await self._place.storage.run(lambda rooms: rooms.reviews.open()):
            for ask in review.waiting:
                self._consider(review, ask)
            author = self._people[review.author_person or ""]
            if review.ref not in self._leaving and review.satisfied:
                self._leaving.add(review.ref)
                state = State.MERGED if self._chance.random() < MERGED else State.CLOSED
                ref = review.ref
                self._at(
                    self._minutes(author, 30), lambda ref=ref, state=state: self._end(ref, state)
                )

    def _consider(self, review: Review, ask: Ask) -> None:
        if (review.ref, ask.person, ask.asked_at) in self._planned:
            return
        self._planned.add((review.ref, ask.person, ask.asked_at))
        answer = self._chance.choices(tuple(ANSWERS), tuple(ANSWERS.values()))[0]
        person, ref = self._people[ask.person], review.ref
        moment = self._minutes(person, 75)
        self._at(moment, lambda: self._answer(ref, person, answer))

    async def _answer(self, ref: Ref, person: Person, answer: str) -> None:
        review = await self._place.storage.run(lambda rooms: rooms.reviews.get(ref))
        asked = review is not None and any(ask.person == person.id for ask in review.waiting)
        if review is None or not asked or review.card is None or not review.is_open:
            return
        people, slack = self._place.slack.people, str(person.slack)
        where = (slack, review.card.channel, review.card.ts)
        if answer == "approves" and review.approve_on_forge:
            answer = "approves on the forge"
        match answer:
            case "approves":
                await people.click(*where, APPROVE)
            case "approves on the forge":
                word = on_the_forge(person.id, sha=review.binding.head_sha, at=self._clock.now())
                self._forge.of.setdefault(ref, []).append(word)
                await self._place.delivers_again(self._forge.now(ref))
            case "asks for changes":
                await self._fills(where, REQUEST_CHANGES, comment="Name it better")
                author = self._people[review.author_person or ""]
                self._at(self._minutes(author, 60), lambda: self._push(ref, author))
            case "declines":
                await self._fills(where, DECLINE, reason="busy")
            case "snoozes":
                await people.slash(slack, "#reviews", "/review", f"snooze {review.url} 2h")
            case "claims":
                await people.slash(slack, "#reviews", "/review", f"claim {review.url}")
                self._at(self._minutes(person, 60), lambda: self._answer(ref, person, "approves"))
            case _:
                pass
        self.done[answer] += 1

    async def _fills(self, where: tuple[str, str, str], action: str, **filled: str) -> None:
        """Click, wait for the form, fill it in and send it."""
        slack = self._place.slack
        user, *_ = where
        await slack.people.click(*where, action)
        await slack.until(lambda: slack.workspace.view_of(user), seconds=30)
        await slack.people.submit_view(user, filled)
