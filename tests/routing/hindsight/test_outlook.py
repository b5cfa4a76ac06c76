"""What a level has meant in a project: said only where enough is known of that very project."""

from __future__ import annotations

from dataclasses import replace

import pytest

from routing.assessment import assess
from routing.files.policy_file import parse_policy
from routing.files.problems import InvalidFile
from routing.hindsight.calibration import ENOUGH, Rate
from routing.hindsight.outlook import outlook, with_outlook
from routing.levels import RiskLevel
from routing.policy import Policy
from routing.risk import Factor, Risk
from tests.builders import a_change, facts

RISK = Risk(RiskLevel.HIGH, 11, (Factor("size", 11, "Changes much."),))
FIGURES = {RiskLevel.LOW: Rate(150, 6), RiskLevel.HIGH: Rate(50, 22)}


def written(*rows: str) -> Policy:
    """A policy with these rows of `risk.calibration`."""
    listed = "".join(f"    - {{{row}}}\n" for row in rows)
    rule = "rules: [{name: all, require: {approvals: 1, from: {anyone: true}}}]\n"
    return parse_policy(f"version: 1\nrisk:\n  calibration:\n{listed}{rule}", "policy.yml")


def test_the_share_of_the_level_is_said_with_the_number_it_rests_on() -> None:
    found = with_outlook(RISK, FIGURES)
    assert outlook(found) == (
        "Of 50 past changes here that were graded high, about 44% were later reverted or repaired."
    )
    assert (found.level, found.score) == (RISK.level, RISK.score)


@pytest.mark.parametrize(
    "rates",
    [
        {},
        {RiskLevel.LOW: Rate(ENOUGH, 9)},
        {RiskLevel.HIGH: Rate(ENOUGH - 1, 90)},
    ],
    ids=["nothing is known", "nothing of this level", "one change too few"],
)
def test_nothing_is_said_where_too_little_is_known(rates: dict[RiskLevel, Rate]) -> None:
    assert with_outlook(RISK, rates) == RISK


def test_the_figures_of_a_project_speak_of_its_own_changes_only() -> None:
    policy = written("project: acme/shop, level: low, changes: 900, faulty: 63")
    here = a_change()
    ref = replace(here.merge_request.ref, project="acme/other")
    other = replace(here, merge_request=replace(here.merge_request, ref=ref))
    said = [outlook(assess(facts(change=change), policy).risk) for change in (here, other)]
    assert said == [
        "Of 900 past changes here that were graded low, about 7% were later reverted or repaired.",
        None,
    ]


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        (
            ["project: acme/shop, level: low, changes: 199, faulty: 9"],
            "acme/shop: 199 changes of known fate are too few",
        ),
        (
            ["project: acme/shop, level: low, changes: 300, faulty: 301"],
            "acme/shop: 301 of 300 changes cannot have gone wrong",
        ),
        (
            ["project: acme/shop, level: low, changes: 300, faulty: 1"] * 2,
            "acme/shop: low stands there twice",
        ),
    ],
)
def test_figures_that_cannot_be_or_are_too_few_are_a_problem(rows: list[str], problem: str) -> None:
    with pytest.raises(InvalidFile, match=problem):
        written(*rows)
