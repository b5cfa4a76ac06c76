"""The index behind all patterns: every number of a glob that matches, each once."""

from __future__ import annotations

import pytest

from routing.globs.index import Depth, GlobIndex, Step, glob_of
from routing.globs.segment import parse_segment

ANYWHERE = glob_of([Depth.ANY, "a", Depth.ANY], itself=True, below=False)


def test_a_glob_that_matches_in_several_ways_is_counted_once() -> None:
    assert GlobIndex({ANYWHERE: [7]}).matching("a/a/a/a/x") == (7,)


def test_every_number_of_a_glob_is_given() -> None:
    below = glob_of(["a"], itself=False, below=True)
    assert set(GlobIndex({ANYWHERE: [1, 2], below: [3]}).matching("a/x")) == {1, 2, 3}


@pytest.mark.parametrize("step", ["xy", parse_segment("x*", classes=False)])
def test_one_place_may_be_the_end_of_several_globs(step: Step) -> None:
    itself = glob_of([step], itself=True, below=False)
    below = glob_of([step], itself=False, below=True)
    both = glob_of([step], itself=True, below=True)
    index = GlobIndex({itself: [1], below: [2], both: [3]})
    assert set(index.matching("xy")) == {1, 3}
    assert set(index.matching("xy/z")) == {2, 3}


def test_globs_that_mean_the_same_have_the_same_normal_form() -> None:
    below = glob_of(["a"], itself=False, below=True)
    star = parse_segment("**", classes=False)
    assert glob_of(["a", Depth.ANY], itself=True, below=True) == below
    assert glob_of(["a", Depth.ANY, Depth.ANY], itself=True, below=False) == below
    assert glob_of(["a", Depth.ANY, star], itself=True, below=False) == below
