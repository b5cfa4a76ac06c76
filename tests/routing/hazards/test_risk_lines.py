"""Which lines of a change count."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from routing.hazards.patches import parse_hunks, shows_all, space_only_lines
from routing.model import Change, ChangedFile, FileStatus
from routing.risk import effective_lines
from tests.routing.risk_cases import ANY_TEXT, CHANGES, a_change, a_file, table, written


@pytest.mark.parametrize("case", table("space.json"), ids=lambda case: case["name"])
def test_lines_that_change_nothing_but_space(case: dict[str, Any]) -> None:
    assert space_only_lines(case["patch"], case["path"]) == case["only_space"]


@pytest.mark.parametrize(
    "path", ["dist/app.js", "vendor/x/y.go", "poetry.lock", "tests/__snapshots__/a.snap"]
)
def test_what_nobody_wrote_does_not_count(path: str) -> None:
    assert effective_lines(a_change(written(path, 40), written("src/a.py", 2))) == 2


def test_a_file_that_only_moves_does_not_count() -> None:
    moved = ChangedFile("src/b.py", 0, 0, FileStatus.RENAMED, "src/a.py")
    assert effective_lines(a_change(moved)) == 0


def test_lines_that_nobody_saw_count() -> None:
    assert effective_lines(a_change(a_file("src/a.py", lines=30))) == 30


def test_lines_that_a_patch_leaves_out_count() -> None:
    file = ChangedFile("src/a.py", 50, 0, patch="@@ -0,0 +1,2 @@\n+\n+x")
    assert effective_lines(a_change(file)) == 49


@given(CHANGES)
def test_never_more_lines_than_were_changed(change: Change) -> None:
    assert 0 <= effective_lines(change) <= change.lines


@given(ANY_TEXT, ANY_TEXT)
def test_any_patch_can_be_counted(patch: str, path: str) -> None:
    assert 0 <= space_only_lines(patch, path) <= patch.count("\n") + 1


def test_a_hunk_is_the_file_before_and_after() -> None:
    (hunk,) = parse_hunks("@@ -1,3 +1,3 @@ def f():\n a\n-b\n+c\n\\ No newline at end of file")
    assert (hunk.before, hunk.after) == (("a", "b"), ("a", "c"))


def test_a_line_separator_within_a_line_begins_no_new_line() -> None:
    (hunk,) = parse_hunks("@@ -0,0 +1 @@\n+a\u2028+b\x0c+c\r")
    assert hunk.after == ("a\u2028+b\x0c+c\r",)


@pytest.mark.parametrize(
    ("patch", "additions", "deletions", "whole"),
    [
        (None, 0, 0, False),
        ("", 0, 0, True),
        ("@@ -1 +1 @@\n-a\n+b", 1, 1, True),
        ("+b", 1, 0, True),
        ("@@ -1 +1 @@\n-a\n+b", 2, 1, False),
        ("@@ -1 +1 @@\n-a\n+b", 1, 2, False),
    ],
)
def test_a_patch_shows_all_or_was_cut_short(
    patch: str | None, additions: int, deletions: int, whole: bool
) -> None:
    assert shows_all(patch, additions, deletions) is whole
