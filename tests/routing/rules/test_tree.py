"""The result tree in words: why a rule applies, who has met it, and who could."""

from __future__ import annotations

from dataclasses import replace

from routing.policy import When
from routing.rules.tree import Mark, conditions, mark_of, tree, ways
from tests.builders import (
    a_change,
    a_person,
    a_rule,
    all_of,
    any_of,
    approves,
    facts,
    one,
    policy,
    seniors,
)
from tests.routing.desk import Desk

ANA, DANA, OMAR = a_person("ana"), a_person("dana", years=6), a_person("omar", years=7)


def desk(*rules: object, **known: object) -> Desk:
    found = Desk(facts(ANA, DANA, OMAR, **known), policy(*rules))  # type: ignore[arg-type]  # as given
    found.take()
    return found


def test_each_condition_says_whether_it_holds() -> None:
    rule = a_rule(labels=("hot",), any_of=(When(paths=("src/**",)), When(branch=("release/*",))))
    (found,) = desk(rule, one()).review.verdict.rules[:1]
    assert mark_of(found) is Mark.NOT_APPLICABLE
    label, either = conditions(found)
    assert (label.mark, label.sentence) == (Mark.NOT, "it is labelled hot")
    assert either.mark is Mark.HOLDS
    assert [(node.mark, node.sentence) for node in either.nodes] == [
        (Mark.HOLDS, "it touches src/**"),
        (Mark.NOT, "main is one of release/*"),
    ]


def test_what_nobody_can_tell_is_told_as_perhaps() -> None:
    hidden = replace(a_change(), hidden=True)
    rule = a_rule(paths=("db/**",), branch=("main",))
    (found,) = desk(rule, change=hidden).review.verdict.rules
    assert found.applies
    marks = {node.sentence: node.mark for node in conditions(found)}
    assert marks == {"it touches db/**": Mark.PERHAPS, "main is one of main": Mark.HOLDS}


def test_a_single_condition_is_the_reason_itself() -> None:
    (found,) = desk(a_rule(paths=("src/**",))).review.verdict.rules
    assert conditions(found) == ()
    assert tree(found, str).sentence == "everything: it touches src/**"


def test_every_place_names_who_has_it_or_who_could() -> None:
    on_it = desk(all_of(seniors(), one()))
    on_it.take(approves("dana"))
    (found,) = on_it.review.verdict.rules
    told = {node.mark: node.sentence for node in ways(found, on_it.review.name)}
    assert told[Mark.MET].endswith(": Dana")
    assert "Omar" in told[Mark.UNMET]
    assert told[Mark.UNMET].endswith(" could")
    assert "Dana" not in told[Mark.UNMET]


def test_a_way_that_nobody_can_go_says_so() -> None:
    (found,) = desk(any_of(one(people=("zoe",)), seniors())).review.verdict.rules
    impossible, possible = ways(found, str)
    assert impossible.mark is Mark.IMPOSSIBLE
    assert impossible.nodes[0].sentence.endswith("nobody can give it")
    assert possible.mark is Mark.UNMET
    assert tree(found, str).plain()["mark"] == "unmet"
