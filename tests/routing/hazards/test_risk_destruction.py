"""Migrations that lose data or break the code that still runs."""

from __future__ import annotations

from typing import Any

import pytest

from routing.hazards.destruction import destructive_statement
from tests.routing.risk_cases import table


@pytest.mark.parametrize("case", table("destruction.json"), ids=lambda case: case["name"])
def test_a_migration_destroys_by_what_it_adds_on_the_way_forth(case: dict[str, Any]) -> None:
    assert destructive_statement(case["patch"], case["path"]) == case["destroys"]
