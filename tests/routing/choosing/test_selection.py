"""Who is asked: who knows best and has room, nobody twice, and a reason for the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.choosing.selection import Choice
from routing.facts import Facts, History
from routing.knowledge.expertise import Expertise
from routing.levels import Level
from routing.people import Away, Person, Team
from routing.policy import Asking, Requirement
from routing.rules.qualification import Exclusion, Reason
from tests.builders import (
    a_change,
    a_commit,
    a_person,
    all_of,
    any_of,
    experts,
    facts,
    one,
    policy,
    seniors,
)
from tests.routing.choosing.asking import ANA, DANA, KIM, LESS, OMAR, choose, ids


def knows(level: Level, share: float = 0.0) -> Expertise:
    """Measured expertise."""
    return Expertise(level, share, 3, 3, None, sentence=f"is {level} here")


def team(**levels: Level) -> Facts:
    """Ana's change, and people who know the code so well."""
    people = (ANA, *(a_person(who) for who in levels))
    whole = {who: knows(level) for who, level in levels.items()}
    return facts(*people, history=History(whole=whole))


def test_who_knows_the_code_best_is_asked_first() -> None:
    known = team(dana=Level.FAMILIAR, omar=Level.EXPERT, kim=Level.NONE)
    choice = choose(known, policy(one(), review=LESS))
    assert ids(choice.asked) == ["omar"]
    assert ids(choice.candidates) == ["omar", "dana", "kim"]
    assert choice.asked[0].why.startswith("is expert here · 3 y 10 months here")


def test_each_open_review_somebody_holds_counts_against_them() -> None:
    known = replace(team(dana=Level.EXPERT, omar=Level.EXPERT), open_asks={"dana": 1})
    assert ids(choose(known, policy(one())).candidates) == ["omar", "dana"]


def test_the_first_to_be_asked_is_spared_less_than_the_others() -> None:
    busy = {"dana": 3, "omar": 3}
    known = replace(
        team(dana=Level.EXPERT, omar=Level.PROFICIENT, kim=Level.FAMILIAR), open_asks=busy
    )
    assert ids(choose(known, policy(one(), review=Asking(ask=2))).asked) == ["dana", "kim"]


def test_who_is_at_work_comes_before_who_is_not() -> None:
    tokyo = replace(DANA, timezone="Asia/Tokyo")  # at 19:00 there
    assert ids(choose(facts(ANA, tokyo, OMAR), policy(one(), review=LESS)).asked) == ["omar"]


def test_equals_take_turns_from_change_to_change() -> None:
    first = set()
    for number in range(20):
        change = a_change(ref=replace(a_change().merge_request.ref, number=number))
        known = facts(ANA, DANA, OMAR, KIM, change=change)
        first |= set(ids(choose(known, policy(one(), review=LESS)).asked))
    assert first == {"dana", "omar", "kim"}


def test_so_many_are_asked_as_the_policy_says() -> None:
    known = facts(ANA, DANA, OMAR, KIM)
    for ask in (1, 2, 3, 9):
        choice = choose(known, policy(one(), review=Asking(ask=ask)))
        assert len(choice.asked) == min(ask, 3)


def test_where_more_are_needed_than_are_usually_asked_all_of_them_are() -> None:
    choice = choose(facts(ANA, DANA, OMAR, KIM), policy(one(3), review=LESS))
    assert len(choice.asked) == 3


def test_who_is_asked_already_is_counted_and_not_asked_again() -> None:
    choice = choose(facts(ANA, DANA, OMAR, KIM), policy(one()), waiting={"dana"})
    assert len(choice.asked) == 1
    assert "dana" not in ids(choice.asked)
    assert "dana" in ids(choice.candidates)


def test_nobody_is_asked_for_what_is_there() -> None:
    choice = choose(facts(ANA, DANA, OMAR), policy(one()), approvers={"dana"})
    assert not choice.asked
    assert not choice.candidates


def test_one_who_serves_two_rules_is_asked_before_two_who_serve_one_each() -> None:
    both = a_person("both", years=6, domains={})
    known = facts(ANA, both, a_person("old", years=6), KIM)
    rules = policy(seniors(), one(people=("both", "kim")), review=LESS)
    assert ids(choose(known, rules).asked) == ["both"]


def test_somebody_is_asked_for_every_place_though_one_of_them_could_fill_either() -> None:
    known = facts(ANA, DANA, OMAR)
    rules = policy(all_of(one(people=("dana", "omar")), one(people=("dana",))), review=LESS)
    assert set(ids(choose(known, rules).asked)) == {"dana", "omar"}


