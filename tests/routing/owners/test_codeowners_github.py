"""GitHub's dialect: its limit, and the same answers as PyPI's `codeowners` where both are right.

That package is left behind on purpose in these points, which the files here keep away from:
it takes names in comments for owners, keeps a line whose owners are partly wrong, reads `!`,
`[...]`, `***` and a `#` that is escaped as patterns, splits lines at more than line feeds, does
not let `src/**/` own files directly in `src`, and does not let a star match a space.
"""

from __future__ import annotations

from codeowners import CodeOwners as PypiCodeowners
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.owners.codeowners import Dialect, parse_codeowners
from routing.owners.github import TOO_LARGE

NAMES = st.text("ab", min_size=1, max_size=3)
PATHS = st.lists(NAMES, min_size=1, max_size=5).map("/".join)
STEPS = st.one_of(
    st.just("**"), st.just("*"), NAMES, st.from_regex(r"[ab?]{0,2}\*?[ab?]{1,2}\*?", fullmatch=True)
)
OWNERS = st.lists(
    st.sampled_from(["@ana", "@bo-b", "@acme/web", "cem@example.com"]), max_size=2, unique=True
).map(" ".join)


@st.composite
def rules(draw: st.DrawFn) -> str:
    """A line that both read alike."""
    steps = draw(st.lists(STEPS, min_size=1, max_size=4))
    end = draw(st.sampled_from(["", "", "/"])) if steps[-1] != "**" else ""
    return f"{draw(st.sampled_from(['', '/']))}{'/'.join(steps)}{end} {draw(OWNERS)}"


@settings(deadline=None)
@given(st.lists(rules(), max_size=12), st.lists(PATHS, min_size=1, max_size=6))
def test_the_package_on_pypi_finds_the_same_line_and_owners(
    lines: list[str], paths: list[str]
) -> None:
    text = "\n".join(["# a comment", *lines])
    ours, theirs = parse_codeowners(text, Dialect.GITHUB), PypiCodeowners(text)
    assert not ours.problems
    for path in paths:
        owners, line, *_ = theirs.matching_line(path)
        ownership = ours.owners(path)
        assert [rule.line for rule in ownership.rules] == ([line] if line else [])
        assert [owner.written for owner in ownership.owners] == [name for _, name in owners]


def test_a_file_of_three_megabytes_is_not_loaded() -> None:
    line = "* @ana\n"
    text = line + "#" * (TOO_LARGE - len(line))
    codeowners = parse_codeowners(text, Dialect.GITHUB)
    assert not codeowners.owners("a").rules
    [problem] = codeowners.problems
    assert "3 MB" in problem.message
    assert parse_codeowners(text[:-1], Dialect.GITHUB).owners("a").rules


def test_the_limit_counts_bytes_not_characters() -> None:
    text = "* @ana\n#" + "ü" * (TOO_LARGE // 2)
    assert parse_codeowners(text, Dialect.GITHUB).problems


def test_gitlab_has_no_such_limit() -> None:
    text = "* @ana\n" + "#" * TOO_LARGE
    assert parse_codeowners(text, Dialect.GITLAB).owners("a").rules
