"""Risk from the classic measures of a change: a sum of points that anybody can add up.

For lists of past changes of which only measures are known, under the names they have carried
since Kamei et al., *A Large-Scale Empirical Study of Just-in-Time Quality Assurance* (2013).
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass

from routing.hazards.curves import BANDS, CURVES, Curve
from routing.levels import RiskLevel
from routing.phrases import counted
from routing.risk import Factor, Risk

NOT_GIVEN = "not_given"


@dataclass(frozen=True, slots=True)
class FeatureModel:
    """The curves that are added up, and the scores from which each level begins."""

    curves: tuple[Curve, ...] = CURVES
    bands: tuple[tuple[int, RiskLevel], ...] = BANDS


MODEL = FeatureModel()


def assess_features(measures: Mapping[str, float], model: FeatureModel = MODEL) -> Risk:
    """Grade a change by its measures; those not given, or not finite, count as typical.

    Scores of changes of different projects rank alike, but do not mean the same probability.
    """
    factors: list[Factor] = []
    missing: list[Curve] = []
    for curve in model.curves:
        value = _value(curve, measures)
        if not math.isnan(value):
            points = points_on(curve, value)
            if points:
                factors.append(Factor(curve.name, points, curve.sentence.format(value=value)))
        else:
            missing.append(curve)
    if missing:
        columns = dict.fromkeys(
            name
            for curve in missing
            for name in (curve.column, curve.per, curve.beside)
            if name is not None and math.isnan(_given(measures, name))
        )
        names = ", ".join(columns)
        points = sum(curve.typical for curve in missing)
        what = counted(len(columns), "measure")
        sentence = f"{what} not given, counted as typical: {names}."
        factors.append(Factor(NOT_GIVEN, points, sentence))
    score = sum(factor.points for factor in factors)
    level = max((level for least, level in model.bands if score >= least), default=RiskLevel.LOW)
    return Risk(level, score, tuple(sorted(factors, key=lambda factor: -factor.points)))


def _value(curve: Curve, measures: Mapping[str, float]) -> float:
    value = _given(measures, curve.column)
    if curve.beside is not None and math.isnan(_given(measures, curve.beside)):
        return math.nan
    return value if curve.per is None else value / max(_given(measures, curve.per), 1)


def _given(measures: Mapping[str, float], name: str) -> float:
    """A measure; NaN, where it is not given or not finite."""
    value = measures.get(name, math.nan)
    return value if math.isfinite(value) else math.nan


def points_on(curve: Curve, value: float) -> int:
    """The points at a value: on a straight line between knots, measured in doublings."""
    place = bisect_right(curve.knots, value, key=lambda knot: knot[0])
    if place == 0:
        return curve.knots[0][1]
    if place == len(curve.knots):
        return curve.knots[-1][1]
    (start, low), (end, high) = curve.knots[place - 1 : place + 1]
    share = math.log2((1 + value) / (1 + start)) / math.log2((1 + end) / (1 + start))
    return math.floor(low + share * (high - low) + 0.5)
