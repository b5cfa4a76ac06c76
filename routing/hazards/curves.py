"""The fitted curves of the feature model: data, made by `bench/fit_risk.py`.

Fitted on the first 70 % by date of two public sets of changes with known defects, Go and Qt (Zeng
et al., *Deep Just-in-Time Defect Prediction: How Far Are We?*, 2021), each weighing the same. A
hundred points are one logit. On each set's last 30 %, and on either whole set with curves fitted on
the other alone, they rank better than lines added do (AUC .744 and .755 against .695 and .734; .750
and .756 against .707 and .736). The four quotients were taken in because they help each set with
curves fitted on the other. `ns`, `nd`, `entropy`, `rexp` and `sexp` have no curve: once these are
counted they add nothing that holds on both sets.
"""

from __future__ import annotations

from dataclasses import dataclass

from routing.levels import RiskLevel


@dataclass(frozen=True, slots=True)
class Curve:
    """A measure's points: (value, points) at each knot, between them a line in doublings.

    With `per` the value is the measure divided by another, which counts as 1 at least. `beside`: it
    only corrects another measure, and misleads where that is not given, so it is left out there.
    `typical` is the median of the points in the sets fitted on; `sentence` takes the value.
    """

    column: str
    knots: tuple[tuple[float, int], ...]
    typical: int
    sentence: str
    per: str | None = None
    beside: str | None = None

    @property
    def name(self) -> str:
        """The measure, or the quotient, as the table of factors calls it."""
        return self.column if self.per is None else f"{self.column}/{self.per}"


CURVES = (
    Curve(
        "la",
        ((0, 0), (1, 200), (4, 247), (16, 304), (64, 363), (256, 436), (1_024, 448)),
        279,
        "{value:.10g} lines added.",
    ),
    Curve("ld", ((0, 0), (1, 12), (16, 50), (256, 79)), 28, "{value:.10g} lines deleted."),
    Curve("nf", ((1, 0), (3, 21), (10, 46)), 0, "{value:.10g} files changed."),
    Curve("fix", ((0, 0), (1, 46)), 0, "It repairs a defect."),
    Curve(
        "age",
        ((32, 67), (128, 42), (512, 0)),
        60,
        "{value:.1f} days since these files last changed: busy code carries more.",
    ),
    Curve("nuc", ((64, 0), (512, 32)), 0, "{value:.10g} earlier changes to these files."),
    Curve("exp", ((1_024, 11), (16_384, 0)), 8, "{value:.10g} changes by the author before."),
    Curve(
        "nuc",
        ((2, 124), (6, 142), (15, 118), (60, 0)),
        130,
        "{value:.1f} earlier changes for each developer of these files; six weigh most.",
        per="ndev",
    ),
    Curve(
        "nuc",
        ((4, 0), (16, 10), (64, 30)),
        0,
        "{value:.1f} earlier changes for each day since the last: busy code carries more.",
        per="age",
    ),
    Curve(
        "la",
        ((0.04, 72), (0.2, 37), (1, 0)),
        72,
        "{value:.1%} is added to what stood in these files: new code breaks less than old.",
        per="lt",
        beside="nuc",
    ),
    Curve(
        "lt",
        ((2, 179), (8, 130), (32, 103), (128, 61), (512, 0)),
        113,
        "{value:.1f} lines stood there for each earlier change: settled code carries less.",
        per="nuc",
    ),
)

BANDS = ((714, RiskLevel.MODERATE), (813, RiskLevel.HIGH), (898, RiskLevel.CRITICAL))
"""Half of the changes fitted on are low, a fifth are high or critical, one in twenty critical."""
