"""Files that nobody wrote by hand are known by their names."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.generated import LOCK_FILES, is_generated, is_lock_file

PATHS = json.loads(
    (Path(__file__).parents[1] / "data" / "provenance" / "generated.json").read_text()
)


@pytest.mark.parametrize("path", PATHS["generated"])
def test_generated_vendored_and_lock_files_are_told_by_their_paths(path: str) -> None:
    assert is_generated(path)


@pytest.mark.parametrize("path", PATHS["written"])
def test_files_that_people_write_are_not_taken_for_generated(path: str) -> None:
    assert not is_generated(path)


@given(st.sampled_from(sorted(LOCK_FILES)), st.lists(st.sampled_from(["a", "src", "web"])))
def test_a_lock_file_is_one_in_any_folder_and_any_letters(name: str, folders: list[str]) -> None:
    for spelled in (name, name.title()):
        path = "/".join([*folders, spelled])
        assert is_lock_file(path)
        assert is_generated(path)


@given(st.text())
def test_any_text_can_be_asked_about(path: str) -> None:
    assert is_generated(path) >= is_lock_file(path)
