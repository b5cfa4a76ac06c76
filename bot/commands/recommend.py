"""`countersign recommend`: how well would reviewers have been chosen in the past?"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from time import perf_counter

import click
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import track
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from bot.commands.cached_history import cached_history
from bot.commands.risk import printable
from bot.errors import Misconfigured
from bot.git.clone import Clone
from bot.git.replay import history_of_clone
from bot.history_file import read_history
from routing.ranking.assignment import LOAD_DIAL, Assignment
from routing.ranking.baselines import BASELINES
from routing.ranking.ranker import ENOUGH_CHANGES, Ranked
from routing.ranking.replay import (
    ASSIGNED,
    OURS,
    Figures,
    HistoryChange,
    Outcome,
    figures,
    replay,
)

BAR_WIDTH = 40

HELP = f"""\b
Replays a history of merged changes. Every change is ranked at the moment its reviewers were
asked, from what was known by then, among those who wrote or reviewed in the year before; then
it is seen who it was.

\b
Example:
  countersign recommend --history history.jsonl.gz --with affinity,whodo
  countersign recommend --repo ~/src/shop --load 1.5

\b
Two rankings are ours: "ranked" (who will most likely review) and "ranked_expertise" (who knows
the code: nothing but reviews given and changes written). --load adds "assigned", which asks two
people about each change and spares those who carry much already.

\b
The figures, each 0 to 1:
  top-1, 3, 5   one of the reviewers is among the first so many
  MRR           mean of 1 / place of the first reviewer, 0 beyond ten
  tail          the same and top-3, counting only reviewers beyond the five busiest
  Gini          how unequally the load falls if the first two are asked each time

\b
A history has a JSON line for each change, plain or gzipped:
  {{"id", "t_open", "t_done": unix seconds, "author", "co_authors": [], "bot": false, "subject",
   "files": [["path", added, deleted], ...], "reviewers": []}}

