"""Fits the curves of `routing/hazards/curves.py` on sets of past changes with known defects.

    python -m bench.fit_risk FIRST.csv.gz SECOND.csv.gz …

Each file holds one project's changes with the columns `date` (unix seconds), `bug` (0 or 1) and
the measures. Curves are fitted on the first 70 % by date of all sets together, every set weighing
the same; but for one they may only rise or only fall. Needs numpy and scipy, which the product does
not.
"""

from __future__ import annotations

import csv
import gzip
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import click
import numpy as np
from scipy.optimize import minimize
from scipy.stats import rankdata

from routing.hindsight.risk_features import assess_features

TRAIN = 0.7
RIDGE = 3.0
"""Small: it only keeps curves still where a set says nothing."""

POINTS_A_LOGIT = 100
"""Many, so that few changes share a score: with ten, rounding costs .001 of AUC."""

WEIGHT_OF_A_SET = 10_000.0
SHARES = ("moderate", 0.50), ("high", 0.80), ("critical", 0.95)
"""A level begins above this share of the changes fitted on."""

Array = np.ndarray[Any, Any]


class Shape(NamedTuple):
    """A measure's knots; the risk rises (1) or falls (-1) with it, or goes where it likes (0).

    With `per` the measure is divided by another, which counts as 1 at least.
    """

    column: str
    knots: tuple[float, ...]
    sign: int
    per: str | None = None

    @property
    def name(self) -> str:
        """How the table calls it."""
        return self.column if self.per is None else f"{self.column}/{self.per}"

    def of(self, measures: Mapping[str, Array]) -> Array:
        """The values that the curve is laid over."""
        values = measures[self.column]
        return values if self.per is None else values / np.maximum(measures[self.per], 1)


Table = dict[Shape, list[tuple[float, int]]]
"""(value, points) at the knots of each measure."""

SHAPES = (
    Shape("la", (0, 1, 4, 16, 64, 256, 1024), 1),
    Shape("ld", (0, 1, 16, 256), 1),
    Shape("nf", (1, 3, 10), 1),
    Shape("fix", (0, 1), 1),
    Shape("age", (8, 32, 128, 512), -1),
    Shape("nuc", (8, 64, 512), 1),
    Shape("exp", (1, 64, 1024, 16384), -1),
    Shape("nuc", (2, 6, 15, 60), 0, per="ndev"),
    Shape("nuc", (0, 1, 4, 16, 64), 1, per="age"),
    Shape("la", (0.005, 0.04, 0.2, 1), -1, per="lt"),
    Shape("lt", (2, 8, 32, 128, 512), -1, per="nuc"),
)
"""Tried and left out, since they add nothing on either set once these are counted: ns, entropy,
rexp, sexp, ndev and lt by themselves, every other quotient of two; nd, which helps one set and
hurts the other; every measure's rank among the changes of its own set, alone or beside the measure
(-.001 of AUC from one set to the other). Gradient-boosted trees over all fourteen measures get no
further (.740 and .750)."""


@dataclass(frozen=True)
class Changes:
    """One project's changes, oldest first."""

    name: str
    bug: Array
    measures: dict[str, Array]

    def part(self, *, train: bool) -> Changes:
        """The part that is fitted on, or the later one that is tested on."""
        cut = int(len(self.bug) * TRAIN)
        rows = slice(None, cut) if train else slice(cut, None)
        return Changes(
            self.name, self.bug[rows], {name: all_[rows] for name, all_ in self.measures.items()}
        )


def read_changes(path: Path) -> Changes:
    """Read one set."""
    with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as file:
        rows = sorted(csv.DictReader(file), key=lambda row: float(row["date"]))
    named = {name for shape in SHAPES for name in (shape.column, shape.per) if name is not None}
    columns = {name: np.array([float(row[name]) for row in rows]) for name in sorted(named)}
    return Changes(
        path.name.partition(".")[0], np.array([int(row["bug"]) for row in rows]), columns
    )


def auc(bug: Array, score: Array) -> float:
    """The chance that a change with a defect scores above one without."""
    ranks = rankdata(score)
    bad = bug.sum()
    good = len(bug) - bad
    return float((ranks[bug == 1].sum() - bad * (bad + 1) / 2) / (bad * good))


def steps(values: Array, knots: Sequence[float]) -> Array:
    """How far each value has come between each two knots, in doublings."""
    at = np.log2(1 + np.maximum(values, 0))
    marks = np.log2(1 + np.array(knots, dtype=float))
    ways = [np.clip((at - low) / (high - low), 0, 1) for low, high in pairwise(marks)]
    return np.column_stack(ways)


def design(changes: Changes) -> Array:
    """All steps of all measures, turned so that each can only add risk (the free ones, any)."""
    return np.hstack(
        [(shape.sign or 1) * steps(shape.of(changes.measures), shape.knots) for shape in SHAPES]
    )


