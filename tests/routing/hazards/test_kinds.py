"""What kind of file a path is."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.generated import is_generated
from routing.hazards.kinds import Kind, kinds_of
from tests.routing.risk_cases import table


@pytest.mark.parametrize("case", table("kinds.json"), ids=lambda case: case["path"])
def test_a_path_has_exactly_these_kinds(case: dict[str, Any]) -> None:
    assert sorted(kinds_of(case["path"])) == case["kinds"]


@given(st.text(st.characters()))
def test_any_text_can_be_asked_about(path: str) -> None:
    kinds = kinds_of(path)
    unwritten = {Kind.GENERATED, Kind.VENDORED, Kind.LOCK}
    assert bool(kinds & unwritten) == is_generated(path)


@given(st.lists(st.text(st.characters(exclude_characters="/"), min_size=1), max_size=3))
def test_a_migration_is_one_below_any_folder_that_is_code(folders: list[str]) -> None:
    path = "/".join([*folders, "migrations", "0001_x.sql"])
    quiet = {Kind.TEST, Kind.DOCS, Kind.ASSET, Kind.VENDORED}
    assert kinds_of(path) & (quiet | {Kind.MIGRATION})
