"""The order of everybody: the ranking where there is a past, other grounds where there is none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from routing.choosing.candidates import Candidate
from routing.facts import Facts, History
from routing.levels import Level, RiskLevel
from routing.people import Person, Team
from routing.policy import Asking, Domain, Policy
from routing.ranking.ranker import ENOUGH_CHANGES, Ranker
from routing.ranking.terms import OpenChange
from routing.situation import survey
from tests.builders import NOW, a_change, a_file, a_person, facts, one, policy
from tests.routing.pasts import a_past, day

ANA, BEN, CLEO, DANA = (a_person(who) for who in ("ana", "ben", "cleo", "dana"))
LATER = day(100)
"""After every change of these pasts."""
CHANGE = a_change(files=[a_file("billing/tax.py")])
PAYMENTS = Domain("payments", ("billing/**",), critical=True, lead="cleo")


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
