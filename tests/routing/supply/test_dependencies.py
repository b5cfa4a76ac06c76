"""What a change does to the dependencies, read from patches and from whole texts."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.model import ChangedFile, FileStatus
from routing.supply.dependencies import (
    LONGEST_LINE,
    DependencyChange,
    Finding,
    changes_between,
    dependency_changes,
)
from routing.supply.manifests import Ecosystem
from tests.routing.risk_cases import ANY_TEXT, a_file, table

CASES = table("dependencies.json")
READ_PATHS = sorted({case["path"] for case in CASES})


def phrases(*files: ChangedFile) -> list[str]:
    return [change.phrase for change in dependency_changes(files)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_patch_of_a_dependency_file_says_what_it_does(case: dict[str, Any]) -> None:
    assert phrases(a_file(case["path"], case["patch"])) == case["expect"]


def test_a_change_keeps_what_was_written_and_where() -> None:
    patch = '@@ -1 +1 @@\n-    "react": "^17.0.2"\n+    "react": "^18.3.1"'
    assert dependency_changes([a_file("web/package.json", patch)]) == (
        DependencyChange(
            Ecosystem.NPM, Finding.MAJOR_UPGRADE, "react", "web/package.json", "^17.0.2", "^18.3.1"
        ),
    )


def test_the_gravest_comes_first() -> None:
    patch = '@@ -1 +1,3 @@\n-"b": "1.0"\n+"b": "1.1"\n+"c": "1.0"\n+"postinstall": "node x"'
    found = dependency_changes([a_file("package.json", patch)])
    assert [change.finding for change in found] == [
        *(Finding.INSTALL_SCRIPT, Finding.ADDED, Finding.UPGRADED),
    ]


@pytest.mark.parametrize(
    "file",
    [
        a_file("package.json", lines=3),
        ChangedFile("go.mod", 0, 0),
        ChangedFile("go.mod", 5, 0, patch="@@ -1 +1 @@\n+require a.b/c v1.0.0"),
        a_file("package.json", '@@ -0,0 +1 @@\n+{"x": "' + "y" * LONGEST_LINE + '"}'),
    ],
    ids=["no patch", "binary", "a patch cut short", "everything on one endless line"],
)
def test_what_cannot_be_read_is_said(file: ChangedFile) -> None:
    assert f"what changed in {file.path} could not be seen" in phrases(file)


def test_a_form_that_is_not_read_is_said() -> None:
    file = a_file("mix.exs", '@@ -1 +1 @@\n+{:plug, "~> 1.0"}')
    assert phrases(file) == ["mix.exs lists dependencies in a form that is not read"]


def test_a_dependency_file_that_goes_or_only_moves_brings_nothing_new() -> None:
    assert phrases(a_file("go.mod", lines=3, status=FileStatus.REMOVED)) == []
    assert phrases(ChangedFile("b/go.mod", 0, 0, FileStatus.RENAMED, "a/go.mod")) == []


def test_what_a_manifest_names_is_not_said_again_for_its_lock_file() -> None:
    manifest = a_file("package.json", '@@ -1 +1 @@\n-"b": "1.0.0"\n+"b": "1.1.0"')
    lock = a_file(
        "package-lock.json",
        '@@ -1,2 +1,2 @@\n "node_modules/b": {\n-"version": "1.0.0"\n+"version": "1.1.0"',
    )
    assert phrases(lock) == ["upgrades b 1.0.0 → 1.1.0"]
    assert len(phrases(manifest, lock)) == 1


def test_whole_texts_are_compared_in_the_same_way() -> None:
    before = "[project]\ndependencies = ['rich']\n"
    after = "[project]\ndependencies = ['rich', 'click>=8']\n"
    (change,) = changes_between("pyproject.toml", before, after)
    assert (change.finding, change.name, change.after) == (Finding.ADDED, "click", ">=8")


@given(st.sampled_from(READ_PATHS), ANY_TEXT | st.sampled_from([case["patch"] for case in CASES]))
def test_a_text_that_stays_the_same_changes_no_dependency(path: str, text: str) -> None:
    assert changes_between(path, text, text) == ()


@given(
    st.sampled_from(READ_PATHS),
    st.lists(
        ANY_TEXT | st.sampled_from(sorted({line for c in CASES for line in c["patch"].split("\n")}))
    ),
)
def test_any_patch_can_be_read(path: str, lines: list[str]) -> None:
    for change in dependency_changes([a_file(path, "\n".join(lines))]):
        assert change.phrase


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_what_a_patch_adds_its_reverse_removes(case: dict[str, Any]) -> None:
    swap = {"+": "-", "-": "+"}
    lines = [swap.get(line[:1], line[:1]) + line[1:] for line in case["patch"].split("\n")]
    forth = dependency_changes([a_file(case["path"], case["patch"])])
    back = dependency_changes([a_file(case["path"], "\n".join(lines))])
    added = {change.name for change in forth if change.finding is Finding.ADDED}
    removed = {change.name for change in back if change.finding is Finding.REMOVED}
    assert added <= removed