@pytest.mark.parametrize(
    ("who", "reason", "sentence"),
    [
        (replace(DANA, active=False), Reason.INACTIVE, "Dana has no active account"),
        (replace(DANA, bot=True), Reason.BOT, "Dana is a bot"),
        (replace(DANA, max_open=2), Reason.AT_CAPACITY, "Dana is at capacity, 2 of 2"),
        (replace(DANA, max_open=0), Reason.AT_CAPACITY, "Dana is at capacity, 2 of 0"),
        (
            replace(DANA, away=(Away(date(2026, 11, 1), date(2026, 11, 29)),)),
            Reason.AWAY,
            "Dana is away until 2026-11-30",
        ),
        (replace(DANA, days=frozenset()), Reason.AWAY, "Dana is away"),
        (
            replace(DANA, opted_out=("web/**", "src/**")),
            Reason.OPTED_OUT,
            "Dana is not to be asked about `src/**`",
        ),
        (DANA, Reason.NOT_NAMED, "Dana: is not one of omar"),
    ],
)
def test_who_is_not_asked_is_left_out_for_a_reason(
    who: Person, reason: Reason, sentence: str
) -> None:
    known = facts(ANA, who, OMAR, open_asks={"dana": 2})
    choice = choose(known, policy(one(people=("omar",))))
    assert Exclusion("dana", reason, sentence) in choice.exclusions
    assert "dana" not in ids(choice.candidates)


@pytest.mark.parametrize(
    ("wanted", "reason", "sentence"),
    [
        (seniors(), Reason.TENURE_SHORT, "Dana: tenure short by 1 y 2 months"),
        (
            one(min_experience=120),
            Reason.EXPERIENCE_SHORT,
            "Dana: experience short by 6 y 2 months",
        ),
        (experts(), Reason.EXPERTISE_SHORT, "Dana: familiar in these files, needs expert"),
        (one(owners=True), Reason.NO_OWNER, "Dana: is no code owner of these files"),
        (
            any_of(seniors(), experts()),
            Reason.NOT_QUALIFIED,
            "Dana: tenure short by 1 y 2 months; familiar in these files, needs expert",
        ),
    ],
)
def test_what_somebody_lacks_is_their_reason(
    wanted: Requirement, reason: Reason, sentence: str
) -> None:
    choice = choose(team(dana=Level.FAMILIAR), policy(wanted))
    assert Exclusion("dana", reason, sentence) in choice.exclusions


def test_of_those_who_fill_the_places_together_the_best_are_asked() -> None:
    """The expert may take either place: then the other is for whoever knows more."""
    levels = {"dana": Level.EXPERT, "omar": Level.PROFICIENT, "kim": Level.NONE}
    people = (ANA, a_person("dana", years=9), OMAR, a_person("kim", years=9))
    whole = {who: knows(level) for who, level in levels.items()}
    proficient = one(min_expertise=Level.PROFICIENT)
    for both in ((seniors(), proficient), (proficient, seniors())):
        choice = choose(facts(*people, history=History(whole=whole)), policy(all_of(*both)))
        assert ids(choice.asked) == ["dana", "omar"]


def test_who_may_not_enter_the_project_is_not_asked() -> None:
    choice = choose(facts(ANA, DANA, OMAR, no_access=frozenset({"dana"})), policy(one()))
    locked_out = Exclusion("dana", Reason.NO_ACCESS, "Dana has no access to acme/shop")
    assert locked_out in choice.exclusions
    assert ids(choice.asked) == ["omar"]


def test_a_long_weekend_does_not_make_anybody_absent() -> None:
    monday_and_tuesday = (Away(date(2026, 11, 16), date(2026, 11, 17)),)
    known = facts(ANA, replace(DANA, away=monday_and_tuesday))
    assert ids(choose(known, policy(one())).asked) == ["dana"]


def test_who_declined_is_left_out_with_what_they_said() -> None:
    gone = Exclusion("dana", Reason.DECLINED, "Dana declined: busy")
    choice = choose(facts(ANA, DANA, OMAR), policy(one()), passed=[gone])
    assert gone in choice.exclusions
    assert ids(choice.candidates) == ["omar"]


def test_one_who_was_asked_and_then_wrote_a_commit_is_left_out_for_that() -> None:
    change = a_change(commits=[a_commit("ana"), a_commit("dana")])
    choice = choose(facts(ANA, DANA, OMAR, change=change), policy(one()), waiting={"dana"})
    reasons = {out.person: out.reason for out in choice.exclusions}
    assert reasons["dana"] is Reason.AUTHOR


