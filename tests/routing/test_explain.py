"""What the gate says in one line: what is missing, who blocks, who approved; never too long."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.explain import PROVENANCE_WORDS, gate_description, provenance_sentence
from routing.levels import Level
from routing.policy import Asking, Domain
from routing.provenance import Provenance, ProvenanceVerdict
from routing.record import Review
from tests.builders import (
    a_person,
    all_of,
    any_of,
    approves,
    facts,
    objects,
    one,
    policy,
    seniors,
)
from tests.routing.desk import Desk

LIMIT = 140
ANA, DANA, OMAR = a_person("ana"), a_person("dana", years=6), a_person("omar")


def desk() -> Desk:
    """Ana's change, for which somebody senior is needed."""
    return Desk(facts(ANA, DANA, OMAR), policy(seniors(), one()))


def test_what_is_missing_is_named_with_who_is_asked() -> None:
    asked = desk()
    asked.take()
    assert gate_description(asked.review).startswith("needs tenure ≥ 5 y (asked ")


def test_who_approved_is_named() -> None:
    approved = desk()
    approved.take(approves("dana"))
    assert gate_description(approved.review) == "approved by Dana"


def test_who_objected_is_named() -> None:
    blocked = desk()
    blocked.take(objects("omar"))
    assert gate_description(blocked.review) == "Omar asked for changes"


def test_a_draft_says_so_whatever_else_is_true() -> None:
    blocked = desk()
    blocked.take(objects("omar"))
    blocked.becomes(draft=True)
    assert gate_description(blocked.review) == "a draft: nobody is asked yet"


def everything_long(text: str) -> list[Review]:
    """Reviews in each state, with a text in every place where people write."""
    long = replace(DANA, name=text, id=f"dana{text}")
    waiting = Desk(facts(ANA, long), policy(one(people=(long.id,))))
    blocked = Desk(facts(ANA, long), policy(seniors()))
    broken = Desk(facts(ANA, long, problems=(text, text)), policy(seniors()))
    approved = Desk(facts(ANA, long), policy(seniors()))
    for one_desk in (waiting, broken):
        one_desk.take()
    blocked.take(objects("dana"))
    approved.take(approves("dana"))
    assert approved.gate == "success"
    return [each.review for each in (waiting, blocked, broken, approved)]


@given(text=st.text(min_size=1, max_size=300))
def test_a_description_never_exceeds_what_the_forge_takes(text: str) -> None:
    for review in everything_long(text):
        assert review.gate is not None
        assert 0 < len(review.gate.description) <= LIMIT


@pytest.mark.parametrize("verdict", ProvenanceVerdict)
def test_every_verdict_has_words_and_none_says_human(verdict: ProvenanceVerdict) -> None:
    words = provenance_sentence(Provenance(verdict))
    assert words == PROVENANCE_WORDS[verdict]
    assert "human" not in words


def test_tools_are_named_beside_the_verdict() -> None:
    found = Provenance(ProvenanceVerdict.AI_ASSISTED, tools=("Claude Code", "Cursor"))
    assert provenance_sentence(found) == "AI-assisted (Claude Code, Cursor)"


def test_a_choice_is_named_as_one_with_who_is_asked() -> None:
    knows = replace(OMAR, domains={"payments": Level.EXPERT})
    choice = any_of(seniors(), one(min_expertise=Level.PROFICIENT))
    rules = policy(choice, domains=(Domain("payments", ("src/**",)),))
    asked = Desk(facts(ANA, DANA, knows), rules)
    asked.take()
    said = "needs 1 of: tenure ≥ 5 y, or proficient in payments (asked omar, dana)"
    assert gate_description(asked.review) == said


def test_what_is_missing_is_what_those_who_are_asked_can_give() -> None:
    knows = {"payments": Level.EXPERT}
    both = a_person("dana", years=9, domains=knows)
    grace, omar = a_person("grace", years=7), a_person("omar", years=1, domains=knows)
    rule = all_of(seniors(), one(min_expertise=Level.PROFICIENT))
    rules = policy(rule, domains=(Domain("payments", ("src/**",)),))
    either = "needs 1 of: tenure ≥ 5 y, or proficient in payments (asked "
    for not_asked, said in (
        (omar, "needs tenure ≥ 5 y (asked grace)"),
        (grace, "needs proficient in payments (asked omar)"),
        (None, either),
    ):
        out = {one.id: ("**",) for one in (not_asked,) if one is not None}
        asked = Desk(facts(ANA, both, grace, omar, opted_out=out), rules)
        asked.take(approves("dana"))
        assert gate_description(asked.review).startswith(said)


def test_a_long_line_still_says_who_is_asked() -> None:
    crowd = [a_person(f"somebody-with-a-long-name-{number}", years=9) for number in range(4)]
    rules = [one(min_tenure=60 + more) for more in range(6)]
    asked = Desk(facts(ANA, *crowd), policy(*rules, review=Asking(ask=4)))
    asked.take()
    said = gate_description(asked.review)
    assert len(said) <= LIMIT
    assert said.startswith("needs tenure ≥ 5 y; ")
    assert said.endswith(" and 3 more)")
