"""What past changes say of some paths, however many sets of paths are asked about."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.knowledge.closeness import CLOSENESS, Past
from routing.model import PastChange
from tests.routing.pasts import PASTS, PATHS, a_past

SOME_PATHS = st.lists(st.sampled_from(PATHS), min_size=1, max_size=3)


@pytest.mark.parametrize(
    ("path", "relevance", "direct"),
    [
        ("a/b/c/x.py", CLOSENESS[0], True),
        ("a/b/c/y.py", CLOSENESS[1], True),
        ("a/b/d/x.py", CLOSENESS[2], False),
        ("a/b/d/e/x.py", CLOSENESS[3], False),
    ],
)
def test_the_closer_a_change_was_the_more_it_says(
    path: str, relevance: float, direct: bool
) -> None:
    (near,) = Past([a_past(1, path)]).near(["a/b/c/x.py"])
    assert (near.relevance, near.direct) == (relevance, direct)


def test_what_was_elsewhere_says_nothing() -> None:
    assert not list(Past([a_past(1, "a/z/c/x.py"), a_past(2)]).near(["a/b/c/x.py"]))


@pytest.mark.parametrize(("path", "place"), [("a/b/x.py", 0), ("a/b/c/d/x.py", 3)])
def test_a_file_among_four_says_half(path: str, place: int) -> None:
    (near,) = Past([a_past(1, "x/1", path, "x/2", "x/3")]).near(["a/b/x.py"])
    assert near.relevance == CLOSENESS[place] / 2


@given(PASTS, st.lists(SOME_PATHS, max_size=4))
def test_a_past_that_is_asked_often_answers_as_one_that_is_asked_once(
    changes: list[PastChange], questions: list[list[str]]
) -> None:
    past = Past(changes)
    for paths in questions:
        assert list(past.near(paths)) == list(Past(changes).near(paths))


@given(PASTS, SOME_PATHS)
def test_the_changes_come_in_the_order_given(changes: list[PastChange], paths: list[str]) -> None:
    near = [one.change for one in Past(changes).near(paths)]
    places = iter(changes)
    assert all(any(one is other for other in places) for one in near)
