"""The ranking: who should be asked to review a change, as a sum of terms that can each be said.

A `Ranker` is fed past changes in the order they were done and weighs an open change at any time
after them. The same evidence gives the same answer, always: no clock, no chance; ties are broken
by a hash of the change and the person, so that no letter of the alphabet is favoured.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

import numpy as np

from routing.model import PastChange
from routing.ranking.evidence import DAY, Floats, Indices, Record
from routing.ranking.lots import Lots
from routing.ranking.marks import marks_of
from routing.ranking.terms import (
    CANDIDATE_DAYS,
    SENTENCES,
    Measured,
    OpenChange,
    Term,
    measure_terms,
)
from routing.ranking.weights import RANKED, Weights

TOP = 10
"""So many people are named unless somebody asks for more."""

ENOUGH_CHANGES = 200
"""With fewer past changes the evidence is thin: owners, domains and declarations say more."""

NOBODY_BUSY: Mapping[str, float] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Reason:
    """One term of somebody's score: its points, and what it says."""

    term: Term
    points: float
    sentence: str


@dataclass(frozen=True, slots=True)
class Ranked:
    """Somebody's place in the ranking; the reasons' points and `-burden` add up to the score."""

    person: str
    score: float
    reasons: tuple[Reason, ...]
    burden: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Weighed:
    """An open change held against the evidence: who may be asked, and every term for them.

    `changes` says how many past changes are the evidence.
    """

    change: OpenChange
    changes: int
    candidates: tuple[str, ...]
    _numbers: Indices
    _terms: Mapping[Term, Measured]

    def rank(
        self,
        weights: Weights = RANKED,
        top: int = TOP,
        burdens: Mapping[str, float] = NOBODY_BUSY,
    ) -> tuple[Ranked, ...]:
        """The first `top` people, best first.

        `burdens` are points to take off, such as those of a load (`assignment`).
        """
        burden = np.zeros(len(self.candidates))
        if burdens:
            burden += [burdens.get(person, 0.0) for person in self.candidates]
        scores = self._sums(weights, -burden)
        return tuple(
            Ranked(
                person=self.candidates[place],
                score=float(scores[place]),
                reasons=self.reasons(place, weights),
                burden=float(burden[place]),
            )
            for place in self._first(scores, top)
        )

    def scores(self, weights: Weights) -> Mapping[str, float]:
        """Everybody's sum of terms."""
        sums = self._sums(weights, np.zeros(len(self.candidates)))
        return dict(zip(self.candidates, sums.tolist(), strict=True))

    def reasons(self, place: int, weights: Weights) -> tuple[Reason, ...]:
        """Every term of the candidate at that place, in points and words."""
        number = self._numbers[place]
        return tuple(
            Reason(
                term,
                weight * float(self._terms[term].value[number]),
                SENTENCES[term](float(self._terms[term].raw[number])),
            )
            for term, weight in weights.items()
        )

    def values(self, term: Term) -> Floats:
        """The values of a term, one for each candidate."""
        return self._terms[term].value[self._numbers]

    def raw(self, term: Term) -> Floats:
        """What a term says before it is made to add up, such as a share; one each candidate."""
        return self._terms[term].raw[self._numbers]

    def _sums(self, weights: Weights, start: Floats) -> Floats:
        # One addition after another, never a matrix product: equal evidence has equal scores.
        return sum((weight * self.values(term) for term, weight in weights.items()), start)

    def _first(self, scores: Floats, top: int) -> list[int]:
        if len(scores) > top:
            bar = np.partition(scores, -top)[-top]
            places = [int(place) for place in np.flatnonzero(scores >= bar)]
        else:
            places = list(range(len(scores)))
        lots = Lots(self.change.id)
        places.sort(key=lambda place: (-scores[place], lots.of(self.candidates[place])))
        return places[:top]


class Ranker:
    """Learns from past changes, and weighs open ones against them."""

    def __init__(self) -> None:
        self._record = Record()

    @property
    def thin(self) -> bool:
        """Whether so little is known that other grounds for a choice are better."""
        return self._record.changes < ENOUGH_CHANGES

    def observe(self, change: PastChange, subject: str = "") -> None:
        """Learn from a change that was merged; `at` never runs backwards (ValueError)."""
        self._record.add(change, marks_of(change.files, subject))

    def weigh(self, change: OpenChange, now: datetime) -> Weighed:
        """Hold a change against everything observed, which lies before `now`.

        Candidates are those who wrote or reviewed in the CANDIDATE_DAYS before, without the
        change's authors.
        """
        seconds = now.timestamp()
        record = self._record
        active = record.last_seen >= seconds - CANDIDATE_DAYS * DAY
        for author in change.authors:
            number = record.number_of(author)
            if number is not None:
                active[number] = False
        numbers = np.flatnonzero(active)
        return Weighed(
            change=change,
            changes=record.changes,
            candidates=tuple([record.names[number] for number in numbers.tolist()]),
            _numbers=numbers,
            _terms=measure_terms(record, change, seconds),
        )
