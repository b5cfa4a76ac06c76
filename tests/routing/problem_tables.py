"""Reads the tables of bad texts, and what ought to be said about each."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

from routing.files.problems import InvalidFile, Problem

DATA = Path(__file__).parents[1] / "data"

Said = dict[str, str | int]


@dataclass(frozen=True)
class Case:
    """One bad text, and every problem it has."""

    text: str
    problems: list[Said]


def cases(file: str, table: str) -> list[ParameterSet]:
    """The cases of a table, each named for what is wrong."""
    tables = json.loads((DATA / file).read_text("utf-8"))
    return [
        pytest.param(Case("\n".join(case["text"]), case["problems"]), id=case["case"])
        for case in tables[table]
    ]


def problems_in(parse: Callable[[str], object], text: str) -> tuple[Problem, ...]:
    """What a parser says about a text; nothing where it takes it."""
    try:
        parse(text)
    except InvalidFile as invalid:
        return invalid.problems
    return ()


def said_of(parse: Callable[[str], object], case: Case) -> list[Said]:
    """What a parser says about a case's text, in the table's form."""
    return [
        {
            "line": problem.line,
            "path": problem.path,
            "message": problem.message,
            "cure": problem.cure,
        }
        for problem in problems_in(parse, case.text)
    ]
