"""Person × requirement → qualified, or what is missing, in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.facts import Facts, History
from routing.knowledge.expertise import Expertise
from routing.levels import Level
from routing.people import MONTHS_A_YEAR, Person, Team
from routing.phrases import render_months
from routing.policy import Codeowners, Qualification
from routing.rules.qualification import (
    Lack,
    Reason,
    Standing,
    may_never_approve,
    qualifies,
    render_qualification,
    shortfall,
    standing,
)
from tests.builders import NOW, a_person, facts, owned, policy

TODAY = NOW.date()
DANA = a_person("dana", years=None)


def said(lack: Lack | None) -> str | None:
    """What is lacking, in words."""
    return lack.sentence if lack is not None else None


def knows(level: Level) -> Expertise:
    """Measured expertise."""
    return Expertise(level, 0.5, 3, 4, None, sentence=f"is {level} by history")


def where(known: Facts | None = None, codeowners: Codeowners = Codeowners.ADVISE) -> Standing:
    """What everybody is to a change."""
    return standing(known or facts(), policy(codeowners=codeowners), TODAY)


@pytest.mark.parametrize(
    ("person", "wanted", "lack"),
    [
        ({}, {}, None),
        ({"started": date(2021, 11, 16)}, {"min_tenure": 60}, None),
        ({"started": date(2021, 11, 17)}, {"min_tenure": 60}, "tenure short by 1 month"),
        ({"started": date(2024, 8, 16)}, {"min_tenure": 60}, "tenure short by 2 y 9 months"),
        ({}, {"min_tenure": 60}, "tenure is not written down"),
        ({"experience_since": date(2016, 1, 1)}, {"min_tenure": 60}, "tenure is not written down"),
        ({"experience_since": date(2016, 1, 1)}, {"min_experience": 120}, None),
        ({"started": date(2016, 1, 1)}, {"min_experience": 120}, None),
        ({"started": date(2025, 11, 16)}, {"min_experience": 24}, "experience short by 1 y"),
        ({}, {"min_experience": 24}, "experience is not written down"),
        ({"started": date(2027, 1, 1)}, {"min_tenure": 1}, "tenure short by 1 month"),
        ({}, {"people": ("dana", "omar")}, None),
        ({}, {"people": ("omar", "kim")}, "is not one of omar, kim"),
        ({}, {"owners": True}, "is no code owner of these files"),
        (
            {},
            {"min_expertise": Level.PROFICIENT},
            "no expertise in these files, needs proficient",
        ),
    ],
)
def test_what_a_person_lacks_is_said_in_words(
    person: dict[str, Any], wanted: dict[str, Any], lack: str | None
) -> None:
    dana = replace(DANA, **person)
    assert said(shortfall(dana, Qualification(**wanted), (), where(facts(dana)))) == lack


def test_every_condition_named_must_hold() -> None:
    wanted = Qualification(min_tenure=12, people=("dana",))
    assert shortfall(a_person("dana", years=2), wanted, (), where()) is None
    assert said(shortfall(a_person("omar", years=2), wanted, (), where())) == "is not one of dana"
    assert shortfall(a_person("dana", years=0), wanted, (), where()) is not None


MEASURED = History(
    whole={"dana": knows(Level.FAMILIAR)},
    domains={"payments": {"dana": knows(Level.EXPERT)}, "web": {"dana": knows(Level.FAMILIAR)}},
)


@pytest.mark.parametrize(
    ("declared", "domains", "owns", "level", "sentence"),
    [
        ({}, (), False, Level.FAMILIAR, "is familiar by history"),
        ({}, ("payments",), False, Level.EXPERT, "is expert by history"),
        ({}, ("payments", "web"), False, Level.FAMILIAR, "is familiar by history"),
        ({}, ("payments", "docs"), False, Level.NONE, "new to this code"),
        ({}, ("web", "docs"), False, Level.NONE, "new to this code"),
        ({"web": Level.EXPERT}, ("web",), False, Level.EXPERT, "declared expert in web"),
        ({"payments": Level.FAMILIAR}, ("payments",), False, Level.EXPERT, "is expert by history"),
        ({"docs": Level.PROFICIENT}, ("web",), False, Level.FAMILIAR, "is familiar by history"),
        ({}, ("web",), True, Level.PROFICIENT, "is familiar by history, code owner"),
        ({}, ("payments",), True, Level.EXPERT, "is expert by history"),
        ({}, ("docs",), True, Level.FAMILIAR, "new to this code, code owner"),
        ({}, ("docs", "payments"), True, Level.FAMILIAR, "new to this code, code owner"),
        ({}, ("payments", "web", "docs"), True, Level.FAMILIAR, "new to this code, code owner"),
    ],
)
def test_expertise_is_the_best_proof_in_each_domain_and_the_worst_of_the_domains(
    declared: dict[str, Level], domains: tuple[str, ...], owns: bool, level: Level, sentence: str
) -> None:
    dana = replace(DANA, domains=declared)
    owners = {"src/app.py": owned("@dana")} if owns else {}
    known = facts(dana, history=MEASURED, owners=owners)
    assert where(known).level(dana, domains) == (level, sentence)


def test_code_owners_that_are_ignored_raise_nobody() -> None:
    known = facts(DANA, owners={"src/app.py": owned("@dana")})
    assert where(known, Codeowners.IGNORE).level(DANA, ()) == (Level.NONE, "new to this code")


def test_only_the_people_who_own_a_touched_path_are_its_owners() -> None:
    known = facts(DANA, a_person("omar"), owners={"src/app.py": owned("@dana", "@acme/web")})
    assert where(known).owners == {"dana"}


@pytest.mark.parametrize(
    ("who", "gone", "reason", "sentence"),
    [
        (a_person("ana"), (), Reason.AUTHOR, "Ana opened it"),
        (a_person("dana", bot=True), (), Reason.BOT, "Dana is a bot"),
        (a_person("dana", active=False), (), Reason.INACTIVE, "Dana has no active account"),
        (a_person("dana"), ("U0DANA",), Reason.INACTIVE, "Dana has no active account"),
    ],
)
def test_who_can_never_approve_and_why(
    who: Person, gone: tuple[str, ...], reason: Reason, sentence: str
) -> None:
    exclusion = may_never_approve(who, where(facts(a_person("ana"), who)), frozenset(gone))
    assert exclusion is not None
    assert (exclusion.reason, exclusion.sentence) == (reason, sentence)


def test_somebody_without_slack_may_approve_on_the_forge() -> None:
    dana = a_person("dana", slack=None)
    assert may_never_approve(dana, where(facts(dana)), frozenset({"U0DANA"})) is None


@pytest.mark.parametrize(
    ("months", "words"),
    [(0, "0 months"), (1, "1 month"), (12, "1 y"), (13, "1 y 1 month"), (62, "5 y 2 months")],
)
def test_months_in_words(months: int, words: str) -> None:
    assert render_months(months) == words


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ({}, "one approval"),
        ({"min_tenure": 60}, "tenure ≥ 5 y"),
        ({"min_experience": 96}, "experience ≥ 8 y"),
        ({"min_expertise": Level.EXPERT, "min_tenure": 24}, "expert in payments and tenure ≥ 2 y"),
        ({"people": ("dana", "omar")}, "dana or omar"),
        ({"owners": True}, "code owner"),
    ],
)
def test_a_qualification_in_words(wanted: dict[str, Any], words: str) -> None:
    assert render_qualification(Qualification(**wanted), ("payments",)) == words


DAYS = st.dates(min_value=date(2000, 1, 1), max_value=date(2060, 12, 31))


@given(started=DAYS, today=DAYS, later=DAYS)
def test_tenure_never_shrinks_with_time_and_a_year_has_twelve_months(
    started: date, today: date, later: date
) -> None:
    dana = replace(DANA, started=started)
    first, second = (dana.tenure_months(day) or 0 for day in sorted([today, later]))
    assert 0 <= first <= second
    year = (dana.tenure_months(date(2061, 6, 15)) or 0) - (
        dana.tenure_months(date(2060, 6, 15)) or 0
    )
    assert year <= MONTHS_A_YEAR


@given(
    months=st.integers(0, 240),
    level=st.sampled_from(Level),
    less=st.sampled_from(["min_tenure", "min_expertise", "people", "owners"]),
)
def test_asking_for_less_never_disqualifies_anybody(months: int, level: Level, less: str) -> None:
    dana = replace(DANA, started=date(2016, 5, 1), domains={"payments": Level.PROFICIENT})
    strict = Qualification(min_tenure=months, min_expertise=level, people=("dana",), owners=True)
    loose = {
        "min_tenure": replace(strict, min_tenure=None),
        "min_expertise": replace(strict, min_expertise=None),
        "people": replace(strict, people=()),
        "owners": replace(strict, owners=False),
    }[less]
    place = where(facts(dana, owners={"src/app.py": owned("@dana")}))
    if shortfall(dana, strict, ("payments",), place) is None:
        assert shortfall(dana, loose, ("payments",), place) is None


def test_a_member_of_one_of_the_teams_is_qualified() -> None:
    dana, omar = a_person("dana", teams=(Team("payments"),)), a_person("omar")
    place, wanted = where(facts(dana, omar)), Qualification(teams=("web", "payments"))
    assert shortfall(dana, wanted, (), place) is None
    assert said(shortfall(omar, wanted, (), place)) == "is not in web or payments"
    assert render_qualification(wanted, ()) == "member of web or payments"


def test_where_code_owners_are_ignored_a_rule_may_still_ask_for_one() -> None:
    known = facts(DANA, owners={"src/app.py": owned("@dana")})
    assert shortfall(DANA, Qualification(owners=True), (), where(known, Codeowners.IGNORE)) is None


WANTED = st.builds(
    Qualification,
    min_tenure=st.none() | st.integers(1, 140),
    min_experience=st.none() | st.integers(1, 140),
    min_expertise=st.sampled_from([None, *Level]),
    people=st.sampled_from([(), ("dana",), ("omar",)]),
    teams=st.sampled_from([(), ("web",), ("payments",)]),
    owners=st.booleans(),
)


@given(wanted=WANTED, years=st.sampled_from([None, 7]), owner=st.sampled_from(["dana", "omar"]))
def test_somebody_qualifies_exactly_if_they_lack_nothing(
    wanted: Qualification, years: int | None, owner: str
) -> None:
    dana = a_person("dana", years=years, teams=(Team("payments"),))
    dana = replace(dana, domains={"payments": Level.PROFICIENT})
    place = where(facts(dana, owners={"src/app.py": owned(f"@{owner}")}))
    lacks = shortfall(dana, wanted, ("payments",), place)
    assert qualifies(dana, wanted, ("payments",), place) is (lacks is None)
