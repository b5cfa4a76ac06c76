"""Who was looked at and is not asked: in which order they are told of, and how much is said."""

from __future__ import annotations

from routing.choosing.selection import select
from routing.facts import History
from routing.knowledge.expertise import Expertise
from routing.levels import Level
from routing.situation import survey
from tests.builders import NOW, a_person, facts, one, policy

ANA, DANA, OMAR, ZOE = (a_person(who) for who in ("ana", "dana", "omar", "zoe"))


def test_those_who_know_more_are_told_of_first() -> None:
    whole = {
        who: Expertise(level, 0.0, 3, 3, None, sentence=f"is {level} here")
        for who, level in {"zoe": Level.EXPERT, "dana": Level.FAMILIAR}.items()
    }
    known = facts(ANA, DANA, OMAR, ZOE, history=History(whole=whole))
    situation = survey(known, policy(one(people=("ana",))), NOW)
    choice = select(situation.field(), situation.applied, (), ())
    order = [out.person for out in choice.exclusions if out.person != "ana"]
    assert order == ["zoe", "dana", "omar"]


def test_of_many_lacks_the_first_three_are_said() -> None:
    wishes = [one(min_tenure=12 * years) for years in (20, 30, 40, 50)]
    situation = survey(facts(ANA, DANA), policy(*wishes), NOW)
    choice = select(situation.field(), situation.applied, (), ())
    (said,) = (out.sentence for out in choice.exclusions if out.person == "dana")
    assert said.count("tenure short by") == 3
    assert said.endswith("; and more")