def fit(sets: Sequence[Changes]) -> Array:
    """Logistic regression, one intercept for each set; weights are not negative but where free."""
    inputs = np.vstack(
        [
            np.hstack([design(one), np.tile(np.eye(len(sets))[place], (len(one.bug), 1))])
            for place, one in enumerate(sets)
        ]
    )
    bug = np.concatenate([one.bug for one in sets])
    weight = np.concatenate([np.full(len(one.bug), WEIGHT_OF_A_SET / len(one.bug)) for one in sets])
    free = inputs.shape[1] - len(sets)
    ridge = np.concatenate([np.full(free, RIDGE), np.zeros(len(sets))])

    def loss(beta: Array) -> tuple[float, Array]:
        logit = inputs @ beta
        losses = np.logaddexp(0, logit) - bug * logit
        slope = inputs.T @ (weight * (1 / (1 + np.exp(-logit)) - bug))
        return float(weight @ losses + ridge @ beta**2 / 2), slope + ridge * beta

    signs = [shape.sign for shape in SHAPES for _ in shape.knots[1:]]
    bounds = [(0 if sign else None, None) for sign in (*signs, *[0] * len(sets))]
    start = np.zeros(inputs.shape[1])
    return minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x[:free]


def curves(beta: Array) -> Table:
    """The fitted weights as points at knots; the least of a curve is 0."""
    found, at = {}, 0
    for shape in SHAPES:
        count = len(shape.knots) - 1
        path = (shape.sign or 1) * np.concatenate([[0], np.cumsum(beta[at : at + count])])
        at += count
        points = np.round((path - path.min()) * POINTS_A_LOGIT).astype(int)
        found[shape] = list(zip(shape.knots, points.tolist(), strict=True))
    return found


def on_curve(knots: Sequence[tuple[float, int]], values: Array) -> Array:
    """Points of many values at once, as `risk_features.points_on` gives them for one."""
    marks = np.log2(1 + np.array([value for value, _ in knots], dtype=float))
    at = np.log2(1 + np.maximum(values, 0))
    return np.floor(np.interp(at, marks, [points for _, points in knots]) + 0.5)


def total(table: Table, changes: Changes) -> Array:
    """The scores of all changes."""
    return sum(on_curve(knots, shape.of(changes.measures)) for shape, knots in table.items())


def shipped(changes: Changes) -> Array:
    """The scores that the product gives."""
    names = list(changes.measures)
    rows = zip(*changes.measures.values(), strict=True)
    return np.array([assess_features(dict(zip(names, row, strict=True))).score for row in rows])


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
def main(paths: Sequence[Path]) -> None:
    """Fit, print the table, and say how well it and its parts rank changes."""
    sets = [read_changes(path) for path in paths]
    early, late = [one.part(train=True) for one in sets], [one.part(train=False) for one in sets]
    table = curves(fit(early))
    show_table(table, early)
    click.echo("\nAUC on the last 30 % of each set:")
    for test in late:
        click.echo(f"  {test.name}: lines added alone {auc(test.bug, test.measures['la']):.4f}")
        click.echo(f"    fitted on all sets' first 70 %: {auc(test.bug, total(table, test)):.4f}")
        click.echo(f"    as shipped: {auc(test.bug, shipped(test)):.4f}")
        for train in early:
            other = total(curves(fit([train])), test)
            click.echo(f"    fitted on {train.name} alone: {auc(test.bug, other):.4f}")
    click.echo("\nAUC on whole sets, with curves fitted on the others:")
    for test in sets:
        others = [one for one in sets if one is not test]
        if others:
            unseen, alone = total(curves(fit(others)), test), test.measures["la"]
            found, plain = auc(test.bug, unseen), auc(test.bug, alone)
            click.echo(f"  {test.name}: {found:.4f}, lines added alone {plain:.4f}")


def show_table(table: Table, early: Sequence[Changes]) -> None:
    """What `routing/hazards/curves.py` holds: knots, typical points, where levels begin."""
    click.echo("Curves, fitted on the first 70 % of all sets:")
    for shape, knots in table.items():
        points = np.concatenate([on_curve(knots, shape.of(one.measures)) for one in early])
        click.echo(f"  {shape.name}: {tuple(knots)}, typical {int(np.median(points))}")
    scores = np.concatenate([total(table, one) for one in early])
    weight = np.concatenate([np.full(len(one.bug), 1 / len(one.bug)) for one in early])
    order = np.argsort(scores)
    share = np.cumsum(weight[order]) / weight.sum()
    for level, start in SHARES:
        click.echo(f"  {level} from {int(scores[order][np.searchsorted(share, start)]) + 1}")


if __name__ == "__main__":
    main()
