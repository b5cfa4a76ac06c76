"""CODEOWNERS files, both dialects: tables of patterns, of files and of problems."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.owners.codeowners import LOCATIONS, Dialect, parse_codeowners
from routing.owners.ownership import OwningRule
from tests.routing.owners.codeowners_cases import files, patterns

PIECES = st.sampled_from(
    [
        *"*/![]^#\\ \t\r\n@a2?-.\u2028\ud800",
        "**",
        "@@",
        "@ana",
        "@@owner",
        "ana@example.com",
        "[A][2]",
        "^[b]",
        "docs/",
        "/**/",
        "\\ ",
        "\\#",
    ]
)
TEXTS = st.one_of(st.text(), st.lists(PIECES, max_size=60).map("".join))


@pytest.mark.parametrize(("pattern", "path", "owns"), patterns("github"))
def test_a_github_pattern_owns_what_github_says(pattern: str, path: str, owns: bool) -> None:
    codeowners = parse_codeowners(f"{pattern} @ana", Dialect.GITHUB)
    assert not codeowners.problems
    assert bool(codeowners.owners(path).owners) is owns


@pytest.mark.parametrize(("pattern", "path", "owns"), patterns("gitlab"))
def test_a_gitlab_pattern_owns_what_ruby_says(pattern: str, path: str, owns: bool) -> None:
    codeowners = parse_codeowners(f"{pattern} @ana", Dialect.GITLAB)
    assert not codeowners.problems
    assert bool(codeowners.owners(path).owners) is owns


@pytest.mark.parametrize(("dialect", "row"), files("files"))
def test_a_file_says_who_owns_a_path_and_by_which_line(
    dialect: Dialect, row: dict[str, Any]
) -> None:
    codeowners = parse_codeowners("\n".join(row["file"]), dialect)
    for ask in row["asks"]:
        ownership = codeowners.owners(ask["path"])
        assert [owner.written for owner in ownership.owners] == ask["owners"]
        if dialect is Dialect.GITHUB:
            lines = [(ask["line"], ask["pattern"])] if "line" in ask else []
            assert [(rule.line, rule.pattern) for rule in ownership.rules] == lines
        else:
            assert [in_words(rule) for rule in ownership.rules] == ask["sections"]


def in_words(rule: OwningRule) -> dict[str, Any]:
    assert rule.section
    return {
        "name": rule.section.name,
        "owners": [owner.written for owner in rule.owners],
        "optional": rule.section.optional,
        "approvals": rule.section.approvals,
        "line": rule.line,
        "pattern": rule.pattern,
    }


@pytest.mark.parametrize(("dialect", "row"), files("problems"))
def test_what_is_wrong_is_told_with_its_line_and_a_cure(
    dialect: Dialect, row: dict[str, Any]
) -> None:
    problems = parse_codeowners("\n".join(row["file"]), dialect, "docs/CODEOWNERS").problems
    assert [problem.line for problem in problems] == [said["line"] for said in row["problems"]]
    for problem, said in zip(problems, row["problems"], strict=True):
        assert problem.file == "docs/CODEOWNERS"
        assert said["message"] in problem.message
        assert said["cure"] in problem.cure


def test_each_forge_looks_where_it_says_it_does() -> None:
    assert LOCATIONS[Dialect.GITHUB] == (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")
    assert LOCATIONS[Dialect.GITLAB] == ("CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")


@settings(deadline=None)
@given(TEXTS, st.sampled_from(Dialect), st.lists(TEXTS, max_size=3))
def test_no_text_breaks_a_parser(text: str, dialect: Dialect, paths: list[str]) -> None:
    codeowners = parse_codeowners(text, dialect)
    last = text.count("\n") + 1
    for path in paths:
        for rule in codeowners.owners(path).rules:
            assert 1 <= rule.line <= last
    lines = [problem.line for problem in codeowners.problems]
    assert lines == sorted(lines)
    assert all(1 <= line <= last for line in lines)


@settings(deadline=None)
@given(TEXTS, st.sampled_from(Dialect), st.lists(TEXTS, max_size=3))
def test_asking_again_or_in_another_order_changes_nothing(
    text: str, dialect: Dialect, paths: list[str]
) -> None:
    codeowners = parse_codeowners(text, dialect)
    first = [codeowners.owners(path) for path in paths]
    alone = [parse_codeowners(text, dialect).owners(path) for path in paths]
    again = [codeowners.owners(path) for path in reversed(paths)][::-1]
    assert first == alone == again


def test_answers_are_forgotten_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("routing.owners.ownership.ANSWERS_REMEMBERED", 2)
    codeowners = parse_codeowners("\n".join(f"/{n} @o-{n}" for n in range(9)), Dialect.GITHUB)
    assert [str(codeowners.owners(str(n)).owners[0]) for n in range(9)] == [
        f"@o-{n}" for n in range(9)
    ]
    assert len(codeowners._answers) <= 2 + 2
