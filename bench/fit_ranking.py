"""Fits the weights of `routing/ranking/weights.py` on histories of reviewed changes.

    python -m bench.fit_ranking FIRST.jsonl.gz SECOND.jsonl.gz …

Every history is replayed; each reviewed change is a choice of its reviewers among the candidates
of that moment, by a softmax over the weighted terms (a conditional logit). All histories weigh
the same; within one, a choice weighs more the rarer its reviewers are, or the five busiest would
teach the weights that nobody else reviews. A term that would count against people is left out,
since a ranking that is told in sentences cannot say "knows this code, therefore no".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np
import numpy.typing as npt

from bot.history_file import read_history
from routing.ranking.ranker import Ranker
from routing.ranking.replay import HistoryChange, in_time
from routing.ranking.terms import Term
from routing.ranking.weights import EXPERTISE, RANKED, Weights

RIDGE = 0.002
RARE = 0.2
"""A choice weighs by this power of how rare its rarest reviewer is."""

STEPS = 25
FAR = 10

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Choices:
    """All choices of one history, one row for each candidate.

    `starts` are the rows where choices begin, `choice` the number of each row's choice, `chosen`
    each row's part among the reviewers of its choice (0 for the others), `weight` what each choice
    weighs; the weights add up to 1.
    """

    name: str
    values: dict[Term, Floats]
    starts: npt.NDArray[np.int64]
    choice: npt.NDArray[np.int64]
    chosen: Floats
    weight: Floats

    def table(self, terms: Sequence[Term]) -> Floats:
        """One row for each term."""
        return np.stack([self.values[term] for term in terms])


def read_choices(path: Path) -> Choices:
    """Replay a history; choices whose reviewers were no candidates teach nothing."""
    ranker = Ranker()

    def observe(change: HistoryChange) -> None:
        ranker.observe(change.as_done, change.subject)

    columns: dict[Term, list[Floats]] = {term: [] for term in Term}
    chosen: list[Floats] = []
    rarity: list[float] = []
    history = read_history(path)
    reviews = Counter(person for change in history for person in change.reviewers)
    for change in in_time(history, observe):
        if not change.counts:
            continue
        weighed = ranker.weigh(change.as_opened, change.opened)
        hits = np.array([person in change.reviewers for person in weighed.candidates], dtype=float)
        if not hits.any():
            continue
        chosen.append(hits / hits.sum())
        rarity.append(max(reviews[person] ** -RARE for person in change.reviewers))
        for term in Term:
            columns[term].append(weighed.values(term))
    sizes = np.array([len(hits) for hits in chosen])
    return Choices(
        name=path.name,
        values={term: np.concatenate(column) for term, column in columns.items()},
        starts=np.cumsum(sizes) - sizes,
        choice=np.repeat(np.arange(len(sizes)), sizes),
        chosen=np.concatenate(chosen),
        weight=np.array(rarity) / sum(rarity),
    )


def fit(histories: Sequence[Choices], terms: Iterable[Term]) -> Weights:
    """The weights that make the reviewers most likely, none below 0."""
    kept = list(terms)
    while True:
        weights = _climb(histories, kept)
        if min(weights) >= 0:
            return dict(zip(kept, map(float, weights), strict=True))
        kept = [term for term, weight in zip(kept, weights, strict=True) if weight >= 0]


def _climb(histories: Sequence[Choices], terms: Sequence[Term]) -> Floats:
    """Newton's method on the mean likelihood, in units of each term's spread."""
    tables = [history.table(terms) for history in histories]
    spread = np.sqrt(np.mean([table.var(axis=1) for table in tables], axis=0)) + 1e-9
    tables = [table / spread[:, None] for table in tables]
    weights = np.zeros(len(terms))
    likelihood, slope, bend = _likelihood(histories, tables, weights)
    for _ in range(STEPS):
        step = np.linalg.solve(bend, slope)
        while True:
            better, slope, bend = _likelihood(histories, tables, weights + step)
            if better >= likelihood or np.abs(step).max() < 1e-9:  # noqa: PLR2004 - no step at all
                break
            step = step / 2
        weights = weights + step
        if better - likelihood < 1e-9:  # noqa: PLR2004 - nothing more to gain
            break
        likelihood = better
    fitted: Floats = weights / spread
    return fitted


def _likelihood(
    histories: Sequence[Choices], tables: Sequence[Floats], weights: Floats
) -> tuple[float, Floats, Floats]:
    """The mean logarithm of the reviewers' probability, its slope and its (negative) bend."""
    likelihood = -RIDGE * float(weights @ weights) / 2
    slope, bend = -RIDGE * weights, RIDGE * np.eye(len(weights))
    for history, table in zip(histories, tables, strict=True):
        starts, choice = history.starts, history.choice
        scores = weights @ table
        scores = scores - np.maximum.reduceat(scores, starts)[choice]
        odds = np.exp(scores)
        total = np.add.reduceat(odds, starts)
        probability = odds / total[choice]
        each = history.weight / len(histories)
        rows = each[choice]
        likelihood += float((rows * history.chosen) @ (scores - np.log(total)[choice]))
        slope = slope + table @ (rows * (history.chosen - probability))
        expected = np.add.reduceat(table * probability, starts, axis=1)
        bend = bend + (table * probability * rows) @ table.T - (expected * each) @ expected.T
    return likelihood, slope, bend


def reciprocal_rank(history: Choices, weights: Weights) -> float:
    """The mean over all choices, 0 beyond ten; of equal scores each counts half as better."""
    scores = np.array(list(weights.values())) @ history.table(list(weights))
    hit = np.where(history.chosen > 0, scores, -np.inf)
    best = np.maximum.reduceat(hit, history.starts)[history.choice]
    better = np.add.reduceat((scores > best).astype(float), history.starts)
    equal = np.add.reduceat((scores == best).astype(float), history.starts)
    rank = 1 + better + (equal - 1) / 2
    return float(np.mean(np.where(rank <= FAR, 1 / rank, 0)))


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
def main(paths: Sequence[Path]) -> None:
    """Fit both rankings, print the weights, and say how well they carry over."""
    histories = [read_choices(path) for path in paths]
    for name, shipped in (("RANKED", RANKED), ("EXPERTISE", EXPERTISE)):
        weights = fit(histories, shipped)
        click.echo(f"{name}:")
        for term, weight in weights.items():
            click.echo(f"  {term:<14} {weight:.2f}")
        for history in histories:
            others = [other for other in histories if other is not history]
            carried = reciprocal_rank(history, fit(others, shipped)) if others else float("nan")
            click.echo(
                f"  {history.name}: mean reciprocal rank {reciprocal_rank(history, weights):.4f},"
                f" fitted on the others {carried:.4f},"
                f" as shipped {reciprocal_rank(history, shipped):.4f}"
            )


if __name__ == "__main__":
    main()
