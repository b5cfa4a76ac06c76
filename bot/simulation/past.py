"""What was known at a moment of the past: grows as the simulation goes on, change by change."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from bot.facts import WINDOW, measure
from routing.facts import History
from routing.knowledge.closeness import around, directory_of
from routing.model import Change, PastChange
from routing.people import People, Person
from routing.policy import Policy
from routing.ranking.assignment import Ask, loads
from routing.ranking.ranker import Ranker, Weighed
from routing.ranking.terms import OpenChange
from storage.history import MOST
from storage.places import Ring

HELD = timedelta(days=1)
"""How long an ask is taken to stay open: a history does not say when somebody answered."""
REMEMBERED = timedelta(days=60)
"""Asks older than this weigh nothing any more."""


class Past:
    """The changes that had landed, found by where they are, and what the ranking learnt of them."""

    def __init__(self) -> None:
        self._ranker = Ranker()
        self._rings = tuple(
            defaultdict[str, deque[PastChange]](partial(deque[PastChange], maxlen=MOST[ring]))
            for ring in Ring
        )

    def observe(self, change: PastChange) -> None:
        """Learn that it landed; changes come in order of time."""
        self._ranker.observe(change)
        places = {around(directory_of(path)) for path, _, _ in change.files}
        for step, ring in enumerate(self._rings):
            for name in {place[step] for place in places}:
                ring[name].append(change)

    def near(self, paths: Iterable[str], since: datetime) -> Sequence[PastChange]:
        """What landed around these paths since then, as the stored history would find it."""
        places = {around(directory_of(path)) for path in paths}
        found: dict[str, PastChange] = {}
        for step, (ring, kind) in enumerate(zip(self._rings, Ring, strict=True)):
            its = [one for name in {place[step] for place in places} for one in ring[name]]
            for one in sorted(its, key=lambda one: one.at, reverse=True):
                if one.at < since or len(found) >= MOST[kind]:
                    break
                found.setdefault(one.id, one)
        return list(found.values())

    def known_of(self, change: Change, policy: Policy, people: People, now: datetime) -> History:
        """Everybody's expertise for a change at that moment."""
        measured = measure(self.near(change.paths, now - WINDOW), change, policy, people, now)
        return replace(measured, weighed=self._weigh(change, people, now))

    def _weigh(self, change: Change, people: People, now: datetime) -> Weighed:
        request = change.merge_request
        author = people.of_account(request.author)
        opened = OpenChange(
            str(request.ref),
            author.id if author is not None else request.author.login,
            files=tuple((path, 1, 0) for path in change.paths),
            subject=request.title,
        )
        return self._ranker.weigh(opened, now)


class Desks:
    """What people would hold by now, had the policy asked them."""

    def __init__(self) -> None:
        self._asks: deque[Ask] = deque()

    def ask(self, people: Iterable[str], now: datetime) -> None:
        """These are asked."""
        self._asks.extend(Ask(who, now, now + HELD) for who in people)

    def held(self, now: datetime) -> tuple[Mapping[str, int], Mapping[str, float]]:
        """Open asks of each person, and their load, which fades."""
        while self._asks and self._asks[0].asked < now - REMEMBERED:
            self._asks.popleft()
        opened: dict[str, int] = {}
        for one in self._asks:
            if one.closed is None or one.closed > now:
                opened[one.person] = opened.get(one.person, 0) + 1
        return opened, loads(self._asks, now)


class Staff:
    """Who was there at a moment: those who had started."""

    def __init__(self, everyone: Sequence[Person]) -> None:
        self._everyone = everyone
        self._newest_first = sorted(
            (person.started for person in everyone if person.started is not None), reverse=True
        )
        self._at: dict[int, People] = {}

    def at(self, now: datetime) -> People:
        """Everybody of that day."""
        missing = next(
            (n for n, day in enumerate(self._newest_first) if day <= now.date()),
            len(self._newest_first),
        )
        if missing not in self._at:
            there = (
                one for one in self._everyone if one.started is None or one.started <= now.date()
            )
            self._at = {missing: People(tuple(there))}
        return self._at[missing]
