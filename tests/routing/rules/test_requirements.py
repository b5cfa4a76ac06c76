"""Policy × change → the rules that apply, each with its reason, and the ways to meet them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.assessment import assess
from routing.facts import Facts
from routing.levels import RiskLevel
from routing.policy import (
    Ai,
    AllOf,
    AnyOf,
    Approvals,
    Domain,
    Policy,
    Qualification,
    Requirement,
)
from routing.rules.requirements import Applied, alternatives, apply_rules
from tests.builders import (
    AI_TRAILER,
    NOW,
    a_change,
    a_commit,
    a_file,
    a_rule,
    all_of,
    any_of,
    facts,
    one,
    policy,
)

PAYMENTS = Domain("payments", ("payments/**",), critical=True)
WEB = Domain("web", ("web/**",))
BRANCHES = {"production": ("main", "release/*")}
AI: dict[str, Any] = {"commits": [a_commit(message=f"Do it{AI_TRAILER}")]}


def applied(known: Facts, rules: Policy) -> tuple[Applied, ...]:
    """Every rule held against the change."""
    return apply_rules(rules, known, assess(known, rules), NOW.date())


@dataclass(frozen=True)
class When:
    """A rule's conditions and a change, and whether the rule applies."""

    conditions: dict[str, Any]
    change: dict[str, Any]
    applies: bool
    policy: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        told = [f"{key}={value}" for key, value in self.conditions.items()]
        return f"{', '.join(told)} {'applies' if self.applies else 'does not'}: {self.change}"[:90]


def touching(*paths: str, lines: int = 20) -> dict[str, Any]:
    """A change of these files."""
    return {"files": [a_file(path, lines) for path in paths]}


MOVED = {"files": [a_file("web/new.py", old_path="payments/old.py")]}
WHEN = [
    When({}, {}, applies=True),
    When({"ai": True}, {}, applies=False),
    When({"ai": False}, {}, applies=True),
    When({"ai": True}, {**AI, **touching("a.py")}, applies=True),
    When({"ai": False}, {**AI, **touching("a.py")}, applies=False),
    When({"ai": True}, {**AI, **touching("a.py", lines=9)}, applies=False),
    When({"ai": True}, {**AI, **touching("a.py", lines=10)}, applies=True),
    When({"ai": True}, {**AI, **touching("payments/a.py", lines=1)}, applies=True),
    When({"ai": True}, {**AI, **touching("a.py", lines=1)}, applies=True, policy={"ai": Ai(1)}),
    When({"branch": ("production",)}, {"base": "main"}, applies=True),
    When({"branch": ("production",)}, {"base": "release/1"}, applies=True),
    When({"branch": ("production",)}, {"base": "release/1/x"}, applies=False),
    When({"branch": ("production",)}, {"base": "dev"}, applies=False),
    When({"branch": ("dev*",)}, {"base": "dev-2"}, applies=True),
    When({"branch": ("production", "dev")}, {"base": "dev"}, applies=True),
    When({"min_risk": RiskLevel.HIGH}, touching("a.py", lines=1), applies=False),
    When({"min_risk": RiskLevel.HIGH}, touching("terraform/a.tf"), applies=True),
    When({"min_risk": RiskLevel.LOW}, touching("a.py", lines=1), applies=True),
    When({"domains": ("web",)}, touching("web/a.py"), applies=True),
    When({"domains": ("web",)}, touching("payments/a.py"), applies=False),
    When({"domains": ("payments",)}, MOVED, applies=True),
    When({"domains": ("web", "payments")}, touching("payments/a.py"), applies=True),
    When({"domains": ("critical",)}, touching("payments/a.py"), applies=True),
    When({"domains": ("critical",)}, touching("web/a.py"), applies=False),
    When({"paths": ("**/*.sql",)}, touching("a/b.sql"), applies=True),
    When({"paths": ("**/*.sql",)}, touching("a/b.py"), applies=False),
    When({"paths": ("payments/**",)}, MOVED, applies=True),
    When({"labels": ("risky", "big")}, {"labels": ("big",)}, applies=True),
    When({"labels": ("risky",)}, {"labels": ("Risky",)}, applies=False),
    When({"labels": ("risky",), "ai": True}, {"labels": ("risky",)}, applies=False),
    When({"labels": ("risky",), "branch": ("main",)}, {"labels": ("risky",)}, applies=True),
]


@pytest.mark.parametrize("case", WHEN, ids=str)
def test_a_rule_applies_when_all_its_conditions_hold(case: When) -> None:
    rules = policy(
        a_rule(**case.conditions), branches=BRANCHES, domains=(PAYMENTS, WEB), **case.policy
    )
    (found,) = applied(facts(change=a_change(**case.change)), rules)
    assert found.applies is case.applies
    assert found.reason.startswith("does not hold: ") is not case.applies


