"""Policy globs: what they match, what is wrong with them, and that none of them is slow."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.globs.patterns import Patterns, fault
from tests.routing.globs import naive_globs
from tests.routing.owners.codeowners_cases import patterns, table

NAMES = st.text("ab", min_size=1, max_size=4)
PATHS = st.lists(NAMES, min_size=1, max_size=6).map("/".join)
STEPS = st.lists(st.one_of(st.just("**"), st.text("ab*?", min_size=1, max_size=5)), min_size=1)


@pytest.mark.parametrize(("pattern", "path", "matches"), patterns("policy"))
def test_a_policy_glob_matches_what_its_documentation_says(
    pattern: str, path: str, matches: bool
) -> None:
    assert Patterns([pattern]).matches(path) is matches


def test_the_first_pattern_that_matches_is_named() -> None:
    several = Patterns(["docs/**", "**/*.md", "**"])
    assert several.first("docs/a.md") == "docs/**"
    assert several.first("a.md") == "**/*.md"
    assert several.first("a.py") == "**"


def test_of_two_spellings_of_one_pattern_the_first_is_named() -> None:
    assert Patterns(["web/", "web/**"]).first("web/a") == "web/"


def test_no_pattern_matches_nothing() -> None:
    assert not Patterns([]).matches("a")
    assert Patterns([]).first("a") is None


def test_a_path_that_ends_in_a_slash_is_a_folder_and_fits_no_star() -> None:
    assert not Patterns(["docs/*"]).matches("docs/")


@pytest.mark.parametrize(
    ("pattern", "message", "cure"),
    [
        ("", "empty", "`**`"),
        ("/", "empty", "`**`"),
        ("a//b", "empty segment", "single slashes"),
        ("!a", "cannot take paths out", r"`\!`"),
        ("a[b", "never closed", r"`\[`"),
    ],
)
def test_a_bad_glob_is_told_with_its_cure_and_matches_nothing(
    pattern: str, message: str, cure: str
) -> None:
    found = fault(pattern)
    assert found is not None
    assert message in found.message
    assert cure in found.cure
    assert not Patterns([pattern]).matches(pattern)


def test_every_glob_of_the_table_is_sound() -> None:
    assert [row["pattern"] for row in table("patterns")["policy"] if fault(row["pattern"])] == []


@settings(deadline=None)
@given(st.text(), st.text())
def test_no_text_breaks_the_matcher(pattern: str, path: str) -> None:
    several = Patterns([pattern, "**"])
    assert several.matches(path) is bool(several.first(path))


@settings(deadline=None)
@given(STEPS, st.lists(PATHS, max_size=5))
def test_a_glob_matches_as_the_slow_way_does(steps: list[str], paths: list[str]) -> None:
    # `**` at the end is everything below, and so at least one name.
    slow = [*steps, "*"] if steps[-1] == "**" else steps
    several = Patterns(["/".join(steps)])
    for path in paths:
        assert several.matches(path) is naive_globs.fits(slow, path.split("/"))


@settings(deadline=None)
@given(st.lists(STEPS.map("/".join), max_size=8), st.lists(PATHS, max_size=6))
def test_those_touched_are_those_that_match_any_of_the_paths(
    globs: list[str], paths: list[str]
) -> None:
    alone = {glob for glob in globs if any(map(Patterns([glob]).matches, paths))}
    assert Patterns(globs).touched(paths) == alone


@pytest.mark.parametrize(
    ("glob", "touched"),
    [
        ("web/app.py", True),
        ("web/*.py", True),
        ("**/app*", True),
        ("**/*pp.*", True),
        ("**/[a-c]pp.py", True),
        ("web/", True),
        ("**/web/*", True),
        ("*/*/*.py", False),
        ("**/app*.ts", False),
        ("app.py", False),
    ],
)
def test_a_glob_of_any_shape_is_touched_by_what_it_matches(glob: str, touched: bool) -> None:
    assert Patterns([glob]).touched(["docs/a.md", "/web/app.py"]) == ({glob} if touched else set())


@settings(deadline=None)
@given(st.lists(STEPS.map("/".join), max_size=8), PATHS)
def test_many_globs_together_match_as_each_one_alone(globs: list[str], path: str) -> None:
    alone = [glob for glob in globs if Patterns([glob]).matches(path)]
    assert Patterns(globs).first(path) == (alone[0] if alone else None)


def calls_of(work: Callable[[], object]) -> int:
    """How many calls the work takes, Python's own and built-in ones."""
    calls = 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(None)
    return calls


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        pytest.param(lambda n: "*a" * n + "b", lambda n: "a" * n * 4, id="stars and letters"),
        pytest.param(lambda n: "*a" * n + "*b*", lambda n: "a" * n * 4, id="ending in a star"),
        pytest.param(lambda n: "*?a" * n + "b", lambda n: "a" * n * 4, id="question marks"),
        pytest.param(lambda n: "*[ab]" * n + "c", lambda n: "a" * n * 4, id="classes"),
        pytest.param(lambda n: "**/a/" * n + "b", lambda n: "a/" * n * 4 + "a", id="two stars"),
        pytest.param(lambda n: "**/*/" * n + "b", lambda n: "a/" * n * 4 + "a", id="many folders"),
        pytest.param(lambda n: "**/*a*/" * n + "b", lambda n: "a/" * n * 4 + "a", id="all of it"),
    ],
)
def test_a_hostile_pattern_costs_no_more_than_pattern_times_path(
    pattern: Callable[[int], str], path: Callable[[int], str]
) -> None:
    def calls(size: int) -> int:
        return calls_of(lambda: Patterns([pattern(size)]).matches(path(size)))

    # Pattern and path both double: the product is four times as large, and a little is fixed.
    assert calls(40) < 5 * calls(20)


def test_a_path_of_a_thousand_folders_and_more_is_no_trouble() -> None:
    assert Patterns(["**/b"]).matches("a/" * 5000 + "b")


def test_folders_are_forgotten_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("routing.folders.FOLDERS_REMEMBERED", 3)
    several = Patterns(["a/**/z"])
    assert [several.matches(f"a/{n}/{n}/z") for n in range(9)] == [True] * 9
    assert len(several._index._folders._known) <= 3 + 3
