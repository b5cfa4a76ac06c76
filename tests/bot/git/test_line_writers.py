"""Who wrote each line that stands."""

from __future__ import annotations

import difflib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.git.line_writers import LineWriters
from routing.model import ChangedFile, FileStatus

LINES = st.lists(st.integers(0, 6).map("line {}".format), max_size=15)


def change(
    before: list[str], after: list[str], path: str = "a.py", old: str | None = None
) -> ChangedFile:
    patch = "\n".join([*difflib.unified_diff(before, after, lineterm="")][2:])
    status = FileStatus.RENAMED if old else FileStatus.MODIFIED
    if not before:
        status = FileStatus.ADDED
    elif not after:
        status = FileStatus.REMOVED
    return ChangedFile(path, len(after), len(before), status, old, patch or None)


@given(st.lists(LINES, min_size=1, max_size=8))
def test_a_line_is_its_last_writers_whatever_moved_around_it(versions: list[list[str]]) -> None:
    writers, truth, before = LineWriters(), list[int](), list[str]()
    for number, after in enumerate(versions):
        rewritten, standing = set[int](), list[int]()
        matcher = difflib.SequenceMatcher(None, before, after)
        for kind, low, high, start, end in matcher.get_opcodes():
            if kind == "equal":
                standing += truth[low:high]
            else:
                rewritten.update(truth[low:high] if after else ())
                standing += [number] * (end - start)
        files = [change(before, after)] if before or after else []
        assert writers.land(number, files) == rewritten
        truth, before = standing, after


@pytest.mark.parametrize(
    ("before", "after", "rewritten"),
    [
        pytest.param("a = 1", "a = 2", True, id="another value"),
        pytest.param("a = 1\nb = 2", "b = 2", True, id="a line goes"),
        pytest.param("a = 1", "a = 1\nb = 2", False, id="a line comes"),
        pytest.param("if a:\nb()", "if a:\n    b()", False, id="indented"),
        pytest.param("a = 1\nb = 2", "a  = 1\nb = 3", True, id="space here, more there"),
        pytest.param("}\n\na", "a", False, id="a brace and an empty line"),
        pytest.param("// old\na", "// new\na", False, id="a comment in C"),
        pytest.param("# old\na", "# new\na", False, id="a comment in Python"),
        pytest.param(" * old\na", " * new\na", False, id="a comment over many lines"),
        pytest.param("-- old\na", "-- new\na", False, id="a comment in SQL"),
        pytest.param("#include <a.h>", "#include <b.h>", True, id="no comment: an include"),
        pytest.param("*p = 1", "*p = 2", True, id="no comment: a pointer"),
        pytest.param("--count", "++count", True, id="no comment: counting down"),
    ],
)
def test_only_code_can_be_rewritten(before: str, after: str, *, rewritten: bool) -> None:
    writers = LineWriters()
    old, new = before.split("\n"), after.split("\n")
    writers.land(0, [change([], old)])
    assert writers.land(1, [change(old, new)]) == ({0} if rewritten else set())


def test_a_line_that_only_changed_its_space_stays_its_writers() -> None:
    writers = LineWriters()
    writers.land(0, [change([], ["b()"])])
    writers.land(1, [change(["b()"], ["    b()"])])
    assert writers.land(2, [change(["    b()"], ["    c()"])]) == {0}


def test_a_file_is_followed_to_its_new_name() -> None:
    writers = LineWriters()
    writers.land(0, [change([], ["a = 1"])])
    writers.land(1, [change(["a = 1"], ["a = 1"], "lib/b.py", old="a.py")])
    assert writers.land(2, [change(["a = 1"], ["a = 2"], "lib/b.py")]) == {0}


def test_two_files_may_swap_their_names() -> None:
    writers = LineWriters()
    writers.land(0, [change([], ["one"], "a.py")])
    writers.land(1, [change([], ["two"], "b.py")])
    swapped = [
        change(["two"], ["two"], "a.py", old="b.py"),
        change(["one"], ["one"], "b.py", old="a.py"),
    ]
    writers.land(2, swapped)
    assert writers.land(3, [change(["two"], ["more"], "a.py")]) == {1}


@pytest.mark.parametrize("path", ["tests/test_a.py", "README.md", "vendor/a.go", "go.sum"])
def test_what_does_not_run_is_not_followed(path: str) -> None:
    writers = LineWriters()
    writers.land(0, [change([], ["a = 1"], path)])
    assert writers.land(1, [change(["a = 1"], ["a = 2"], path)]) == set()


def test_lines_that_go_with_their_file_are_not_rewritten() -> None:
    writers = LineWriters()
    writers.land(0, [change([], ["a = 1"])])
    assert writers.land(1, [change(["a = 1"], [])]) == set()


def test_lines_from_before_the_history_are_nobodys() -> None:
    writers = LineWriters()
    old = [f"line {number}" for number in range(40)]
    new = [*old[:30], "new", *old[31:]]
    assert writers.land(0, [change(old, new)]) == set()
    assert writers.land(1, [change(new, old)]) == {0}
