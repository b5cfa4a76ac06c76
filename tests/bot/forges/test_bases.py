"""Which base a merge request had when, from a record of its retargets."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.forges.bases import Bases, Retarget
from tests.builders import NOW

MINUTE = timedelta(minutes=1)


def test_without_a_retarget_it_always_had_the_base_of_now() -> None:
    assert Bases("main").at(NOW - timedelta(days=900)) == "main"


def test_a_retarget_within_the_very_second_leaves_open_what_came_first() -> None:
    assert Bases("main", [Retarget(NOW, "release")]).at(NOW) == ""


def test_what_came_before_a_retarget_that_names_nothing_has_no_base() -> None:
    bases = Bases("main", [Retarget(NOW, "")])
    assert (bases.at(NOW - MINUTE), bases.at(NOW + MINUTE)) == ("", "main")


@given(names=st.lists(st.sampled_from(["main", "release", "next"]), min_size=1, max_size=6))
def test_every_stretch_has_the_base_that_stood_then(names: list[str]) -> None:
    *left, now = names
    retargets = [Retarget(NOW + number * 2 * MINUTE, before) for number, before in enumerate(left)]
    bases = Bases(now, retargets[::-1])
    asked = [NOW + (number * 2 - 1) * MINUTE for number in range(len(names))]
    assert [bases.at(when) for when in asked] == names
