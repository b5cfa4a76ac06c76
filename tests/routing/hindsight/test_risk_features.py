"""The feature model: curves that are added up."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.hazards.curves import CURVES, Curve
from routing.hindsight.risk_features import FeatureModel, assess_features, points_on
from routing.levels import RiskLevel

COLUMNS = sorted({curve.column for curve in CURVES})
MEASURES = st.dictionaries(
    st.sampled_from([*COLUMNS, "ns", "entropy"]), st.floats(allow_nan=True, allow_infinity=True)
)
LINE = Curve("la", ((1, 0), (7, 20)), 5, "{value:g} lines.")
SHARE = Curve("la", ((1, 0), (7, 20)), 5, "{value:g} times as much.", per="lt")


@given(MEASURES)
def test_the_factors_add_up_to_the_score(measures: dict[str, float]) -> None:
    found = assess_features(measures)
    assert found.score == sum(factor.points for factor in found.factors)


@given(
    st.sampled_from([curve for curve in CURVES if curve.per != "ndev"]),
    st.floats(-10, 1e9),
    st.floats(-10, 1e9),
)
def test_a_curve_only_rises_or_only_falls(curve: Curve, one: float, other: float) -> None:
    low, high = points_on(curve, min(one, other)), points_on(curve, max(one, other))
    falls = curve.knots[0][1] > curve.knots[-1][1]
    assert (low >= high) if falls else (low <= high)


@pytest.mark.parametrize(
    ("value", "points"), [(-5, 0), (1, 0), (3, 10), (7, 20), (8, 20), (1e300, 20)]
)
def test_between_knots_each_doubling_counts_the_same(value: float, points: int) -> None:
    assert points_on(LINE, value) == points


def test_more_lines_added_score_more_with_all_else_equal() -> None:
    scores = [assess_features({"la": lines, "nf": 2}).score for lines in (0, 1, 5, 40, 300)]
    assert scores == sorted(set(scores))


def test_what_is_not_given_counts_as_typical_and_is_named() -> None:
    model = FeatureModel(curves=(LINE, Curve("nf", ((1, 0), (3, 2)), 1, "{value:g} files.")))
    found = assess_features({"la": math.nan, "nf": 3}, model)
    assert [(factor.points, factor.sentence) for factor in found.factors] == [
        (5, "1 measure not given, counted as typical: la."),
        (2, "3 files."),
    ]


@pytest.mark.parametrize(("lines", "stood", "points"), [(21, 3, 20), (7, 0, 20), (3, 3, 0)])
def test_a_quotient_is_laid_over_its_curve_with_a_divisor_of_1_at_least(
    lines: float, stood: float, points: int
) -> None:
    assert (
        assess_features({"la": lines, "lt": stood}, FeatureModel(curves=(SHARE,))).score == points
    )


@pytest.mark.parametrize(
    ("measures", "missing"),
    [
        ({"lt": 3.0}, "1 measure not given, counted as typical: la."),
        ({"la": 3.0, "lt": math.inf}, "1 measure not given, counted as typical: lt."),
        ({"la": math.nan}, "2 measures not given, counted as typical: la, lt."),
    ],
)
def test_a_quotient_that_lacks_either_measure_is_typical(
    measures: dict[str, float], missing: str
) -> None:
    (factor,) = assess_features(measures, FeatureModel(curves=(SHARE,))).factors
    assert (factor.points, factor.sentence) == (5, missing)


def test_a_measure_that_only_corrects_another_counts_nothing_without_it() -> None:
    little, much = ({"la": 9, "lt": lines} for lines in (10, 90_000))
    assert assess_features(little).score == assess_features(much).score
    assert assess_features(little | {"nuc": 3}).score > assess_features(much | {"nuc": 3}).score


def test_changes_that_differ_a_little_seldom_share_a_score() -> None:
    scores = {assess_features({"la": lines, "lt": 900, "nuc": 9}).score for lines in range(1, 100)}
    assert len(scores) > 60


def test_the_levels_are_reached_in_their_order() -> None:
    quiet = {"la": 1, "ld": 1, "nf": 1, "lt": 5_000, "fix": 0, "ndev": 3, "age": 200, "nuc": 4}
    busy = {"la": 500, "ld": 90, "nf": 9, "lt": 900, "fix": 1, "ndev": 40, "age": 2, "nuc": 300}
    assert assess_features(quiet).level is RiskLevel.LOW
    assert assess_features(busy).level is RiskLevel.CRITICAL
    assert assess_features({}).level is RiskLevel.LOW
