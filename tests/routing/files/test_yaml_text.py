"""YAML without surprises: nodes know their place, and no text can make them large or slow."""

from __future__ import annotations

import json

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.files.problems import InvalidFile
from routing.files.telling import MAX_PROBLEMS
from routing.files.yaml_text import (
    CHARACTERS_A_VALUE,
    MAX_CHARACTERS,
    MAX_DEPTH,
    Node,
    Plain,
    parse_yaml,
)
from tests.routing.problem_tables import problems_in


def plain(text: str) -> Plain:
    return parse_yaml(text, "f.yml").root.plain()


def only_problem(text: str) -> str:
    """The one thing said about a text that cannot be read."""
    with pytest.raises(InvalidFile) as caught:
        parse_yaml(text, "f.yml")
    (problem,) = caught.value.problems
    return str(problem)


@pytest.mark.parametrize(
    "text", ["09:00", "on", "no", "010", "0x1F", "1_000", "2026-01-02", ".inf", "<<", "1e3"]
)
def test_a_scalar_stays_the_text_that_was_written(text: str) -> None:
    assert plain(f"- {text}\n- '{text}'") == [text, text]


@pytest.mark.parametrize("text", ["", "~", "null", "NULL"])
def test_nothing_is_nothing_and_quotes_make_it_text(text: str) -> None:
    assert plain(f"a: {text}\nb: '{text}'") == {"a": None, "b": text}


def test_a_node_knows_its_line_its_column_and_the_way_to_it() -> None:
    root = parse_yaml("a:\n  - x\n  - {b: y,\n     c: z}\n", "f.yml").root
    node = root.nearest(("a", 1, "c"))
    assert (node.line, node.column, node.path, node.value) == (4, 6, ("a", 1, "c"), "z")


def test_the_nearest_node_is_where_the_way_ends() -> None:
    root = parse_yaml("a:\n  b: x\n", "f.yml").root
    assert root.nearest(("a", "c")).path == ("a",)
    assert root.nearest(("a", 7)).path == ("a",)


def test_an_empty_file_is_nothing_on_line_one() -> None:
    assert parse_yaml("# only a comment\n", "f.yml").root == Node(None, 1, 1)


def test_what_does_not_stop_the_reading_is_collected() -> None:
    document = parse_yaml("a: &x 1\na: 2\nb: *x\nc: !t 3\n---\nd: 4", "f.yml")
    assert [(problem.line, problem.path) for problem in document.problems] == [
        (1, "a"),
        (2, "a"),
        (3, "b"),
        (4, "c"),
        (5, ""),
    ]


def test_of_a_key_written_twice_the_first_is_kept() -> None:
    assert plain("a: 1\n'a': 2") == {"a": "1"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a:\n\tb: 1", "f.yml:2: this is not YAML (found character that cannot start any token)"),
        ("a: b: c", "f.yml:1: this is not YAML (mapping values are not allowed in this context)"),
        ("? [a]\n: 1", "f.yml:1: a key must be a single word"),
        ("ok: 1\nbad: \x07", r"f.yml:2: `\x07` is a control character"),
        ("ok: 1\nbad: \ud800", r"f.yml:2: `\ud800` is a control character"),
        ("x" * (MAX_CHARACTERS + 1), "f.yml:1: the file has 65,537 characters"),
    ],
)
def test_what_stops_the_reading_is_said_with_its_line(text: str, said: str) -> None:
    assert only_problem(text).startswith(said)


@pytest.mark.parametrize(
    ("text", "cure"),
    [
        ("a:\n\tb: 1", "indent with spaces"),
        ("a: @dana", "put the value in quotes"),
        ("a: b: c", 'put a value with ": " in it in quotes'),
        ("x: 1\na: {b: 1,\nc: #d}", "close the bracket opened on line 2"),
    ],
)
def test_a_common_slip_has_its_own_cure(text: str, cure: str) -> None:
    assert cure in only_problem(text)


@pytest.mark.parametrize("opening", ["[", "- ", "{a: ", "[{a: "])
def test_nesting_ends_at_the_limit(opening: str) -> None:
    text = (opening * MAX_CHARACTERS)[: MAX_CHARACTERS - MAX_CHARACTERS % len(opening)]
    assert f"nest at most {MAX_DEPTH} levels" in only_problem(text)


def test_as_deep_as_the_limit_is_fine() -> None:
    text = "[" * MAX_DEPTH + "x" + "]" * MAX_DEPTH
    assert parse_yaml(text, "f.yml").root.nearest((0,) * MAX_DEPTH).value == "x"


def test_a_file_that_is_nothing_but_values_is_refused() -> None:
    most = MAX_CHARACTERS // CHARACTERS_A_VALUE
    listed = [",".join("1" * count).join("[]") for count in (most - 1, most)]
    assert len(parse_yaml(listed[0], "f.yml").root.plain() or ()) == most - 1
    assert only_problem(listed[1]) == (
        "f.yml:1: [5460]: there are more than 5,461 values in this file — take some out"
    )


def test_of_very_many_problems_the_first_are_told() -> None:
    with pytest.raises(InvalidFile) as caught:
        parse_yaml("a: 1\n" * 2 * MAX_PROBLEMS, "f.yml")
    assert [problem.line for problem in caught.value.problems] == list(range(2, MAX_PROBLEMS + 2))


def test_aliases_multiply_nothing() -> None:
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    for one, before in zip("bcdefghi", "abcdefgh", strict=True):
        lines.append(f"{one}: &{one} [{', '.join(['*' + before] * 9)}]")
    document = parse_yaml("\n".join(lines), "f.yml")
    assert len(json.dumps(document.root.plain())) < 1000
    assert len(document.problems) == 9 + 8 * 9


SCALARS = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1, max_size=8)
TREES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(SCALARS, inner, max_size=4),
    max_leaves=15,
)


@settings(deadline=None, max_examples=60)
@given(TREES, st.booleans())
def test_what_a_yaml_library_writes_is_read_back_as_text(tree: Plain, flow: bool) -> None:
    text = yaml.safe_dump(tree, default_style='"', default_flow_style=flow, allow_unicode=True)
    assert plain(text) == tree


@settings(deadline=None, max_examples=60)
@given(st.text(alphabet="ab:-?[]{},&*!|>'\"%@`#~\t\n \x85\ufeff\u2028", max_size=60))
def test_no_text_raises_anything_but_its_problems(text: str) -> None:
    found = problems_in(lambda written: parse_yaml(written, "f.yml"), text)
    assert all(problem.line >= 1 and problem.cure for problem in found)
