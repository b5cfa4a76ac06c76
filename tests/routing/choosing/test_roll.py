"""The order of everybody: the ranking where there is a past, other grounds where there is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from routing.choosing.candidates import Candidate
from routing.facts import Facts, History
from routing.knowledge.expertise import Expertise
from routing.levels import Level, RiskLevel
from routing.owners.ownership import Ownership
from routing.people import Person, Team
from routing.policy import Asking, Codeowners, Domain, Policy
from routing.ranking.ranker import ENOUGH_CHANGES, Ranker
from routing.ranking.terms import OpenChange
from routing.situation import survey
from tests.builders import NOW, a_change, a_file, a_person, facts, one, owned, policy
from tests.routing.pasts import a_past, day

ANA, BEN, CLEO, DANA = (a_person(who) for who in ("ana", "ben", "cleo", "dana"))
LATER = day(100)
"""After every change of these pasts."""
CHANGE = a_change(files=[a_file("billing/tax.py")])
DANAS = {"billing/tax.py": owned("@dana")}
PAYMENTS = Domain("payments", ("billing/**",), critical=True, lead="cleo")


def knows(level: Level, share: float = 0.0) -> Expertise:
    """Measured expertise."""
    return Expertise(level, share, 3, 3, None, sentence=f"is {level} here")


def known(count: int, *people: Person, reviewer: str = "ben") -> Facts:
    """Ana's change after so many of hers, all reviewed by the same person."""
    ranker = Ranker()
    for number in range(count):
        at = 99 * number / count
        ranker.observe(a_past(at, "billing/tax.py", by="ana", reviewed_by=(reviewer,)))
    weighed = ranker.weigh(OpenChange("x", "ana", (), (("billing/tax.py", 5, 0),)), LATER)
    team = people or (ANA, BEN, CLEO, DANA)
    return facts(*team, change=CHANGE, history=History(weighed=weighed))


def candidates(
    of: Facts, rules: Policy | None = None, risk: RiskLevel = RiskLevel.LOW
) -> list[Candidate]:
    situation = survey(of, rules or policy(one()), NOW)
    assessed = replace(situation.assessment, risk=replace(situation.assessment.risk, level=risk))
    field = replace(situation, assessment=assessed).field()
    return [field.candidate(person) for person in field.roll]


def points(candidate: Candidate) -> dict[str, float]:
    return {one.term: one.points for one in candidate.points}


def test_who_reviewed_what_is_like_it_comes_first_and_it_is_said() -> None:
    first = candidates(known(ENOUGH_CHANGES))[0]
    assert first.person == "ben"
    assert "100% of the recent reviews of similar changes" in first.why


@pytest.mark.parametrize("count", [0, 20, 400])
def test_the_points_add_up_to_the_score(count: int) -> None:
    busy = replace(known(count), open_asks={"ben": 2}, loads={"ben": 2.5})
    for candidate in candidates(busy, risk=RiskLevel.HIGH):
        assert sum(points(candidate).values()) == pytest.approx(candidate.score, abs=0.001)


def test_from_high_risk_on_whom_the_author_usually_works_with_counts_for_nothing() -> None:
    usual = known(ENOUGH_CHANGES)
    assert points(candidates(usual)[0])["pair"] > 0
    risky = points(candidates(usual, risk=RiskLevel.HIGH)[0])
    assert not {"pair", "momentum", "last_seen"} & risky.keys()


def test_from_high_risk_on_the_same_pair_costs_what_the_policy_says() -> None:
    usual, dial = known(ENOUGH_CHANGES), Asking(same_pair=2.0)
    (ben,) = (
        it
        for it in candidates(usual, policy(one(), review=dial), RiskLevel.HIGH)
        if it.person == "ben"
    )
    assert -2.0 < points(ben)["same_pair"] < -1.9
    assert "of this author's latest reviews were theirs already" in ben.why
    off = candidates(usual, policy(one(), review=Asking(same_pair=0)), RiskLevel.HIGH)
    assert not any("same_pair" in points(it) for it in off)


