"""A rule's conditions: what holds, what does not, and what nobody can tell, which counts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.assessment import assess
from routing.facts import Facts
from routing.levels import RiskLevel
from routing.model import Change
from routing.people import Team
from routing.policy import Domain, TenureSpan, When
from routing.rules.conditions import Checked, Conditions, Truth
from tests.builders import (
    AI_TRAILER,
    NOW,
    a_change,
    a_commit,
    a_file,
    a_person,
    a_rule,
    a_signature,
    a_stranger,
    an_account,
    facts,
    policy,
)

YES, NO, UNKNOWN = Truth.YES, Truth.NO, Truth.UNKNOWN
PAYMENTS = Domain("payments", ("payments/**",), critical=True)
PEOPLE = (
    a_person("ana", years=0, teams=(Team("web"), Team("interns"))),
    a_person("dana", years=9, teams=(Team("core"),)),
    a_person("omar", years=3),
    a_person("nova", years=None),
    a_person("robo", bot=True, logins={"github": "robo"}),
)


def checked(when: When, known: Facts) -> Checked:
    """The conditions held against the change, in a policy of one rule that has them."""
    rules = replace(policy(a_rule()), domains=(PAYMENTS,))
    rules = replace(rules, rules=(replace(rules.rules[0], when=when),))
    return Conditions(rules, known, assess(known, rules), NOW.date()).check(when)


def truth(known: Facts | None = None, /, **when: Any) -> Truth:
    """Whether these conditions hold."""
    return checked(When(**when), known or facts(*PEOPLE)).truth


def by(*writers: str, opener: str | None = None, **more: Any) -> Facts:
    """A change with a commit of each of these people, opened by the first."""
    commits = [a_commit(who, sha=f"{number:040}") for number, who in enumerate(writers)]
    return facts(*PEOPLE, change=a_change(opener or writers[0], commits=commits, **more))


def hiding(known: Facts) -> Facts:
    """The same facts where the forge lists fewer files and commits than there are."""
    return replace(known, change=replace(known.change, hidden=True))


@pytest.mark.parametrize(
    ("writers", "when", "holds"),
    [
        (["ana"], {"authors": ("ana", "omar")}, YES),
        (["ana"], {"authors": ("dana",)}, NO),
        (["ana", "omar"], {"authors": ("ana", "omar")}, YES),
        (["ana", "dana"], {"authors": ("dana",)}, UNKNOWN),
        (["ana", "nobody"], {"authors": ("dana",)}, UNKNOWN),
        (["ana"], {"author_teams": ("core", "web")}, YES),
        (["omar"], {"author_teams": ("core", "web")}, NO),
        (["dana", "ana"], {"author_teams": ("core",)}, UNKNOWN),
        (["ana"], {"author_tenure": TenureSpan(less_than=12)}, YES),
        (["omar"], {"author_tenure": TenureSpan(less_than=12)}, NO),
        (["omar", "ana"], {"author_tenure": TenureSpan(less_than=12)}, UNKNOWN),
        (["omar"], {"author_tenure": TenureSpan(at_least=24)}, YES),
        (["omar"], {"author_tenure": TenureSpan(at_least=24, less_than=30)}, NO),
        (["nova"], {"author_tenure": TenureSpan(less_than=12)}, UNKNOWN),
        (["nova"], {"author_tenure": TenureSpan(at_least=12)}, UNKNOWN),
    ],
)
def test_a_change_is_its_authors_when_all_of_them_are_known_to_fit(
    writers: list[str], when: dict[str, Any], holds: Truth
) -> None:
    assert truth(by(*writers), **when) is holds


def test_a_change_opened_by_one_and_written_by_another_is_both_s() -> None:
    assert truth(by("ana", opener="dana"), author_teams=("core",)) is UNKNOWN


def test_a_bot_is_nobody_s_author() -> None:
    bot = an_account("renovate", bot=True)
    signed = a_signature("renovate", account=bot)
    known = facts(*PEOPLE, change=a_change(account=bot, commits=[a_commit(signed=signed)]))
    assert truth(known, author_tenure=TenureSpan(less_than=12)) is NO


def test_a_commit_of_a_stranger_may_be_anybody_s() -> None:
    change = a_change("ana", commits=[a_commit("ana"), a_commit(signed=a_stranger())])
    assert truth(facts(*PEOPLE, change=change), author_teams=("web",)) is UNKNOWN


def of(*files: Any, **more: Any) -> Facts:
    """A change of these files."""
    return facts(*PEOPLE, change=a_change(files=files, **more))


@pytest.mark.parametrize(
    ("known", "when", "holds"),
    [
        (of(a_file(lines=300, deletions=100)), {"min_lines": 400}, YES),
        (of(a_file(lines=300, deletions=99)), {"min_lines": 400}, NO),
        (of(a_file(lines=3), a_file("x.py", patch=None)), {"min_lines": 400}, UNKNOWN),
        (of(draft=True), {"draft": True}, YES),
        (of(draft=True), {"draft": False}, NO),
        (of(), {"draft": False}, YES),
        (of(a_file()), {"min_risk": RiskLevel.HIGH}, NO),
        (of(a_file(patch=None)), {"min_risk": RiskLevel.CRITICAL}, UNKNOWN),
        (of(a_file(patch=None)), {"min_risk": RiskLevel.LOW}, UNKNOWN),
        (of(a_file("logo.png", 0, patch=None)), {"min_risk": RiskLevel.HIGH}, NO),
    ],
)
def test_the_size_and_state_of_a_change(known: Facts, when: dict[str, Any], holds: Truth) -> None:
    assert truth(known, **when) is holds


def test_a_few_lines_of_ai_beside_what_cannot_be_seen_may_be_many() -> None:
    written = [a_commit(message=f"Do it{AI_TRAILER}")]
    few = of(a_file(lines=2), commits=written)
    unseen = of(a_file(lines=2), a_file("x.py", 0, patch=None), commits=written)
    assert (truth(few, ai=True), truth(unseen, ai=True)) == (NO, UNKNOWN)


CONTENT: list[dict[str, Any]] = [
    {"ai": True},
    {"ai": False},
    {"min_risk": RiskLevel.LOW},
    {"domains": ("payments",)},
    {"paths": ("db/**",)},
    {"min_lines": 999},
    {"dependencies_changed": True},
    {"dependencies_changed": False},
    {"authors": ("dana",)},
]


@pytest.mark.parametrize("when", CONTENT, ids=str)
def test_of_what_is_hidden_nobody_can_tell_nor_of_its_opposite(when: dict[str, Any]) -> None:
    known = hiding(by("ana"))
    assert truth(known, **when) is UNKNOWN
    assert truth(known, not_=When(**when)) is UNKNOWN


def test_what_is_seen_is_there_whatever_else_is_hidden() -> None:
    known = hiding(of(a_file("payments/a.py", 20), labels=("x",)))
    assert truth(known, paths=("payments/**",), domains=("critical",), labels=("x",)) is YES


# Trees.

HOLDS, FAILS, PERHAPS = When(labels=("x",)), When(labels=("y",)), When(paths=("db/**",))


@pytest.mark.parametrize(
    ("tree", "holds"),
    [
        (When(not_=HOLDS), NO),
        (When(not_=FAILS), YES),
        (When(not_=PERHAPS), UNKNOWN),
        (When(any_of=(FAILS, HOLDS)), YES),
        (When(any_of=(FAILS, PERHAPS)), UNKNOWN),
        (When(any_of=(HOLDS, PERHAPS)), YES),
        (When(any_of=(FAILS, FAILS)), NO),
        (When(all_of=(HOLDS, HOLDS)), YES),
        (When(all_of=(HOLDS, PERHAPS)), UNKNOWN),
        (When(all_of=(FAILS, PERHAPS)), NO),
        (When(labels=("x",), not_=When(labels=("x",), paths=("db/**",))), UNKNOWN),
        (When(not_=When(not_=HOLDS)), YES),
        (When(), YES),
    ],
)
def test_trees_follow_three_valued_logic(tree: When, holds: Truth) -> None:
    known = hiding(of(labels=("x",)))
    assert checked(tree, known).truth is holds


@pytest.mark.parametrize(
    ("tree", "said"),
    [
        (HOLDS, "it is labelled x"),
        (PERHAPS, "perhaps it touches db/**"),
        (When(draft=False, labels=("x",)), "it is labelled x and it is no draft"),
        (When(draft=True, labels=("y",)), "it is labelled y"),
        (When(any_of=(FAILS, HOLDS)), "it is labelled x"),
        (When(any_of=(FAILS, FAILS)), "it is labelled y or it is labelled y"),
        (When(not_=FAILS), "not (it is labelled y)"),
        (
            When(author_tenure=TenureSpan(6, 24)),
            "perhaps its author's tenure is ≥ 6 months and < 2 y",
        ),
    ],
)
def test_every_condition_keeps_its_sentence(tree: When, said: str) -> None:
    assert checked(tree, hiding(of(labels=("x",)))).reason == said


def test_a_tree_shows_every_part_with_what_came_of_it() -> None:
    found = checked(When(labels=("x",), any_of=(FAILS, PERHAPS)), hiding(of(labels=("x",))))
    label, choice = found.parts
    assert label == Checked("it is labelled x", YES)
    assert [part.truth for part in choice.parts] == [NO, UNKNOWN]


# Hiding something can only add requirements.

LEAVES = st.sampled_from(
    [
        *CONTENT,
        {"min_risk": RiskLevel.HIGH},
        {"domains": ("critical",)},
        {"paths": ("payments/**",)},
        {"min_lines": 30},
        {"authors": ("ana",)},
        {"author_teams": ("web",)},
        {"author_teams": ("core",)},
        {"author_tenure": TenureSpan(less_than=12)},
        {"author_tenure": TenureSpan(at_least=24)},
        {"labels": ("x",)},
        {"draft": False},
    ]
).map(lambda when: When(**when))
TREES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        inner.map(lambda part: When(not_=part)),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: When(any_of=tuple(parts))),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: When(all_of=tuple(parts))),
        st.tuples(LEAVES, inner).map(lambda pair: replace(pair[0], not_=pair[1])),
    ),
    max_leaves=6,
)
FILES = (
    a_file("payments/a.py", 25),
    a_file("web/b.ts", 8, 4),
    a_file("package.json", 1, patch='@@ -1 +1 @@\n+  "left-pad": "1.3.0",'),
    a_file("docs/c.md"),
)
WHOLE = st.builds(
    lambda files, writers, marked: a_change(
        "ana",
        files=files,
        commits=[
            a_commit(who, sha=f"{number:040}", message=AI_TRAILER if marked else "Do it")
            for number, who in enumerate(writers)
        ],
        labels=("x",),
    ),
    st.lists(st.sampled_from(FILES), min_size=1, max_size=4, unique=True),
    st.lists(st.sampled_from(["ana", "dana", "omar", "nova"]), min_size=1, max_size=3),
    st.booleans(),
)


@st.composite
def less_of(draw: st.DrawFn, change: Change) -> Facts:
    """The change with some of its files, commits and people out of sight, and the forge says so."""
    files = draw(st.sets(st.sampled_from(range(len(change.files)))))
    commits = draw(st.sets(st.sampled_from(range(len(change.commits)))))
    gone = draw(st.sets(st.sampled_from([person.id for person in PEOPLE])))
    undated = draw(st.sets(st.sampled_from([person.id for person in PEOPLE])))
    left = replace(
        change,
        files=tuple(one for number, one in enumerate(change.files) if number not in files),
        commits=tuple(one for number, one in enumerate(change.commits) if number not in commits),
        hidden=bool(files or commits),
    )
    people = [
        replace(person, started=None) if person.id in undated else person
        for person in PEOPLE
        if person.id not in gone
    ]
    return facts(*people, change=left) if people else facts(a_person("zoe"), change=left)


@given(data=st.data(), change=WHOLE, tree=TREES)
def test_hiding_something_can_only_add_requirements(
    data: st.DataObject, change: Change, tree: When
) -> None:
    if checked(tree, facts(*PEOPLE, change=change)).truth is not NO:
        assert checked(tree, data.draw(less_of(change))).truth is not NO