\b
Yardsticks for --with: {", ".join(BASELINES)}
"""


def _names(_context: click.Context, _option: click.Parameter, text: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
    unknown = [name for name in names if name not in BASELINES]
    if unknown:
        known = ", ".join(BASELINES)
        raise click.BadParameter(f"{', '.join(unknown)} is none of {known}")
    return names


@click.command("recommend", help=HELP, short_help="How well would reviewers have been chosen?")
@click.option(
    "--history",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The history, JSON lines, plain or gzipped; or:",
)
@click.option(
    "--repo",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A git clone whose commits name their reviewers (Reviewed-by, merges).",
)
@click.option(
    "--score-last",
    default=1000,
    show_default=True,
    type=click.IntRange(min=1),
    help="Score so many of the latest changes that have reviewers and are not by bots.",
)
@click.option("--with", "yardsticks", default="", callback=_names, help="Yardsticks beside ours.")
@click.option(
    "--load",
    "dial",
    type=click.FloatRange(min=0),
    help=f"Add the ranking with load; {LOAD_DIAL} is the usual place of the dial, 0 is off.",
)
@click.option(
    "--predictions",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Write the first ten of each of our rankings, a JSON line for each change scored.",
)
@click.option("--explain", metavar="ID", help="Show the sums behind the ranking of one change.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
def recommend(  # noqa: PLR0913 - one parameter for each option
    *,
    history: Path | None,
    repo: Path | None,
    score_last: int,
    yardsticks: tuple[str, ...],
    dial: float | None,
    predictions: Path | None,
    explain: str | None,
    as_json: bool,
) -> None:
    """Replay a history and print how well each ranking found the reviewers."""
    if (history is None) == (repo is None):
        raise click.UsageError("name a history file with --history, or a clone with --repo")
    changes = read_history(history) if history is not None else _of_clone(repo or Path())
    scored = min(score_last, sum(change.counts for change in changes))
    if not scored:
        raise Misconfigured(f"{history or repo}: no change has reviewers and is not by a bot")
    started = perf_counter()
    outcomes = list(_replay(changes, scored, yardsticks, dial))
    seconds = perf_counter() - started
    if predictions is not None:
        _write_predictions(predictions, outcomes)
    found = {name: figures(outcomes, name) for name in outcomes[0].rankings}
    if as_json:
        click.echo(json.dumps(_as_json(len(changes), scored, seconds, found)))
        return
    console = Console()
    console.print(_table(found))
    console.print(_plot(found))
    console.print()
    console.print(f"{len(changes)} changes replayed, {scored} of them ranked, in {seconds:.1f} s")
    if len(changes) < ENOUGH_CHANGES:
        console.print(
            f"Fewer than {ENOUGH_CHANGES} changes are thin evidence: in such a repository "
            "owners, domains and declared expertise say more."
        )
    if explain is not None:
        _explain(console, outcomes, explain)


def _of_clone(repo: Path) -> Sequence[HistoryChange]:
    with cached_history() as (storage, progress):
        return asyncio.run(history_of_clone(Clone(repo), storage, progress))


def _replay(
    changes: Sequence[HistoryChange], scored: int, yardsticks: Sequence[str], dial: float | None
) -> Iterator[Outcome]:
    terminal = Console(stderr=True)
    outcomes = replay(
        changes,
        scored,
        {name: BASELINES[name]() for name in yardsticks},
        None if dial is None else Assignment(dial=dial),
    )
    return iter(
        track(
            outcomes,
            "Replaying",
            total=scored,
            console=terminal,
            transient=True,
            disable=not terminal.is_terminal,
        )
    )


def _write_predictions(path: Path, outcomes: Sequence[Outcome]) -> None:
    ours = [name for name in (*OURS, ASSIGNED) if name in outcomes[0].rankings]
    lines = (
        json.dumps({"id": outcome.id} | {name: outcome.rankings[name] for name in ours}) + "\n"
        for outcome in outcomes
    )
    try:
        with path.open("w", encoding="ascii") as file:
            file.writelines(lines)
    except OSError as exc:
        raise Misconfigured(f"{path}: cannot be written: {exc}") from exc


def _as_json(
    changes: int, scored: int, seconds: float, found: dict[str, Figures]
) -> dict[str, object]:
    return {
        "changes": changes,
        "scored": scored,
        "seconds": round(seconds, 3),
        "rankings": {
            name: {key: round(value, 4) for key, value in asdict(its).items()}
            for name, its in found.items()
        },
    }


def _table(found: dict[str, Figures]) -> Table:
    table = Table(box=SIMPLE_HEAD)
    table.add_column("ranking", no_wrap=True)
    for heading in ("top-1", "top-3", "top-5", "MRR", "tail\nMRR", "tail\ntop-3", "Gini"):
        table.add_column(heading, justify="right", no_wrap=True)
    for name, its in found.items():
        values = (its.top_1, its.top_3, its.top_5, its.mrr, its.tail_mrr, its.tail_top_3, its.gini)
        table.add_row(Text(name, style="bold" if name in OURS else ""), *map(_figure, values))
    return table


def _plot(found: dict[str, Figures]) -> Table:
    plot = Table.grid(padding=(0, 1))
    for name, its in found.items():
        bar = ProgressBar(total=1.0, completed=its.mrr, width=BAR_WIDTH)
        plot.add_row(Text(name), bar, _figure(its.mrr))
    return plot


def _figure(value: float) -> str:
    return f"{value:.3f}".removeprefix("0")


def _explain(console: Console, outcomes: Sequence[Outcome], identity: str) -> None:
    outcome = next((outcome for outcome in outcomes if outcome.id == identity), None)
    if outcome is None:
        raise Misconfigured(f"--explain {identity}: no such change among those scored")
    for place, ranked in enumerate(outcome.why, start=1):
        reviewed = " (reviewed it)" if ranked.person in outcome.reviewers else ""
        console.print()
        name = printable(f"{place}. {ranked.person}{reviewed}", sys.stdout)
        console.print(Text(name, style="bold"))
        console.print(_sum(ranked))


def _sum(ranked: Ranked) -> Text:
    rows = [f"{reason.points:>7.2f}  {reason.sentence}" for reason in ranked.reasons]
    return Text("\n".join((*rows, f"{ranked.score:>7.2f}  in all")))
