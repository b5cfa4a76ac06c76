"""Everybody seen from one change: who could approve it, who can be asked now, how they rank."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from routing.domains import patterns_of
from routing.facts import Facts
from routing.people import Person
from routing.phrases import counted, readable
from routing.policy import Approvals, Policy
from routing.qualification import (
    Exclusion,
    Reason,
    Standing,
    may_never_approve,
    render_months,
    shortfall,
)
from routing.requirements import Applied
from routing.working_hours import next_at_work

HOURS_A_DAY = 24.0
LOAD_POINTS = 0.5
"""What one open ask takes off a score on which expertise spans 0 to 4."""
WAIT_POINTS = 1.0
"""What a day until somebody is next at work takes off."""
AWAY_AFTER = timedelta(days=4)
"""Somebody not at work for longer than a long weekend counts as away."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may be asked: the score, higher is better, and why, in a sentence."""

    person: str
    score: float
    why: str


@dataclass(frozen=True)
class Field:
    """Everybody, seen from one change: who could approve and who can be asked now.

    `passed` maps people who declined or did not answer to their exclusion.
    """

    facts: Facts
    policy: Policy
    where: Standing
    now: datetime
    passed: Mapping[str, Exclusion]

    @cached_property
    def never(self) -> Mapping[str, Exclusion]:
        """People whose approval cannot count here at all."""
        barred = (
            may_never_approve(person, self.where, self.facts.left_slack)
            for person in self.facts.people.everyone
        )
        return {exclusion.person: exclusion for exclusion in barred if exclusion is not None}

    def qualified(self, place: Approvals, applied: Applied) -> Sequence[str]:
        """Ids of everybody who could fill the place, best first, asked or not."""
        return [
            person.id
            for person in self._ranked(applied.domains)
            if shortfall(person, place.qualification, applied.domains, self.where) is None
        ]

    def _ranked(self, domains: tuple[str, ...]) -> Sequence[Person]:
        people = (one for one in self.facts.people.everyone if one.id not in self.never)
        return sorted(people, key=lambda one: self.order(one, domains))

    def order(self, person: Person, domains: tuple[str, ...]) -> tuple[float, bytes]:
        """Sort key: best first, equals in an order of this change's own."""
        return -self.score(person, domains), self._tie(person)

    def _tie(self, person: Person) -> bytes:
        # Neither the alphabet nor luck decides between equals: another change, another order.
        return hashlib.sha256(
            f"{self.facts.change.merge_request.ref} {person.id}".encode()
        ).digest()

    def score(self, person: Person, domains: tuple[str, ...]) -> float:
        """Expertise, less what the person already holds and how long until they are at work."""
        level, _ = self.where.level(person, domains)
        measured = self.where.levels.get("", {}).get(person.id)
        share = measured.share if measured else 0.0
        load = self.facts.open_asks.get(person.id, 0) * LOAD_POINTS
        return level.rank + share - load - self._days_until_work(person) * WAIT_POINTS

    def _days_until_work(self, person: Person) -> float:
        at_work = next_at_work(person, self.now)
        if at_work is None:
            return AWAY_AFTER / timedelta(days=1)
        return (at_work - self.now) / timedelta(hours=HOURS_A_DAY)

    def unavailable(self, person: Person) -> Exclusion | None:
        """Why a person who may approve is not asked now."""
        if person.id in self.never:
            return self.never[person.id]
        if person.id in self.passed:
            return self.passed[person.id]
        at_work = next_at_work(person, self.now)
        if at_work is None or at_work - self.now > AWAY_AFTER:
            until = f" until {at_work.date().isoformat()}" if at_work else ""
            return Exclusion(person.id, Reason.AWAY, f"{person.name} is away{until}")
        held = self.facts.open_asks.get(person.id, 0)
        most = self.policy.review.max_open if person.max_open is None else person.max_open
        if held >= most:
            sentence = f"{person.name} is at capacity, {held} of {most}"
            return Exclusion(person.id, Reason.AT_CAPACITY, sentence)
        return self._opted_out(person)

    def _opted_out(self, person: Person) -> Exclusion | None:
        globs = (*person.opted_out, *self.facts.opted_out.get(person.id, ()))
        if not globs:
            return None
        matcher = patterns_of(globs)
        glob = next(filter(None, map(matcher.first, self.facts.change.paths)), None)
        if glob is None:
            return None
        sentence = f"{person.name} is not to be asked about `{readable(glob)}`"
        return Exclusion(person.id, Reason.OPTED_OUT, sentence)

    def candidate(self, person: Person, domains: tuple[str, ...]) -> Candidate:
        """The person with score and the sentence that says why."""
        _, known_for = self.where.level(person, domains)
        parts = [known_for]
        months = person.tenure_months(self.where.today)
        if months is not None:
            parts.append(f"{render_months(months)} here")
        held = self.facts.open_asks.get(person.id, 0)
        if held:
            parts.append(counted(held, "open review"))
        return Candidate(person.id, round(self.score(person, domains), 3), " · ".join(parts))
