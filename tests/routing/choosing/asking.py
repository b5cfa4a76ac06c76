"""Choosing among the people of a test."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from routing.choosing.candidates import Candidate
from routing.choosing.selection import Choice, select
from routing.facts import Facts
from routing.policy import Asking, Policy
from routing.rules.qualification import Exclusion
from routing.situation import survey
from tests.builders import NOW, a_person

ANA, DANA, OMAR, KIM = (a_person(who) for who in ("ana", "dana", "omar", "kim"))
LESS = Asking(ask=1)


def choose(
    known: Facts,
    rules: Policy,
    *,
    approvers: Collection[str] = (),
    waiting: Collection[str] = (),
    passed: Collection[Exclusion] = (),
) -> Choice:
    """The choice, with these people's approvals given and these already asked."""
    situation = survey(known, rules, NOW)
    return select(situation.field(passed), situation.applied, approvers, waiting)


def ids(candidates: Sequence[Candidate]) -> list[str]:
    """Who they are."""
    return [one.person for one in candidates]
