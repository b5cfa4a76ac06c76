"""Lots: the same for ever, and another order for every change."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from routing.ranking.lots import SPACE, Lots


def test_the_lot_is_the_same_for_ever() -> None:
    assert Lots("x").of("ana") == 9008769789457145904


def test_a_lot_can_be_drawn_for_names_that_are_no_text() -> None:
    assert Lots("x").of("\udcff") != Lots("x").of("\udcfe")


@given(st.text(), st.lists(st.text()))
def test_whoever_draws_before_changes_nothing(change: str, people: list[str]) -> None:
    together = Lots(change)
    drawn = [together.of(person) for person in [*people, *people]]
    assert drawn == 2 * [Lots(change).of(person) for person in people]
    assert all(0 <= one < SPACE for one in drawn)
