"""What a policy would have come to: whose signature, who is asked, what is blocked."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from routing.hindsight.simulation import (
    Change,
    Demand,
    Simulated,
    compare,
    demand,
    simulated,
    summarise,
)
from routing.levels import Level, RiskLevel
from routing.policy import Requirement
from tests.builders import NOW, a_rule, all_of, any_of, experts, facts, one, policy, seniors
from tests.routing.desk import Desk

NAMED = one(people=("dana",))
FLOOR = one(min_expertise=Level.PROFICIENT, min_tenure=24)


@pytest.mark.parametrize(
    ("requirement", "wanted"),
    [
        (one(), Demand.ANYONE),
        (NAMED, Demand.NAMED),
        (one(teams=("web",)), Demand.NAMED),
        (experts(), Demand.EXPERT),
        (seniors(), Demand.SENIOR),
        (one(min_experience=60), Demand.SENIOR),
        (FLOOR, Demand.EXPERT),
        (any_of(seniors(), FLOOR), Demand.SENIOR_OR_EXPERT),
        (any_of(seniors(), one()), Demand.ANYONE),
        (any_of(seniors(), NAMED), Demand.NAMED),
        (all_of(seniors(), experts()), Demand.SENIOR),
        (all_of(any_of(seniors(), experts()), one()), Demand.SENIOR_OR_EXPERT),
    ],
    ids=str,
)
def test_a_requirement_needs_whom_it_cannot_do_without(
    requirement: Requirement, wanted: Demand
) -> None:
    assert demand(requirement) is wanted


def test_a_merge_request_needs_the_most_that_any_of_its_rules_needs() -> None:
    rules = policy(one(people=("dana", "omar")), a_rule(seniors(), "draft", draft=True), one())
    desk = Desk(facts(), rules)
    desk.take()
    found = simulated(desk.review, rules, "#7")
    assert (found.demand, found.rules) == (Demand.NAMED, ("rule 1", "rule 3"))
    assert found.asked == tuple(ask.person for ask in desk.review.asks)


def test_what_no_rule_covers_needs_nobody_and_is_blocked() -> None:
    rules = policy(a_rule(labels=("x",)))
    desk = Desk(facts(), rules)
    desk.take()
    found = simulated(desk.review, rules, "#7")
    assert found.demand is Demand.NOBODY
    assert "no rule of the policy covers this change" in found.blocks[0]


def an_outcome(number: int = 1, **more: Any) -> Simulated:
    """One merge request's outcome, landed so many hours after the others began."""
    found = Simulated(
        id=f"#{number}", title="Do it", at=NOW + timedelta(hours=number), author="Ana", ai=False,
        risk=RiskLevel.LOW, domains=(), rules=("everything",), demand=Demand.ANYONE,
        asked=("dana",), blocks=(),
    )  # fmt: skip
    return replace(found, **more)


def test_a_summary_counts_everything_once_a_merge_request() -> None:
    found = summarise(
        [
            an_outcome(1, ai=True, demand=Demand.SENIOR, risk=RiskLevel.HIGH),
            an_outcome(2, asked=("omar", "dana"), rules=("everything", "risky")),
            an_outcome(3, asked=(), blocks=("nobody", "nobody else")),
        ]
    )
    assert (found.total, found.ai, found.blocked_total) == (3, 1, 1)
    assert found.asked == {"dana": 2, "omar": 1}
    assert found.rules == {"everything": 3, "risky": 1}
    assert found.demands[Demand.SENIOR].count == 1
    assert found.of_risk[RiskLevel.HIGH] == {Demand.SENIOR: 1}
    assert {reason: its.count for reason, its in found.blocked.items()} == {
        "nobody": 1,
        "nobody else": 1,
    }


def test_the_same_reason_about_different_commits_is_one() -> None:
    reason = "nobody is known who wrote {} as x@example.com; add the address"
    found = summarise(
        [
            an_outcome(1, blocks=(reason.format("12345678"),)),
            an_outcome(2, blocks=(reason.format("abcdef12"), reason.format("00000000"))),
        ]
    )
    ((said, its),) = found.blocked.items()
    assert (said, its.count) == (reason.format("a commit"), 2)
    assert [one.id for one in its.examples] == ["#2", "#1"]


def test_a_difference_names_what_another_policy_changes() -> None:
    now = [
        an_outcome(1),
        an_outcome(2, demand=Demand.SENIOR),
        an_outcome(3, blocks=("nobody",)),
        an_outcome(4),
    ]
    other = [
        an_outcome(1, demand=Demand.SENIOR, asked=("omar",)),
        an_outcome(2),
        an_outcome(3),
        an_outcome(4, blocks=("nobody",), asked=()),
    ]
    found = compare(now, other)
    assert found.counts == {
        Change.STRICTER: 1,
        Change.LOOSER: 1,
        Change.BLOCKED: 1,
        Change.FREED: 1,
        Change.OTHERS: 2,
    }
    assert [pair.now.id for pair in found.examples[Change.OTHERS]] == ["#4", "#1"]
    assert found.asks == {"dana": -2, "omar": 1}


def test_a_policy_differs_in_nothing_from_itself() -> None:
    found = compare([an_outcome(1), an_outcome(2)], [an_outcome(1), an_outcome(2)])
    assert not any(found.counts.values())
    assert not found.asks