def test_the_reason_names_every_condition_that_held_or_the_first_that_did_not() -> None:
    rules = policy(a_rule(branch=("main",), labels=("big",)), a_rule(branch=("x",), ai=False))
    big, small = applied(facts(change=a_change(labels=("big",))), rules)
    assert big.reason == "main is one of main and it is labelled big"
    assert small.reason == "does not hold: main is one of x"


def test_a_large_deletion_by_ai_counts_as_ai() -> None:
    change = a_change(**AI, files=[a_file("auth.py", lines=2, deletions=500)])
    (found,) = applied(facts(change=change), policy(a_rule(ai=True)))
    assert found.applies


@pytest.mark.parametrize(
    "conditions",
    [{"domains": ("payments",)}, {"domains": ("critical",)}, {"paths": ("payments/**",)}],
    ids=["a domain", "the critical ones", "a path"],
)
def test_where_not_all_files_are_shown_rules_for_what_they_may_be_apply(
    conditions: dict[str, Any],
) -> None:
    gaps = ("GitHub shows 3,000 of 5,000 changed files.",)
    change = replace(a_change(gaps=gaps), hidden=True)
    rules = policy(a_rule(**conditions), domains=(PAYMENTS,))
    (found,) = applied(facts(change=change), rules)
    assert found.applies


def test_where_not_all_commits_are_shown_rules_for_ai_apply() -> None:
    gaps = ("GitHub lists no more than 250 commits.",)
    change = replace(a_change(gaps=gaps), hidden=True)
    (found,) = applied(facts(change=change), policy(a_rule(ai=True)))
    assert found.applies


def test_where_not_all_files_are_shown_expertise_is_asked_for_in_what_the_rule_names() -> None:
    change = replace(a_change(gaps=("GitHub shows 3,000 of 5,000 files.",)), hidden=True)
    rules = policy(a_rule(domains=("payments",)), domains=(PAYMENTS,))
    (found,) = applied(facts(change=change), rules)
    assert found.domains == ("payments",)


# Where expertise is asked for.

ADDED = Domain("everything-of-ours", ("**",), critical=True, added=True)


@pytest.mark.parametrize(
    ("conditions", "asked_in"),
    [
        ({}, ("payments", "web")),
        ({"domains": ("web",)}, ("web",)),
        ({"domains": ("critical",)}, ("payments",)),
    ],
    ids=["any", "one", "the critical"],
)
def test_expertise_is_asked_for_in_the_touched_domains_that_the_rule_names(
    conditions: dict[str, Any], asked_in: tuple[str, ...]
) -> None:
    rules = policy(a_rule(**conditions), domains=(PAYMENTS, WEB, Domain("docs", ("docs/**",))))
    change = a_change(**touching("payments/a.py", "web/a.py"))
    (found,) = applied(facts(change=change), rules)
    assert found.domains == asked_in


def test_the_organisation_s_rules_look_past_a_domain_that_the_repository_added() -> None:
    added = a_rule(name="theirs")
    rules = policy(a_rule(), type(added)("theirs", added.when, added.require, added=True))
    rules = Policy(hash="p", rules=rules.rules, domains=(PAYMENTS, ADDED))
    change = a_change(**touching("payments/a.py"))
    ours, theirs = applied(facts(change=change), rules)
    assert ours.domains == ("payments",)
    assert theirs.domains == ("payments", "everything-of-ours")


# Ways.


def test_any_is_a_choice_of_ways_and_all_a_list_of_places() -> None:
    a, b, c = (one(people=(who,)) for who in "abc")
    assert alternatives(any_of(a, b)) == ((a,), (b,))
    assert alternatives(all_of(a, b)) == ((a, b),)
    assert alternatives(all_of(any_of(a, b), c)) == ((a, c), (b, c))
    assert alternatives(any_of(all_of(a, b), c)) == ((a, b), (c,))


LEAVES = st.builds(
    lambda count, who: Approvals(count, Qualification(people=(who,))),
    st.integers(1, 3),
    st.sampled_from("abcd"),
)
TREES: st.SearchStrategy[Requirement] = st.recursive(
    LEAVES,
    lambda parts: st.one_of(
        st.lists(parts, min_size=1, max_size=3).map(lambda them: AnyOf(tuple(them))),
        st.lists(parts, min_size=1, max_size=3).map(lambda them: AllOf(tuple(them))),
    ),
    max_leaves=6,
)


def naive_ways(tree: Requirement) -> set[tuple[str, ...]]:
    """The same by another road: each way as the sorted names of its places, with repeats."""
    match tree:
        case Approvals(count, wanted):
            return {wanted.people * count}
        case AnyOf(parts):
            return set[tuple[str, ...]]().union(*(naive_ways(part) for part in parts))
        case AllOf(parts):
            ways = product(*(naive_ways(part) for part in parts))
            return {tuple(sorted(sum(way, ()))) for way in ways}


@given(tree=TREES)
def test_alternatives_are_exactly_the_ways_through_the_tree(tree: Requirement) -> None:
    found = {
        tuple(sorted(who for place in way for who in place.qualification.people * place.count))
        for way in alternatives(tree)
    }
    assert found == naive_ways(tree)