def many(ask: Asking) -> list[Choice]:
    """The choices for a hundred merge requests of a team in which two know the code well."""
    known = team(
        dana=Level.EXPERT, omar=Level.EXPERT, kim=Level.FAMILIAR, lea=Level.NONE, max=Level.NONE
    )
    requests = [replace(a_change().merge_request.ref, number=number) for number in range(100)]
    return [
        choose(replace(known, change=a_change(ref=ref)), policy(one(), review=ask))
        for ref in requests
    ]


def test_on_a_share_of_changes_the_second_place_is_for_somebody_who_knows_less() -> None:
    taught = [it for it in many(Asking(spread=0.3)) if "asked so that more" in it.asked[1].why]
    assert 15 < len(taught) < 45
    assert {it.asked[0].person for it in taught} == {"dana", "omar"}
    assert {it.asked[1].person for it in taught} == {"kim", "lea", "max"}


@pytest.mark.parametrize("ask", [Asking(spread=0), Asking(spread=1, ask=1), Asking(shadow=True)])
def test_nobody_learns_where_it_is_not_wanted_or_one_is_asked_alone(ask: Asking) -> None:
    choices = many(ask)
    assert all({one.person for one in it.asked} <= {"dana", "omar"} for it in choices)
    assert not any(it.shadow for it in choices)


def test_a_shadow_reads_along_and_takes_nobodys_place() -> None:
    for choice in many(Asking(spread=1, shadow=True)):
        assert {one.person for one in choice.asked} == {"dana", "omar"}
        assert choice.shadow is not None
        assert choice.shadow.person in {"kim", "lea", "max"}


def test_whoever_learns_has_the_least_to_do() -> None:
    known = team(dana=Level.EXPERT, omar=Level.EXPERT, kim=Level.NONE, lea=Level.NONE)
    busy = replace(known, loads={"kim": 0.5})
    assert ids(choose(busy, policy(one(), review=Asking(spread=1))).asked)[1] == "lea"


def test_a_place_that_is_required_is_never_given_to_a_learner() -> None:
    known = team(dana=Level.EXPERT, omar=Level.EXPERT, kim=Level.NONE)
    rules = policy(experts(2), review=Asking(spread=1))
    assert set(ids(choose(known, rules).asked)) == {"dana", "omar"}


def test_where_too_few_can_be_asked_it_is_said_why() -> None:
    known = facts(ANA, DANA, replace(OMAR, max_open=0), replace(KIM, days=frozenset()))
    choice = choose(known, policy(one(2)))
    assert ids(choice.asked) == ["dana"]
    assert choice.remarks[-1] == (
        "not enough people can be asked for “rule 1”: 1 at capacity, 1 author and 1 away"
    )


def test_a_choice_that_rests_on_little_says_so() -> None:
    (remark,) = choose(facts(ANA, DANA), policy(one())).remarks
    assert remark.startswith("no past change of this repository can be learnt from")


@given(st.permutations(("dana", "omar", "kim", "lea", "max")), st.integers(0, 50))
def test_the_order_of_the_people_file_changes_nothing(order: list[str], number: int) -> None:
    levels = {"dana": Level.EXPERT, "omar": Level.PROFICIENT}
    change = a_change(ref=replace(a_change().merge_request.ref, number=number))
    whole = {who: knows(level) for who, level in levels.items()}
    rules = policy(any_of(experts(), one(2)), review=Asking(ask=3, spread=0.5))

    def chosen(names: Sequence[str]) -> tuple[object, ...]:
        people = (ANA, *(a_person(who) for who in names))
        choice = choose(facts(*people, change=change, history=History(whole=whole)), rules)
        return choice.asked, choice.candidates, choice.exclusions, choice.shadow

    assert chosen(order) == chosen(sorted(order))


def test_whoever_is_asked_already_stays_in_reach_however_far_down() -> None:
    teams = [Team(f"team {number}") for number in range(6)]
    people = [a_person(f"p{n}", teams=(teams[n % 6],)) for n in range(240)]
    rules = policy(*(one(teams=(team.name,)) for team in teams), review=LESS)
    last = choose(facts(ANA, *people), rules).ranked[-1].id
    assert last not in choose(facts(ANA, *people), rules).in_reach
    assert last in choose(facts(ANA, *people), rules, waiting=[last]).in_reach


def test_who_is_at_work_is_told_by_their_own_hours() -> None:
    late = (time(18), time(22))
    owls = [a_person("dana"), a_person("omar", hours=late), a_person("kim", hours=late)]
    why = {one.person: one.why for one in choose(facts(ANA, *owls), policy(one())).candidates}
    assert {who for who, said in why.items() if "at work in 8 h" in said} == {"omar", "kim"}
