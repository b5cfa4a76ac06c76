"""Approvals × requirements → Verdict; the matching is held against trying everything."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.policy import Approvals, Requirement
from routing.rules.approvals import Signers, Verdict, VerdictState, fill, judge
from routing.rules.conditions import ALWAYS, does_not_hold
from routing.rules.requirements import Applied
from tests.builders import a_rule, all_of, any_of, one

A, B, C = (one(people=(who,)) for who in "abc")


class Named(list[str]):
    """People who could fill a place."""

    def first(self, most: int) -> list[str]:
        return self[:most]


def verdict(
    *requirements: Requirement,
    said: Collection[str] = (),
    known: Sequence[str] = "abcd",
    asked: Sequence[str] = (),
) -> Verdict:
    """The verdict where a place's people are those it names, or everybody."""
    applied = [
        Applied(a_rule(one, name=f"r{number}"), ALWAYS) for number, one in enumerate(requirements)
    ]

    def eligible(place: Approvals, _: Applied) -> Named:
        named = place.qualification.people
        return Named(who for who in known if not named or who in named)

    return judge(applied, Signers(said, asked), eligible)


@pytest.mark.parametrize(
    ("requirement", "said", "state"),
    [
        (one(), "", VerdictState.PENDING),
        (one(), "a", VerdictState.SATISFIED),
        (one(), "z", VerdictState.PENDING),
        (one(2), "a", VerdictState.PENDING),
        (one(2), "ab", VerdictState.SATISFIED),
        (one(5), "abcd", VerdictState.BLOCKED),
        (A, "b", VerdictState.PENDING),
        (any_of(A, B), "b", VerdictState.SATISFIED),
        (all_of(A, B), "b", VerdictState.PENDING),
        (all_of(A, B), "ab", VerdictState.SATISFIED),
        (all_of(one(people=("a", "b")), A), "a", VerdictState.PENDING),
        (all_of(one(people=("a", "b")), A), "ab", VerdictState.SATISFIED),
        (all_of(A, A), "a", VerdictState.BLOCKED),
        (any_of(all_of(A, A), B), "", VerdictState.PENDING),
        (any_of(all_of(A, A), B), "b", VerdictState.SATISFIED),
        (all_of(any_of(A, B), C), "ac", VerdictState.SATISFIED),
        (all_of(any_of(A, B), C), "ab", VerdictState.PENDING),
        (one(people=("z",)), "", VerdictState.BLOCKED),
    ],
)
def test_a_requirement_is_met_by_different_people_for_all_its_places(
    requirement: Requirement, said: str, state: VerdictState
) -> None:
    assert verdict(requirement, said=said).state is state


def test_one_person_may_serve_several_rules() -> None:
    assert verdict(A, any_of(A, B), said="a").state is VerdictState.SATISFIED


def test_every_rule_must_be_met() -> None:
    assert verdict(A, B, said="a").state is VerdictState.PENDING


def test_a_reason_to_block_stands_whatever_is_approved() -> None:
    rule = Applied(a_rule(), ALWAYS)
    blocked = judge([rule], Signers("a"), lambda *_: Named("a"), ["Dana asked for changes"])
    assert (blocked.state, blocked.blocks) == (VerdictState.BLOCKED, ("Dana asked for changes",))


def test_where_no_rule_applies_nothing_is_approved() -> None:
    blocked = judge([Applied(a_rule(), does_not_hold(ALWAYS))], Signers("a"), lambda *_: Named("a"))
    assert blocked.state is VerdictState.BLOCKED


@pytest.mark.parametrize(
    ("requirements", "said", "missing"),
    [
        ((one(),), "", ("one approval",)),
        ((one(2),), "", ("2 x one approval",)),
        ((one(2),), "a", ("one approval",)),
        ((any_of(A, B),), "", ("1 of: a, or b",)),
        ((all_of(any_of(A, B), C),), "", ("c, and 1 of: a, or b",)),
        ((all_of(any_of(A, B), C),), "c", ("1 of: a, or b",)),
        ((any_of(A, all_of(B, C)),), "b", ("1 of: a, or c",)),
        ((any_of(A, all_of(A, B)),), "", ("a",)),
        ((all_of(A, B),), "", ("a, and b",)),
        ((all_of(A, B),), "a", ("b",)),
        ((any_of(all_of(A, A), B),), "", ("b",)),
        ((A, one()), "", ("a",)),
        ((A, one()), "a", ()),
        ((A, A), "", ("a",)),
        ((one(), one()), "", ("one approval",)),
    ],
)
def test_what_is_missing_is_said_once_and_without_what_cannot_be(
    requirements: Sequence[Requirement], said: str, missing: tuple[str, ...]
) -> None:
    assert verdict(*requirements, said=said).missing == missing


