"""The house of the state machine: who works there, and four policies with what they ask for.

What a policy asks for is written down here a second time, in names, so that no code of ours has
a part in saying whose approvals are enough.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from routing.facts import History
from routing.knowledge.expertise import Expertise
from routing.levels import Level
from routing.people import Person
from routing.policy import Asking, Policy, Rung, Step
from tests.builders import a_person, a_rule, all_of, any_of, experts, one, policy, seniors

AUTHOR = "ana"
CAST: tuple[Person, ...] = (
    a_person("ana", years=6),
    a_person("bo", years=3),
    a_person("dana", years=8),
    a_person("gus", years=7),
    a_person("kim", years=1),
    a_person("mia", years=9),
    a_person("omar", years=2),
    a_person("robo", bot=True, years=9),
)
NAMES = tuple(person.id for person in CAST)
SENIORS = frozenset({"ana", "dana", "gus", "mia", "robo"})
EXPERTS = frozenset({"mia", "omar"})
ANYONE = frozenset(NAMES)
BOTS = frozenset({"robo"})

HISTORY = History(
    whole={who: Expertise(Level.EXPERT, 0.5, 9, 9, None, sentence="knows it") for who in EXPERTS}
)

Place = frozenset[str]
Way = Sequence[Place]
Need = Sequence[Way]
"""The ways to meet one rule; for each place of a way, who may have it."""


@dataclass(frozen=True)
class House:
    """A policy, and what it asks for of a change with or without AI's help into a branch.

    Where it asks for nothing at all, nothing may pass.
    """

    policy: Policy
    asks: Callable[[bool, str], Sequence[Need]]


LADDER = (
    Rung(timedelta(hours=2), Step.REMIND),
    Rung(timedelta(hours=5), Step.REASSIGN),
    Rung(timedelta(hours=9), Step.TELL_CHANNEL),
)
ASKING = Asking(channel="#reviews", ask=2)

HOUSES: Mapping[str, House] = {
    "anyone": House(
        policy(one(), hash="anyone", escalation=LADDER, review=ASKING),
        lambda _ai, _base: [[[ANYONE]]],
    ),
    "ai": House(
        policy(
            a_rule(any_of(seniors(), experts()), "ai", ai=True),
            a_rule(one()),
            hash="ai",
            escalation=LADDER,
            review=Asking(channel="#reviews", ask=1),
        ),
        lambda ai, _base: [[[ANYONE]], *([[[SENIORS], [EXPERTS]]] if ai else [])],
    ),
    "production": House(
        policy(
            a_rule(all_of(seniors(), experts()), "production", branch=("main",)),
            a_rule(one(), "the rest", branch=("dev",)),
            hash="production",
            escalation=LADDER,
            review=ASKING,
        ),
        lambda _ai, base: [[[SENIORS, EXPERTS]]] if base == "main" else [[[ANYONE]]],
    ),
    "two": House(
        policy(
            a_rule(one(2), "two", branch=("main",)),
            hash="two",
            escalation=LADDER,
            review=ASKING,
        ),
        lambda _ai, base: [[[ANYONE, ANYONE]]] if base == "main" else [],
    ),
}