def test_without_a_history_declared_expertise_and_leading_decide() -> None:
    dana = replace(DANA, domains={"payments": Level.EXPERT})
    young = replace(facts(ANA, BEN, CLEO, dana, change=CHANGE))
    order = candidates(young, policy(one(), domains=(PAYMENTS,)))
    assert [it.person for it in order[:2]] == ["dana", "cleo"]
    assert "declared expert in payments" in order[0].why
    assert order[1].points[1].sentence == "leads payments"


def test_who_is_in_a_team_with_the_lead_comes_before_strangers() -> None:
    house = Team("house")
    young = facts(ANA, BEN, replace(CLEO, teams=(house,)), replace(DANA, teams=(house,)))
    order = candidates(replace(young, change=CHANGE), policy(one(), domains=(PAYMENTS,)))
    assert [it.person for it in order[:2]] == ["cleo", "dana"]
    assert order[1].points[1].sentence == "in house with the lead of payments"


def test_the_thinner_the_history_the_more_other_grounds_count() -> None:
    dana = replace(DANA, domains={"payments": Level.EXPERT})
    rules = policy(one(), domains=(PAYMENTS,))
    firsts = [
        candidates(known(count, ANA, BEN, dana), rules)[0].person for count in (5, ENOUGH_CHANGES)
    ]
    assert firsts == ["dana", "ben"]


def test_of_whom_nothing_is_known_comes_last_in_an_order_of_the_changes_own() -> None:
    assert {it.person for it in candidates(known(ENOUGH_CHANGES))[1:]} == {"ana", "cleo", "dana"}


def test_a_code_owner_without_a_past_comes_before_who_knows_less_and_after_who_knows_more() -> None:
    whole = {"ben": knows(Level.PROFICIENT, 0.4), "cleo": knows(Level.NONE, 0.3)}
    of = facts(
        *(ANA, BEN, CLEO, DANA, a_person("gus")),
        history=History(whole=whole),
        owners={"src/app.py": owned("@dana", "@gus")},
    )
    order = [one.person for one in candidates(of)]
    assert (order[0], set(order[1:3]), order[3]) == ("ben", {"dana", "gus"}, "cleo")


@pytest.mark.parametrize("count", [0, ENOUGH_CHANGES])
def test_some_people_come_in_the_order_of_everybody(count: int) -> None:
    strangers = (a_person(f"p{number}") for number in range(9))
    of = replace(known(count, ANA, BEN, CLEO, DANA, *strangers), owners=DANAS)
    roll = survey(of, policy(one()), NOW).everybody
    everybody = list(roll)
    assert len(everybody) == len(of.people.everyone)
    assert roll.in_order(of.people.everyone) == everybody
    assert roll.in_order(everybody[::-2]) == [one for one in everybody if one in everybody[::-2]]


@pytest.mark.parametrize(
    ("owners", "level", "rules", "could"),
    [
        ({}, Level.FAMILIAR, Codeowners.ADVISE, {"ben", "cleo"}),
        (DANAS, Level.FAMILIAR, Codeowners.ADVISE, {"ben", "cleo", "dana"}),
        (DANAS, Level.FAMILIAR, Codeowners.IGNORE, {"ben", "cleo"}),
        (DANAS, Level.PROFICIENT, Codeowners.ADVISE, {"ben"}),
    ],
)
def test_whoever_may_know_enough_is_found(
    owners: Mapping[str, Ownership], level: Level, rules: Codeowners, could: set[str]
) -> None:
    there = {"ben": knows(Level.PROFICIENT), "ghost": knows(Level.EXPERT)}
    cleo = replace(CLEO, domains={"payments": Level.FAMILIAR})
    of = facts(ANA, BEN, cleo, DANA, change=CHANGE, history=History(domains={"payments": there}))
    place = one(min_expertise=level)
    asked = policy(place, domains=(PAYMENTS,), codeowners=rules)
    situation = survey(replace(of, owners=owners), asked, NOW)
    (applied,) = situation.applied
    assert set(situation.everybody.qualified(place, applied)) == could
