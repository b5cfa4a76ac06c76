"""What an organisation adds to the signals of AI and to the points of risk, and what follows."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from routing.assessment import Assessment, assess
from routing.effects import PostComment
from routing.facts import Facts
from routing.files.policy_file import parse_policy
from routing.files.problems import InvalidFile
from routing.model import Change
from routing.provenance import ProvenanceVerdict
from routing.rules.requirements import apply_rules
from tests.builders import (
    AI_TRAILER,
    NOW,
    a_change,
    a_commit,
    a_file,
    a_person,
    a_signature,
    approves,
    facts,
)
from tests.routing.desk import Desk

RULES = """
rules:
  - {name: ai, when: {ai: true}, require: {approvals: 1, from: {anyone: true}}}
  - name: supply
    when: {dependencies_changed: true}
    require: {approvals: 1, from: {anyone: true}}
  - {name: everything, require: {approvals: 1, from: {anyone: true}}}
"""


def found(change: Change, written: str = "") -> Assessment:
    """The assessment of a change under a policy with these lines."""
    return assess(facts(change=change), parse_policy(f"version: 1\n{written}{RULES}", "policy.yml"))


def applying(known: Facts, written: str = "") -> set[str]:
    policy = parse_policy(f"version: 1\n{written}{RULES}", "policy.yml")
    applied = apply_rules(policy, known, assess(known, policy), NOW.date())
    return {one.rule.name for one in applied if one.applies}


def test_a_label_named_in_the_policy_declares_ai() -> None:
    change = a_change(labels=("ai-assisted",))
    assert found(change).provenance.verdict is ProvenanceVerdict.UNKNOWN
    declared = found(change, "ai: {labels: [ai-assisted]}\n")
    assert declared.provenance.verdict is ProvenanceVerdict.DECLARED


@pytest.mark.parametrize(("mark", "ai"), [("x", True), (" ", False)])
def test_a_box_named_in_the_policy_declares_ai_when_it_is_ticked(mark: str, *, ai: bool) -> None:
    change = a_change(body=f"- [{mark}] AI-assisted (tool: Claude Code)")
    assert found(change, "ai: {boxes: [AI-assisted]}\n").provenance.ai is ai


def test_an_agent_of_the_house_is_ai_as_an_author() -> None:
    signed = a_signature("ana", email="agent@acme.example", account=None)
    change = a_change(commits=[a_commit(signed=signed)])
    own = "ai: {agents: [{tool: House agent, addresses: [agent@acme.example]}]}\n"
    assert found(change, own).provenance.verdict is ProvenanceVerdict.AI_AUTHORED
    assert found(change, own).provenance.tools == ("House agent",)


def test_a_trailer_of_the_house_is_a_tools() -> None:
    change = a_change(commits=[a_commit(message="Do it\n\nHouse-Tool: session 7")])
    own = "ai: {trailers: [{tool: House tool, key: House-Tool}]}\n"
    assert found(change, own).provenance.verdict is ProvenanceVerdict.AI_ASSISTED


def test_a_denial_beside_evidence_is_a_contradiction() -> None:
    body = "- [x] No AI was used"
    own = "ai: {denials: [No AI]}\n"
    trailed = a_change(body=body, commits=[a_commit(message=f"Do it{AI_TRAILER}")])
    (said,) = found(trailed, own).contradictions
    assert said.startswith("the author ticked “[x] No AI was used”, yet commit")
    assert found(a_change(body=body), own).contradictions == ()


def test_few_assisted_lines_count_in_infrastructure_unless_the_policy_says_otherwise() -> None:
    commits = [a_commit(message=f"Do it{AI_TRAILER}")]
    change = a_change(files=[a_file("deploy/app.tf", lines=2)], commits=commits)
    assert "ai" in applying(facts(change=change))
    assert "ai" not in applying(facts(change=change), "ai: {always: [critical]}\n")
    plain = a_change(files=[a_file("src/a.py", lines=2)], commits=commits)
    assert "ai" not in applying(facts(change=plain))


def test_a_changed_dependency_is_named_and_a_rule_can_ask_for_it() -> None:
    patch = "@@ -1 +1,2 @@\n flask==3.0\n+left-pad==1.3"
    change = a_change(files=[a_file("requirements.txt", lines=1, patch=patch)])
    assert found(change).dependencies == ("adds left-pad ==1.3",)
    assert "supply" in applying(facts(change=change))
    assert "supply" not in applying(facts(change=a_change()))


def test_the_policys_points_take_the_place_of_the_built_in_ones() -> None:
    change = a_change(files=[a_file("src/payments/charge.py", lines=2)])
    heavy = found(change, "risk: {points: {payment: 9}}\n").risk
    assert heavy.score - found(change).risk.score == 6


NIGHT = datetime(2026, 3, 7, 22, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "zone", "said"),
    [
        (NIGHT, "UTC", "Last written outside working hours: Saturday, 22:10 in UTC."),
        (NIGHT.replace(day=5, hour=10), "UTC", None),
        (NIGHT.replace(day=5, hour=22), "America/Los_Angeles", None),
        (
            NIGHT.replace(day=5, hour=10),
            "America/Los_Angeles",
            "Last written outside working hours: Thursday, 02:10 in America/Los_Angeles.",
        ),
    ],
)
def test_hours_count_where_the_policy_asks_and_are_the_authors_own(
    at: datetime, zone: str, said: str | None
) -> None:
    commits = [a_commit(signed=a_signature("ana", at=at))]
    change, ana = a_change(commits=commits), a_person("ana", timezone=zone)
    asked = assess(
        facts(ana, change=change),
        parse_policy(f"version: 1\nrisk: {{points: {{after_hours: 2}}}}\n{RULES}", "policy.yml"),
    ).risk
    found = [one.sentence for one in asked.factors if one.name == "after_hours"]
    assert found == ([said] if said else [])


def test_hours_count_nothing_where_the_policy_does_not_ask() -> None:
    change = a_change(commits=[a_commit(signed=a_signature("ana", at=NIGHT))])
    assert "after_hours" not in {one.name for one in found(change).risk.factors}


def test_points_of_an_unknown_name_are_a_problem_with_a_guess() -> None:
    with pytest.raises(InvalidFile, match=r"risk\.points: `paymnt` .* did you mean payment\?"):
        found(a_change(), "risk: {points: {paymnt: 9}}\n")


def test_the_kept_trailer_is_offered_once_when_the_change_may_be_merged() -> None:
    text = f"version: 1\nai: {{keep_trailer: Assisted-by}}\n{RULES}"
    change = a_change(files=[a_file(lines=20)], commits=[a_commit(message=f"Do it{AI_TRAILER}")])
    desk = Desk(facts(change=change), parse_policy(text, "policy.yml"))
    desk.take()
    assert not desk.told(PostComment)
    desk.take(approves("dana"))
    assert [one.said for one in desk.told(PostComment)] == ["Assisted-by: Claude Code"]
    desk.take()
    assert not desk.told(PostComment)
