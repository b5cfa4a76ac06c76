"""How well scores foretold which changes went wrong: past grades held against what happened."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from routing.levels import RiskLevel

ENOUGH = 200
"""Changes of known fate from which on a level may be put into per cent: before, chance decides.

Scores rank changes of other projects alike, but the same score means another probability in
each, so nothing measured elsewhere can stand in for these.
"""

TENTH, FIFTH = 0.1, 0.2
EARLIER = 0.7
"""The share of the changes, oldest first, that makes the promises the later ones are held to."""

BINS = 10
Z = 1.96
"""Standard errors on each side of a 95 % interval."""


@dataclass(frozen=True, slots=True)
class Graded:
    """A past change as it was graded before anybody knew, and whether it went wrong."""

    score: float
    level: RiskLevel
    faulty: bool


@dataclass(frozen=True, slots=True)
class Ranking:
    """How well scores put changes in order.

    `auc` is the chance that a faulty change scores above a sound one: 0.5 is guessing, 1 perfect;
    `error` is its standard error. `tenth` and `fifth` are the shares of the faulty changes found
    among so many of the highest scores.
    """

    auc: float
    error: float
    tenth: float
    fifth: float


@dataclass(frozen=True, slots=True)
class Rate:
    """So many changes of which so many went wrong."""

    changes: int
    faulty: int

    @property
    def share(self) -> float:
        """Faulty ones among all; 0 of none."""
        return self.faulty / self.changes if self.changes else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Where the true share lies, 95 times in 100 (Wilson, *Probable Inference*, 1927)."""
        if not self.changes:
            return 0.0, 1.0
        n, spread = self.changes, Z * Z / self.changes
        middle = self.share + spread / 2
        reach = Z * math.sqrt(self.share * (1 - self.share) / n + spread / (4 * n))
        return (
            max(0.0, (middle - reach) / (1 + spread)),
            min(1.0, (middle + reach) / (1 + spread)),
        )


@dataclass(frozen=True, slots=True)
class Bin:
    """Scores from `low` to `high`: what the earlier changes promise, what the later ones did."""

    low: float
    high: float
    promised: Rate
    happened: Rate


@dataclass(frozen=True, slots=True)
class Calibration:
    """Scores and levels held against what happened.

    `percentages` and `bins` are None where fewer than `ENOUGH` changes are known: no percentage
    may be shown then.
    """

    total: Rate
    levels: Mapping[RiskLevel, Rate]
    bins: tuple[Bin, ...] | None

    @property
    def enough(self) -> bool:
        """Whether enough changes are known for percentages."""
        return self.total.changes >= ENOUGH

    @property
    def percentages(self) -> Mapping[RiskLevel, float] | None:
        """What each level that occurred means in this project, in per cent of faulty changes."""
        if not self.enough:
            return None
        return {level: 100 * rate.share for level, rate in self.levels.items() if rate.changes}

    @property
    def rises(self) -> bool:
        """Whether no level went wrong less often than a lower one."""
        shares = [rate.share for rate in self.levels.values() if rate.changes]
        return shares == sorted(shares)

    @property
    def gap(self) -> float | None:
        """How far promise and outcome lie apart: their mean distance over the later changes."""
        later = sum(one.happened.changes for one in self.bins or ())
        if not self.bins or not later:
            return None
        apart = (
            one.happened.changes * abs(one.promised.share - one.happened.share) for one in self.bins
        )
        return sum(apart) / later


def calibrate(past: Sequence[Graded]) -> Calibration:
    """Hold grades against what happened; `past` goes from the oldest change to the latest."""
    return Calibration(
        total=_rate(past),
        levels={level: _rate([one for one in past if one.level is level]) for level in RiskLevel},
        bins=_bins(past) if len(past) >= ENOUGH else None,
    )


def rank(scores: Sequence[float], faulty: Sequence[bool]) -> Ranking | None:
    """How well the scores put faulty changes first; None where there is nothing to tell apart.

    Equal scores stand in no order: they count half in the AUC, and by their share where the
    riskiest tenth or fifth ends among them. The error is Hanley's and McNeil's (*The Meaning and
    Use of the Area under a ROC Curve*, 1982).
    """
    bad = sum(faulty)
    good = len(faulty) - bad
    if not bad or not good:
        return None
    auc = _auc(scores, faulty, bad * good)
    above, below = auc / (2 - auc), 2 * auc * auc / (1 + auc)
    variance = (
        auc * (1 - auc) + (bad - 1) * (above - auc * auc) + (good - 1) * (below - auc * auc)
    ) / (bad * good)
    return Ranking(
        auc,
        math.sqrt(max(0.0, variance)),
        _caught(scores, faulty, TENTH) / bad,
        _caught(scores, faulty, FIFTH) / bad,
    )


def _ties(scores: Sequence[float], faulty: Sequence[bool]) -> list[Rate]:
    """The changes of each score together, the highest score first."""
    ordered = sorted(zip(scores, faulty, strict=True), reverse=True)
    groups = ([bad for _, bad in same] for _, same in groupby(ordered, key=lambda one: one[0]))
    return [Rate(len(group), sum(group)) for group in groups]


def _auc(scores: Sequence[float], faulty: Sequence[bool], pairs: int) -> float:
    won, bad_above = 0.0, 0
    for tie in _ties(scores, faulty):
        won += (tie.changes - tie.faulty) * (bad_above + tie.faulty / 2)
        bad_above += tie.faulty
    return won / pairs


def _caught(scores: Sequence[float], faulty: Sequence[bool], share: float) -> float:
    """How many faulty changes stand in the riskiest share of all."""
    left, caught = share * len(scores), 0.0
    for tie in _ties(scores, faulty):
        taken = min(tie.changes, left)
        caught += tie.faulty * taken / tie.changes
        left -= taken
    return caught


def _bins(past: Sequence[Graded]) -> tuple[Bin, ...]:
    """Bins with about as many of the earlier changes in each; equal scores stay together."""
    cut = int(len(past) * EARLIER)
    earlier, later = past[:cut], past[cut:]
    scores = sorted(one.score for one in earlier)
    ends = sorted({scores[len(scores) * place // BINS - 1] for place in range(1, BINS + 1)})

    def within(changes: Sequence[Graded], index: int) -> list[Graded]:
        last = len(ends) - 1
        return [one for one in changes if min(bisect_left(ends, one.score), last) == index]

    found: list[Bin] = []
    for index in range(len(ends)):
        promised, happened = within(earlier, index), within(later, index)
        inside = [one.score for one in (*promised, *happened)]
        found.append(Bin(min(inside), max(inside), _rate(promised), _rate(happened)))
    return tuple(found)


def _rate(changes: Sequence[Graded]) -> Rate:
    return Rate(len(changes), sum(one.faulty for one in changes))
