"""Everybody needed is asked and as few as will do: the choice, held against trying everybody."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from routing.facts import Facts
from routing.people import Away, Person
from routing.policy import Asking, Requirement
from routing.rules.approvals import fill
from routing.rules.requirements import alternatives
from tests.builders import (
    a_person,
    all_of,
    any_of,
    experts,
    facts,
    one,
    policy,
)
from tests.routing.choosing.asking import ANA, LESS, choose, ids

CAST = ("bea", "cem", "dov", "eli")


def meets(requirement: Requirement, people: Collection[str], known: Facts) -> bool:
    """Whether approvals by exactly these people would meet the requirement."""
    return any(
        len(fill([[who for who in place if who in people] for place in way])) == len(way)
        for way in (
            [
                [
                    one.id
                    for one in known.people.everyone
                    if qualifies(one, place.qualification.people)
                ]
                for place in way
                for _ in range(place.count)
            ]
            for way in alternatives(requirement)
        )
    )


def qualifies(person: Person, named: tuple[str, ...]) -> bool:
    """Whether somebody may have a place for those named; Ana, the author, never."""
    return person.id != "ana" and (not named or person.id in named)


PLACES = st.builds(
    lambda count, who: one(min(count, len(who)), people=tuple(sorted(who))),
    st.integers(1, 2),
    st.sets(st.sampled_from(CAST), min_size=1, max_size=3),
)
REQUIREMENTS = st.one_of(
    PLACES,
    st.lists(PLACES, min_size=1, max_size=3).map(lambda them: any_of(*them)),
    st.lists(PLACES, min_size=1, max_size=2).map(lambda them: all_of(*them)),
)


@given(
    requirements=st.lists(REQUIREMENTS, min_size=1, max_size=3),
    approvers=st.sets(st.sampled_from(CAST), max_size=2),
    waiting=st.sets(st.sampled_from(CAST), max_size=2),
)
def test_approvals_of_all_who_are_asked_would_be_enough_wherever_anybody_s_would(
    requirements: list[Requirement], approvers: set[str], waiting: set[str]
) -> None:
    known = facts(ANA, *(a_person(who) for who in CAST))
    choice = choose(
        known,
        policy(*requirements, review=LESS),
        approvers=approvers,
        waiting=waiting - approvers,
    )
    asked = approvers | waiting | set(ids(choice.asked))
    for requirement in requirements:
        if meets(requirement, CAST, known):
            assert meets(requirement, asked, known)


@given(
    requirement=REQUIREMENTS,
    approvers=st.sets(st.sampled_from(CAST), max_size=2),
    waiting=st.sets(st.sampled_from(CAST), max_size=2),
)
def test_for_one_rule_nobody_is_asked_whom_a_smaller_choice_could_spare(
    requirement: Requirement, approvers: set[str], waiting: set[str]
) -> None:
    known = facts(ANA, *(a_person(who) for who in CAST))
    rules = policy(requirement, review=Asking(ask=0))
    choice = choose(known, rules, approvers=approvers, waiting=waiting - approvers)
    held = approvers | waiting
    if not meets(requirement, CAST, known):
        return
    fewest = min(
        len(more)
        for size in range(len(CAST) + 1)
        for more in combinations(sorted(set(CAST) - held), size)
        if meets(requirement, held | set(more), known)
    )
    assert len(choice.asked) == fewest


@given(
    away=st.sets(st.sampled_from(CAST)),
    busy=st.sets(st.sampled_from(CAST)),
    gone=st.sets(st.sampled_from(CAST)),
    approvers=st.sets(st.sampled_from(CAST), max_size=2),
    rules=st.lists(REQUIREMENTS, min_size=1, max_size=2),
)
def test_everybody_is_asked_or_could_be_or_has_approved_or_is_left_out_for_a_reason(
    away: set[str], busy: set[str], gone: set[str], approvers: set[str], rules: list[Requirement]
) -> None:
    holiday = (Away(date(2026, 11, 1), date(2026, 12, 31)),)
    cast = [
        a_person(who, away=holiday if who in away else (), active=who not in gone) for who in CAST
    ]
    known = facts(ANA, *cast, open_asks=dict.fromkeys(busy, 5))
    said = approvers - gone
    choice = choose(known, policy(*rules, experts()), approvers=said)
    could, out = set(ids(choice.candidates)), {one.person for one in choice.exclusions}
    assert could | out | said == {"ana", *CAST}
    assert not could & out
    assert not could & said
    assert set(ids(choice.asked)) <= could - away - busy - gone
    assert "ana" in out
