"""Expertise: what the history of some paths says about people."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.knowledge.expertise import measure_expertise
from routing.levels import Level
from routing.model import PastChange
from tests.routing.pasts import PAST, PASTS, PATHS, a_past, day

CASES = json.loads((Path(__file__).parents[2] / "data" / "expertise.json").read_text())
SOME_PATHS = st.lists(st.sampled_from(PATHS), min_size=1, max_size=3)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_history_says_so(case: Mapping[str, Any]) -> None:
    past = [
        a_past(at, path, by=author, reviewed_by=(reviewer,) if reviewer else ())
        for at, path, author, reviewer in case["past"]
    ]
    found = measure_expertise(past, case["paths"], day(case["now"]))[case["person"]]
    keys = ("level", "authored", "reviewed", "sentence")
    assert {key: getattr(found, key) for key in keys} == {key: case[key] for key in keys}


def test_since_is_the_first_change_that_counts() -> None:
    past = [a_past(at, "billing/tax.py", by="ana") for at in (40, 3, 20)]
    assert measure_expertise(past, ["billing/tax.py"], day(50))["ana"].since == day(3).date()


def test_people_without_evidence_are_not_in_the_answer() -> None:
    past = [a_past(1, "web/theme.css", by="ana", reviewed_by=("ben",))]
    assert measure_expertise(past, ["billing/tax.py"], day(2)) == {}


def test_what_is_older_than_the_window_is_forgotten() -> None:
    past = [a_past(1, "billing/tax.py", by="ana")]
    assert not measure_expertise(past, ["billing/tax.py"], day(40), window_days=30)


def test_an_author_who_signed_their_own_change_has_written_not_reviewed() -> None:
    past = [a_past(1, "billing/tax.py", by="ana", reviewed_by=("ana",))]
    found = measure_expertise(past, ["billing/tax.py"], day(2))["ana"]
    assert (found.authored, found.reviewed) == (1, 0)


def test_the_file_itself_says_more_than_its_directory() -> None:
    past = [
        a_past(1, "billing/tax.py", by="ana"),
        a_past(1, "billing/invoice.py", by="ben"),
        a_past(1, "billing/tests/test_tax.py", by="cleo"),
    ]
    found = measure_expertise(past, ["billing/tax.py"], day(2))
    assert found["ana"].share > found["ben"].share > found["cleo"].share


def test_a_sweep_through_many_files_says_less_than_a_change_about_one() -> None:
    many = [f"other/{number}.py" for number in range(20)]
    past = [
        a_past(1, "billing/tax.py", *many, by="ana"),
        a_past(1, "billing/tax.py", by="ben"),
    ]
    found = measure_expertise(past, ["billing/tax.py"], day(2))
    assert found["ben"].share > 2 * found["ana"].share


def test_a_small_file_among_a_thousand_others_teaches_nothing() -> None:
    sweep = PastChange(
        "sweep", day(1), ("ana",), (), (*((f"o/{n}", 9, 9) for n in range(60)), ("b/x.py", 1, 0))
    )
    assert measure_expertise([sweep], ["b/x.py"], day(2)) == {}


def test_in_a_crowd_three_even_shares_make_an_expert() -> None:
    crowd = [a_past(n / 10, "web/theme.css", by=f"p{n}") for n in range(30)]
    mine = [a_past(4 + n, "web/theme.css", by="ana") for n in range(5)]
    found = measure_expertise([*crowd, *mine], ["web/theme.css"], day(10))["ana"]
    assert found.share < 0.25
    assert found.level is Level.EXPERT


@given(PASTS, SOME_PATHS)
def test_shares_are_parts_of_one_whole(past: list[PastChange], paths: list[str]) -> None:
    found = measure_expertise(past, paths, day(501))
    total = sum(one.share for one in found.values())
    assert not found or total == pytest.approx(1.0)


@given(PASTS, PAST, SOME_PATHS, st.integers(0, 500))
def test_the_future_changes_nothing(
    past: list[PastChange], late: PastChange, paths: list[str], now: int
) -> None:
    known = [change for change in past if change.at < day(now)]
    to_come = [change for change in [*past, late] if change.at >= day(now)]
    assert measure_expertise([*to_come, *known], paths, day(now)) == measure_expertise(
        known, paths, day(now)
    )


@given(PASTS.flatmap(lambda past: st.tuples(st.just(past), st.permutations(past))), SOME_PATHS)
def test_the_order_of_the_history_does_not_matter(
    pasts: tuple[list[PastChange], list[PastChange]], paths: list[str]
) -> None:
    one, other = (measure_expertise(past, paths, day(501)) for past in pasts)
    assert list(one) == list(other)
    for person, found in one.items():
        assert found.share == pytest.approx(other[person].share)
        assert (found.authored, found.since) == (other[person].authored, other[person].since)
