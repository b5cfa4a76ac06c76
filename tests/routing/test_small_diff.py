"""The diff on the card: whole, or not at all."""

from __future__ import annotations

from dataclasses import replace

import pytest

from routing.model import Change, FileStatus
from routing.small_diff import MOST_CHARACTERS, MOST_PLACES, SMALL, places_of, small_diff
from tests.builders import a_change, a_file

LONG = a_file(lines=1, patch="+" + "x" * MOST_CHARACTERS)


def test_a_small_change_is_shown_file_by_file() -> None:
    change = a_change(files=[a_file("a.py", 1), a_file("b.py", 0, 1)])
    assert small_diff(change).splitlines() == [
        "a.py",
        "@@ -1,0 +1,1 @@",
        "+new = 1",
        "b.py",
        "@@ -1,1 +1,0 @@",
        "-old = 1",
    ]


@pytest.mark.parametrize(
    ("lines", "shown"), [(0, False), (1, True), (SMALL, True), (SMALL + 1, False)]
)
def test_only_so_many_lines_are_shown(lines: int, *, shown: bool) -> None:
    assert bool(small_diff(a_change(files=[a_file(lines=lines)]))) is shown


@pytest.mark.parametrize(
    "change",
    [
        a_change(files=[a_file(lines=1), a_file("logo.png", 1, patch=None)]),
        a_change(files=[a_file(lines=1)], gaps=("the list of files ends at 3,000",)),
        replace(a_change(files=[a_file(lines=1)]), hidden=True),
        a_change(files=[LONG]),
    ],
    ids=["a file without its patch", "a gap", "hidden files", "one endless line"],
)
def test_what_is_not_seen_whole_is_not_shown(change: Change) -> None:
    assert small_diff(change) == ""


def test_a_renamed_file_is_shown_under_both_names() -> None:
    file = a_file("b.py", 1, status=FileStatus.RENAMED, old_path="a.py")
    assert small_diff(a_change(files=[file])).startswith("a.py → b.py\n")


def test_a_new_file_says_that_it_is_new() -> None:
    file = a_file("b.py", 1, status=FileStatus.ADDED)
    assert small_diff(a_change(files=[file])).startswith("b.py (added)\n")


def test_the_directories_in_which_most_lines_changed_come_first_as_globs() -> None:
    files = [a_file("web/a.ts", 3), a_file("db/x.sql", 2, 3), a_file("web/b.ts", 4), a_file("top")]
    assert places_of(a_change(files=files)) == ("web/**", "db/**")


def test_only_so_many_directories_are_named() -> None:
    files = [a_file(f"{name}/a.py") for name in "abcdefgh"]
    assert len(places_of(a_change(files=files))) == MOST_PLACES