def test_a_place_shows_who_filled_it_and_the_first_five_who_could() -> None:
    (rule,) = verdict(one(2), said="b", known="abcdefgh").rules
    first, second = rule.ways[0].places
    assert {first.by, second.by} == {"b", None}
    assert first.could == tuple("abcde")


@pytest.mark.parametrize(("asked", "open_place"), [("b", 0), ("c", 1), ("", 1)])
def test_who_fits_two_places_leaves_the_one_open_that_the_asked_can_fill(
    asked: str, open_place: int
) -> None:
    both = all_of(one(people=("a", "b")), one(people=("a", "c")))
    (rule,) = verdict(both, said="a", asked=asked).rules
    assert [place.by for place in rule.ways[0].places][open_place] is None


def test_where_the_asked_can_fill_either_place_both_are_said() -> None:
    both = all_of(one(people=("a", "b")), one(people=("a", "c")))
    assert verdict(both, said="a", asked="bc").missing == ("1 of: a or b, or a or c",)
    assert verdict(both, said="a", asked="d").missing == ("a or c",)


# The matching.

PLACES = st.lists(st.lists(st.sampled_from("abcdef"), unique=True, max_size=5), max_size=5)
EVERYBODY = "abcdef"


def most_at_once(places: Sequence[Sequence[str]]) -> int:
    """By trying every seating: how many places different people can have."""
    seats = [*EVERYBODY, *[None] * len(places)]
    return max(
        sum(who in place for who, place in zip(order, places, strict=True))
        for order in set(permutations(seats, len(places)))
    )


def is_filling(places: Sequence[Sequence[str]], filled: Mapping[int, str]) -> bool:
    """Whether each has a place they may have, and nobody has two."""
    return len(set(filled.values())) == len(filled) and all(
        who in places[place] for place, who in filled.items()
    )


@given(places=PLACES.filter(lambda them: len(them) <= 3))
def test_as_many_places_are_filled_as_can_be(places: Sequence[Sequence[str]]) -> None:
    filled = fill(places)
    assert is_filling(places, filled)
    assert len(filled) == most_at_once(places)


@given(
    places=PLACES.filter(lambda them: 0 < len(them) <= 3),
    said=st.sets(st.sampled_from(EVERYBODY)),
    asked=st.sets(st.sampled_from(EVERYBODY)),
)
def test_those_asked_for_fill_as_many_of_the_open_places_as_any_seating_of_the_others_leaves_them(
    places: Sequence[Sequence[str]], said: set[str], asked: set[str]
) -> None:
    named = [one(people=tuple(place) or ("nobody",)) for place in places]
    (rule,) = verdict(all_of(*named), said=said, known=EVERYBODY, asked=sorted(asked)).rules
    seats = rule.ways[0].places
    signed = [[who for who in place if who in said] for place in places]
    assert sum(seat.by is not None for seat in seats) == most_at_once(signed)
    left = [
        [who for who in place if who in asked - said]
        for seat, place in zip(seats, places, strict=True)
        if seat.by is None
    ]
    together = [[who for who in place if who in said | asked] for place in places]
    assert most_at_once(left) == most_at_once(together) - most_at_once(signed)


@given(places=PLACES)
def test_a_place_that_was_filled_stays_filled_when_more_are(
    places: Sequence[Sequence[str]],
) -> None:
    filled = [set(fill(places[:many])) for many in range(len(places) + 1)]
    assert all(fewer <= more for fewer, more in pairwise(filled))


@given(
    places=PLACES.filter(lambda them: 0 < len(them) <= 3),
    said=st.sets(st.sampled_from(EVERYBODY)),
)
def test_a_verdict_is_satisfied_exactly_if_some_seating_of_the_approvers_fills_all(
    places: Sequence[Sequence[str]], said: set[str]
) -> None:
    named = [one(people=tuple(place) or ("nobody",)) for place in places]
    found = verdict(all_of(*named), said=said, known=EVERYBODY)
    full = [place or ["nobody"] for place in places]
    of_them = [[who for who in place if who in said] for place in full]
    if most_at_once(full) < len(full):
        assert found.state is VerdictState.BLOCKED
    else:
        met = most_at_once(of_them) == len(full)
        assert found.state is (VerdictState.SATISFIED if met else VerdictState.PENDING)


@given(
    said=st.sets(st.sampled_from("abcd")),
    more=st.sets(st.sampled_from("abcd")),
    tree=st.sampled_from([one(), one(2), any_of(A, B), all_of(A, one()), all_of(any_of(A, B), C)]),
)
def test_more_approvals_never_take_a_verdict_back(
    said: set[str], more: set[str], tree: Requirement
) -> None:
    if verdict(tree, said=said).state is VerdictState.SATISFIED:
        assert verdict(tree, said=said | more).state is VerdictState.SATISFIED
