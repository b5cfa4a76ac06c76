"""Who can be asked now, and in which order: what people know, carry, and when they are at work."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from math import log1p

from routing.chasing.working_hours import next_at_work
from routing.choosing.roll import Points, Roll
from routing.people import Away, Person
from routing.phrases import counted, readable, render_months
from routing.policy import Policy
from routing.ranking.assignment import FIRST_FEELS, LOAD_DIAL
from routing.ranking.terms import Term
from routing.rules.domains import patterns_of
from routing.rules.qualification import Exclusion, Reason

WAIT_POINTS = 1.0
"""What a day until somebody is next at work takes off."""
AWAY_AFTER = timedelta(days=4)
"""Somebody not at work for longer than a long weekend counts as away."""
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
TOLD = frozenset({Term.SIMILAR, Term.REVIEWED_DIRECTORIES, Term.WROTE_SIMILAR})
"""The terms of which the strongest is told in the sentence; all of them are in the points."""
WORTH_TELLING = 0.3

Week = tuple[str, tuple[time, time], frozenset[int], str | None, tuple[Away, ...]]
"""When somebody works: most people of an office share theirs, and so are at work together."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may be asked: the score, higher is better, and why, in a sentence.

    `points` add up to the score, where they are kept.
    """

    person: str
    score: float
    why: str
    points: tuple[Points, ...] = ()


@dataclass(frozen=True)
class Field:
    """Those on the roll who can be asked at this moment.

    `passed` maps people who declined or did not answer to their exclusion. What is found out of
    anybody else holds whoever is passed over: fields made with `passing` share it.
    """

    roll: Roll
    policy: Policy
    now: datetime
    passed: Mapping[str, Exclusion] = field(default_factory=dict)
    _seen: dict[str, Exclusion | None] = field(default_factory=dict, compare=False, repr=False)
    _at_work: dict[Week, datetime | None] = field(default_factory=dict, compare=False, repr=False)
    _scores: dict[str, float] = field(default_factory=dict, compare=False, repr=False)
    _firsts: dict[str, tuple[float, int]] = field(default_factory=dict, compare=False, repr=False)

    def passing(self, passed: Iterable[Exclusion]) -> Field:
        """The same people at the same moment, with these passed over."""
        return replace(self, passed={exclusion.person: exclusion for exclusion in passed})

    def _next_at_work(self, person: Person) -> datetime | None:
        week = (person.timezone, person.hours, person.days, person.region, person.away)
        if week not in self._at_work:
            self._at_work[week] = next_at_work(person, self.now)
        return self._at_work[week]

    def first(self, person: Person) -> tuple[float, int]:
        """Sort key of who is asked first: whoever knows best, unless buried in reviews."""
        key = self._firsts.get(person.id)
        if key is None:
            key = -self._score(person, FIRST_FEELS), self.roll.lot(person.id)
            self._firsts[person.id] = key
        return key

    def next(self, person: Person) -> tuple[float, int]:
        """Sort key of who is asked besides: those who know enough and have room."""
        return -self._score(person, 1.0), self.roll.lot(person.id)

    def _score(self, person: Person, feels: float) -> float:
        return self._free(person) - feels * LOAD_DIAL * log1p(self.carried(person))

    def _free(self, person: Person) -> float:
        """What the person would score who carries nothing."""
        if person.id not in self._scores:
            wait = WAIT_POINTS * (self._wait(person) / DAY)
            usual = self.policy.review.same_pair * self._usual(person)
            self._scores[person.id] = self.roll.knowledge(person) - wait - usual
        return self._scores[person.id]

    def unavailable(self, person: Person) -> Exclusion | None:
        """Why a person who may approve is not asked now."""
        return self.roll.never(person) or self.passed.get(person.id) or self._not_now(person)

    def _not_now(self, person: Person) -> Exclusion | None:
        if person.id not in self._seen:
            self._seen[person.id] = (
                self._away(person)
                or self._silent(person)
                or self._full(person)
                or self._opted_out(person)
                or self._locked_out(person)
            )
        return self._seen[person.id]

    def _away(self, person: Person) -> Exclusion | None:
        at_work = self._next_at_work(person)
        if at_work is not None and at_work - self.now <= AWAY_AFTER:
            return None
        until = f" until {at_work.date().isoformat()}" if at_work else ""
        return Exclusion(person.id, Reason.AWAY, f"{person.name} is away{until}")

    def _silent(self, person: Person) -> Exclusion | None:
        if person.id not in self.roll.facts.silent:
            return None
        sentence = f"{person.name} let several requests in a row pass"
        return Exclusion(person.id, Reason.SILENT, sentence)

    def _full(self, person: Person) -> Exclusion | None:
        held = self._held(person)
        most = self.policy.review.max_open if person.max_open is None else person.max_open
        if held < most:
            return None
        sentence = f"{person.name} is at capacity, {held} of {most}"
        return Exclusion(person.id, Reason.AT_CAPACITY, sentence)

    def _locked_out(self, person: Person) -> Exclusion | None:
        if person.id not in self.roll.facts.no_access:
            return None
        project = self.roll.facts.change.merge_request.ref.project
        sentence = f"{person.name} has no access to {readable(project)}"
        return Exclusion(person.id, Reason.NO_ACCESS, sentence)

    def _opted_out(self, person: Person) -> Exclusion | None:
        facts = self.roll.facts
        globs = (*person.opted_out, *facts.opted_out.get(person.id, ()))
        if not globs or self.roll.avoided.isdisjoint(globs):
            return None
        matcher = patterns_of(globs)
        glob = next(filter(None, map(matcher.first, facts.change.paths)), None)
        if glob is None:
            return None
        sentence = f"{person.name} is not to be asked about `{readable(glob)}`"
        return Exclusion(person.id, Reason.OPTED_OUT, sentence)

    def candidate(self, person: Person, *, explained: bool = True) -> Candidate:
        """The person with score, the sentence that says why, and the terms of the sum."""
        knowledge, burdens = self.roll.points(person), self._burdens(person)
        points = (*knowledge, *burdens)
        _, known_for = self.roll.where.level(person, self.roll.domains)
        said = [known_for, *_strongest(knowledge)]
        months = person.tenure_months(self.roll.where.today)
        if months is not None:
            said.append(f"{render_months(months)} here")
        if held := self._held(person):
            said.append(counted(held, "open review"))
        said += [
            one.sentence
            for one in burdens
            if one.term == "wait" or (one.term == "same_pair" and one.points <= -WORTH_TELLING)
        ]
        return Candidate(
            person.id,
            round(sum(one.points for one in points), 3),
            " · ".join(said),
            points if explained else (),
        )

    def _burdens(self, person: Person) -> tuple[Points, ...]:
        """What speaks against asking somebody who knows: load, waiting, always the same pair."""
        found: list[Points] = []
        if carried := self.carried(person):
            said = f"carries {carried:.1f} reviews, those of the past days included"
            found.append(Points("load", -FIRST_FEELS * LOAD_DIAL * log1p(carried), said))
        if wait := self._wait(person):
            said = f"outside their hours, at work in {max(1, round(wait / HOUR))} h"
            found.append(Points("wait", -WAIT_POINTS * (wait / DAY), said))
        usual = self._usual(person)
        if usual and self.policy.review.same_pair:
            said = f"{usual:.0%} of this author's latest reviews were theirs already"
            found.append(Points("same_pair", -self.policy.review.same_pair * usual, said))
        return tuple(found)

    def _wait(self, person: Person) -> timedelta:
        """How long until the person is at work."""
        at_work = self._next_at_work(person)
        return AWAY_AFTER if at_work is None else at_work - self.now

    def _usual(self, person: Person) -> float:
        """Their share of the author's latest reviews, where the risk is high enough to mind."""
        return self.roll.share_of_author(person) if self.roll.minds_pairs else 0.0

    def _held(self, person: Person) -> int:
        return self.roll.facts.open_asks.get(person.id, 0)

    def carried(self, person: Person) -> float:
        """Open asks, and those of the past days by how long ago they were closed."""
        return self.roll.facts.loads.get(person.id, float(self._held(person)))


def _strongest(points: tuple[Points, ...]) -> list[str]:
    """What the ranking says most loudly, beyond the counts that everybody has."""
    told = [one for one in points if one.term in TOLD and one.points >= WORTH_TELLING]
    return [max(told, key=lambda one: one.points).sentence] if told else []
