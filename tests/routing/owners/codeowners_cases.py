"""Reads the tables of CODEOWNERS patterns, files and problems."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from _pytest.mark import ParameterSet

from routing.owners.codeowners import Dialect

DATA = Path(__file__).parents[2] / "data"

Table = dict[str, list[dict[str, Any]]]


def table(name: str) -> Table:
    """One of the tables, by dialect."""
    tables: Table = json.loads((DATA / f"codeowners_{name}.json").read_text("utf-8"))
    return tables


def patterns(dialect: str) -> list[ParameterSet]:
    """(pattern, path, whether it matches), one for each path of the dialect's table."""
    return [
        pytest.param(row["pattern"], path, kind == "owns", id=f"{row['why']}: {path}")
        for row in table("patterns")[dialect]
        for kind in ("owns", "not")
        for path in row[kind]
    ]


def files(name: str) -> list[ParameterSet]:
    """(dialect, row) for each row of a table about whole files."""
    return [
        pytest.param(Dialect(dialect), row, id=f"{dialect}: {row['case']}")
        for dialect, rows in table(name).items()
        for row in rows
    ]
