"""The fitted curves of the feature model: data, made by `bench/fit_risk.py`.

Fitted on the first 70 % by date of two public sets of changes with known defects, Go and Qt (Zeng
et al., *Deep Just-in-Time Defect Prediction: How Far Are We?*, 2021), each weighing the same. Ten
points are one logit. On each set's last 30 %, and on either whole set with curves fitted on the
other alone, they rank better than lines added do (AUC .739 and .748 against .695 and .734; .742
and .750 against .707 and .736). `ns`, `nd`, `entropy`, `rexp` and `sexp` have no curve: once these
nine are counted they add nothing that holds on both sets.
"""

from __future__ import annotations

from dataclasses import dataclass

from routing.levels import RiskLevel


@dataclass(frozen=True, slots=True)
class Curve:
    """A measure's points: (value, points) at each knot, between them a line in doublings.

    `typical` is the median of the points in the sets fitted on; `sentence` takes the value.
    """

    column: str
    knots: tuple[tuple[float, int], ...]
    typical: int
    sentence: str


CURVES = (
    Curve(
        "la",
        ((0, 0), (1, 20), (4, 24), (16, 30), (64, 35), (256, 40)),
        27,
        "{value:.10g} lines added.",
    ),
    Curve("ld", ((0, 0), (1, 1), (16, 5), (256, 8)), 3, "{value:.10g} lines deleted."),
    Curve("nf", ((1, 0), (3, 3), (10, 5)), 0, "{value:.10g} files changed."),
    Curve(
        "lt",
        ((30, 15), (250, 11), (2_000, 7), (16_000, 3), (60_000, 0)),
        8,
        "{value:.10g} lines stood in these files before: in little code a change weighs more.",
    ),
    Curve("fix", ((0, 0), (1, 5)), 0, "It repairs a defect."),
    Curve("ndev", ((1, 0), (8, 5), (64, 8)), 6, "{value:.10g} developers changed these files."),
    Curve(
        "age",
        ((8, 9), (32, 7), (128, 5), (512, 0)),
        6,
        "{value:.1f} days since these files last changed: busy code carries more.",
    ),
    Curve("nuc", ((8, 0), (64, 3), (512, 8)), 3, "{value:.10g} earlier changes to these files."),
    Curve("exp", ((1_024, 1), (16_384, 0)), 1, "{value:.10g} changes by the author before."),
)

BANDS = ((58, RiskLevel.MODERATE), (68, RiskLevel.HIGH), (75, RiskLevel.CRITICAL))
"""Half of the changes fitted on are low, a fifth are high or critical, one in twenty critical."""
