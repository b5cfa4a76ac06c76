"""What the files name and no project has: a slip of the pen in a label, a branch or a team."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from routing.files.forge_names import Names, unknown_names
from routing.files.policy_file import parse_policy
from routing.people import Team
from tests.builders import a_person

POLICY = """\
version: 1
branches: {production: [main, "release/*"]}
ai: {labels: [ai-assisted]}
rules:
  - name: hot
    when: {any: [{labels: hotfix}, {not: {labels: docs}}], branch: [production, "next/*"]}
    require: {approvals: 1, from: {anyone: true}}
"""
SHOP = Names(
    frozenset({"hotfix", "docs", "ai-assisted"}), frozenset({"main", "release/1", "next/2"})
)


def unknown(projects: Mapping[str, Names]) -> list[str]:
    payments = Team("payments", {"github": "acme/payments"})
    people = [replace(a_person("dana"), teams=(payments,)), a_person("omar")]
    policy = parse_policy(POLICY, "policy.yml")
    return list(unknown_names(policy, people, "github", projects))


def test_where_everything_is_there_nothing_is_said() -> None:
    there = replace(SHOP, teams=frozenset({"acme/Payments"}))
    assert unknown({"acme/shop": there}) == []


@pytest.mark.parametrize(
    ("lacks", "said"),
    [
        (
            replace(SHOP, labels=frozenset({"docs", "ai-assisted"})),
            "acme/shop has no label “hotfix”, which the rule hot names",
        ),
        (
            replace(SHOP, labels=frozenset({"hotfix", "docs"})),
            "acme/shop has no label “ai-assisted”, which ai.labels names",
        ),
        (
            replace(SHOP, branches=frozenset({"main", "next/1"})),
            "acme/shop has no branch release/*, which the group production names",
        ),
        (
            replace(SHOP, branches=frozenset({"main", "release/1"})),
            "acme/shop has no branch next/*, which the rule hot names",
        ),
        (
            replace(SHOP, teams=frozenset({"acme/pay"})),
            "acme/shop knows no team acme/payments, which the people file calls payments",
        ),
    ],
)
def test_what_is_not_there_is_said_with_where_it_is_named(lacks: Names, said: str) -> None:
    assert unknown({"acme/shop": lacks}) == [said]


def test_one_of_several_projects_is_enough() -> None:
    bare = Names(frozenset(), frozenset())
    assert unknown({"acme/shop": SHOP, "acme/docs": bare}) == []


def test_teams_that_we_are_not_shown_may_be_there() -> None:
    assert unknown({"acme/shop": replace(SHOP, teams=None)}) == []
