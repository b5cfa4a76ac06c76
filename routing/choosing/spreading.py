"""Spreading what people know: now and then, somebody who knows less has a look as well.

Chance would do for that, but a decision must come out the same whenever it is made: whose turn it
is, is drawn by hashing the merge request.
"""

from __future__ import annotations

from collections.abc import Iterable

from routing.choosing.candidates import Field
from routing.levels import Level
from routing.people import Person
from routing.ranking.lots import SPACE

LEARNING = "asked so that more people come to know this code"
READING = "reads along to learn this code; nothing waits for them"


def has_turn(field: Field) -> bool:
    """Whether somebody is to learn from this merge request: on a share of them, `review.spread`."""
    return field.roll.lot("spread") < field.policy.review.spread * SPACE


def learner(field: Field, among: Iterable[Person]) -> Person | None:
    """Of these people, the one with the least to do of those who do not know this code well."""
    learners = [one for one in among if _level(field, one) < Level.PROFICIENT]
    return min(learners, key=lambda one: (field.carried(one), field.roll.lot(one.id)), default=None)


def _level(field: Field, person: Person) -> Level:
    level, _ = field.roll.where.level(person, field.roll.domains)
    return level
