"""Warnings beside a sound policy: rules nobody can meet, twins, and doors left open."""

from __future__ import annotations

from datetime import date

import pytest

from routing.files.policy_file import parse_policy
from routing.files.policy_warnings import warn
from routing.files.problems import Problem
from routing.people import Person, Team
from tests.builders import NOW

ANYONE = "require: {approvals: 1, from: {anyone: true}}"
EVERYTHING = f"  - {{name: everything, {ANYONE}}}"
WEB = Team("web")
PEOPLE = (
    Person("dana", "Dana", started=date(2015, 1, 1), teams=(WEB,)),
    Person("omar", "Omar", started=date(2022, 1, 1), teams=(WEB,)),
    Person("kim", "Kim", started=date(2010, 1, 1), active=False),
    Person("nova", "Nova"),
)


def warnings(*rules: str, people: tuple[Person, ...] | None = PEOPLE) -> tuple[Problem, ...]:
    """What is said of these rules; the first stands on line 3."""
    text = "\n".join(["version: 1", "rules:", *rules])
    return warn(text, "p.yml", parse_policy(text, "p.yml", people), people, NOW.date())


def requiring(require: str) -> tuple[Problem, ...]:
    """What is said of a rule that requires this."""
    return warnings(f"  - {{name: it, when: {{ai: true}}, require: {require}}}", EVERYTHING)


@pytest.mark.parametrize(
    ("require", "said"),
    [
        ("{approvals: 1, from: {min_tenure: 20y}}", "nobody in the people file could ever meet"),
        ("{approvals: 3, from: {teams: web}}", "nobody in the people file could ever meet"),
        ("{approvals: 2, from: {teams: web}}", "without dana and omar nobody could meet this"),
        ("{approvals: 1, from: {min_tenure: 5y}}", "without dana nobody could meet this"),
        (
            "{all: [{approvals: 1, from: {people: dana}}, {approvals: 1, from: {min_tenure: 5y}}]}",
            "nobody in the people file could ever meet this: dana, and tenure ≥ 5 y",
        ),
    ],
)
def test_a_rule_that_too_few_people_can_meet_is_told(require: str, said: str) -> None:
    (found,) = requiring(require)
    assert (found.line, found.path) == (3, "rules[0].require")
    assert found.message.startswith(said)


@pytest.mark.parametrize(
    "require",
    [
        "{approvals: 1, from: {min_tenure: 3y}}",
        "{approvals: 1, from: {min_expertise: expert}}",
        "{approvals: 2, from: {owners: true}}",
        "{any: [{approvals: 1, from: {min_tenure: 20y}}, {approvals: 1, from: {min_tenure: 1y}}]}",
    ],
)
def test_a_rule_that_people_can_meet_or_only_the_history_can_tell_of_is_fine(require: str) -> None:
    assert not requiring(require)


def test_somebody_who_left_cannot_approve() -> None:
    found = requiring("{approvals: 1, from: {people: [kim, dana, omar]}}")
    assert [one.message for one in found] == ["kim cannot approve: gone, or a bot"]


def test_without_a_people_file_nobody_can_say_whom_rules_admit() -> None:
    rule = "  - {name: it, require: {approvals: 1, from: {min_tenure: 90y}}}"
    assert not warnings(rule, people=None)


def test_a_change_that_no_rule_covers_does_not_pass() -> None:
    (found,) = warnings(f"  - {{name: it, when: {{ai: true}}, {ANYONE}}}")
    assert (found.line, found.path) == (2, "rules")
    assert "a change that no rule covers does not pass" in found.message


def test_a_rule_in_another_s_shadow_is_told_once() -> None:
    twins = [f"  - {{name: {name}, when: {{draft: false}}, {ANYONE}}}" for name in ("a", "b")]
    strict = "  - {name: c, require: {approvals: 2, from: {anyone: true}}}"
    (found,) = warnings(*twins, strict)
    assert (found.path, found.message) == (
        "rules[1]",
        "`a` asks for the same, whenever this applies",
    )
    beside = warnings(twins[0], EVERYTHING)
    assert [one.message for one in beside] == [
        "`everything` asks for the same, whenever this applies"
    ]


@pytest.mark.parametrize(
    ("when", "told"),
    [
        ("{not: {labels: trivial}}", True),
        ("{ai: true, any: [{not: {labels: trivial}}, {draft: true}]}", True),
        ("{labels: risky}", False),
        ("{not: {not: {labels: risky}}}", False),
    ],
)
def test_a_label_that_switches_a_rule_off_is_told(when: str, *, told: bool) -> None:
    rule = f"  - {{name: it, when: {when}, require: {{approvals: 2, from: {{anyone: true}}}}}}"
    found = [one.message for one in warnings(rule, EVERYTHING)]
    assert ("whoever may set labels can switch this rule off" in found) is told
