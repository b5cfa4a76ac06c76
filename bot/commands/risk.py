"""`countersign risk`: how much could these changes hurt, and why?"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import TextIO, TypedDict, Unpack

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bot.commands.calibration import plain, show
from bot.commands.change_records import Unreadable, read_changes
from bot.commands.measure_rows import KNOWN, read_measures
from bot.git.calibrate import Replay, Span, replay
from bot.git.clone import Clone
from routing.hindsight.calibration import ENOUGH
from routing.hindsight.risk_features import assess_features
from routing.risk import Risk, assess_risk

EXAMPLE = f"""\b
Reads JSON lines on standard input, each a change, and prints one JSON line for each, in the same
order:
  {{"level", "score", "factors": [{{"name", "points", "sentence"}}]}}
The level is low, moderate, high or critical; the factors' points add up to the score.

\b
Example:
  echo '{{"files": [{{"path": "src/auth/login.py", "additions": 40, "deletions": 2}}]}}' |
    countersign risk --explain

\b
A change has "files", each with "path", "additions", "deletions" and, where known,
  "patch"     the unified diff without headers; with none, the contents count as unseen
  "status"    added, modified, removed or renamed, and "old_path"
and may have
  "title" "message" "body" "labels"                           what people wrote
  "author_name" "author_email" "author_login" "branch"        who wrote, for signs of AI
  "critical_domains"                                          names of those it touches
  "developers_on_files" "author_knows_files"                  from the history
  "recent_changes" "recent_fixes"                             to these files, in 90 days
  "gaps"                                                      what could not be seen, in words

\b
With --features, grades past changes of which only the classic measures are known:
  {" ".join(KNOWN)}
Columns may be missing, in any order and case; others are passed over. Scores rank changes; they
are no probabilities, and do not compare with those of changes that are read whole.

\b
With --calibrate, goes through the history of a clone, grades every change of its main line by
what was known before it landed, and holds the grades against what became of the change:
  countersign risk --calibrate --repo ~/src/shop
A change counts as faulty when it was reverted ("This reverts commit …", Revert "…"), or when a
repair (by its title) rewrote lines of code that it wrote, within the horizon. Prints how well the
card, the classic measures and lines added alone rank the faulty ones, what share of each level
was faulty, and whether the shares of the earlier changes held for the later ones.

\b
What that cannot tell:
  Faults nobody repaired, or repaired by adding lines only, or without calling it a fix, are not
  seen; a repair may rewrite lines that were right. Large changes are rewritten more often for
  their size alone, which flatters everything that counts lines: compare with lines added, and
  with reverts alone, which are sure but few.
  A merge commit is one change and speaks by its own message. Changes younger than half the
  horizon are left out; those younger than all of it may still turn out faulty.
  The history knows no policy (nothing is a critical domain), no labels and no branch names.
  Below {ENOUGH} changes of known fate nothing is put into per cent. What holds here holds for
  this project, and for about a year.

\b
Lines that cannot be read are reported on standard error with their number and left out; the exit
status is then 2.
"""


class Replayed(TypedDict):
    """What to calibrate on, as the options say it; None where they say nothing."""

    repo: Path | None
    branch: str | None
    horizon: int | None
    last: int | None


@click.command("risk", help=EXAMPLE, short_help="How much could these changes hurt? (JSON lines)")
@click.option(
    "--features",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A CSV file of classic measures, plain or gzipped, instead of standard input.",
)
@click.option("--explain", is_flag=True, help="Print each sum as people read it.")
@click.option(
    "--calibrate", is_flag=True, help="Hold the grades of past changes against their fate."
)
@click.option(
    "--repo",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The git clone to calibrate on; default: this folder.",
)
@click.option("--branch", help=f"Whose main line is read; default: {Span().tip}.")
@click.option(
    "--horizon",
    type=click.IntRange(min=2),
    help=f"Days within which a fault has to show; default: {Span().horizon.days}.",
)
@click.option(
    "--last",
    type=click.IntRange(min=1),
    help=f"How many of the latest changes are read; default: {Span().last}.",
)
@click.option(
    "--json", "as_json", is_flag=True, help="Print JSON; without --calibrate it does so anyway."
)
def risk(
    *,
    features: Path | None,
    explain: bool,
    calibrate: bool,
    as_json: bool,
    **span: Unpack[Replayed],
) -> None:
    """Grade every change of standard input, every row of a file, or a whole history."""
    if calibrate:
        if features is not None or explain:
            raise click.UsageError("--calibrate goes with neither --features nor --explain.")
        calibrate_clone(span, as_json=as_json)
        return
    if any(value is not None for value in span.values()):
        raise click.UsageError("--repo, --branch, --horizon and --last need --calibrate.")
    graded = grade_changes(sys.stdin.buffer) if features is None else grade_measures(features)
    if not write_answers(graded, sys.stdout, explain=explain):
        raise click.exceptions.Exit(2)


def calibrate_clone(options: Replayed, *, as_json: bool) -> None:
    """Replay a clone's history and print what it says about the grades."""
    usual = Span()
    days = options["horizon"]
    span = Span(
        options["branch"] or usual.tip,
        options["last"] or usual.last,
        usual.horizon if days is None else timedelta(days=days),
    )
    found = _replay(Clone(options["repo"] or Path()), span)
    if as_json:
        click.echo(json.dumps(plain(found), indent=2))
    else:
        show(found, Console(highlight=False))


def _replay(clone: Clone, span: Span) -> Replay:
    bar = Progress(
        TextColumn("Replaying history"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    with bar:
        task = bar.add_task("history", total=None)

        def progress(count: int, total: int) -> None:
            bar.update(task, completed=count, total=total)

        return asyncio.run(replay(clone, span, progress))


def grade_changes(lines: Iterable[bytes]) -> Iterator[tuple[int, Risk | Unreadable]]:
    """Each change's line number with its risk, or with what is wrong with the line."""
    for number, record in read_changes(lines):
        if isinstance(record, Unreadable):
            yield number, record
        else:
            yield number, assess_risk(record.change, record.provenance, record.context)


def grade_measures(path: Path) -> Iterator[tuple[int, Risk | Unreadable]]:
    """Each row's line number with its risk, or with what is wrong with the row."""
    for number, measures in read_measures(path):
        if isinstance(measures, Unreadable):
            yield number, measures
        else:
            yield number, assess_features(measures)


def write_answers(
    graded: Iterable[tuple[int, Risk | Unreadable]], output: TextIO, *, explain: bool
) -> bool:
    """Print every answer, complain of what could not be read; returns whether all could."""
    good = True
    for number, answer in graded:
        if isinstance(answer, Unreadable):
            good = False
            for problem in answer.problems:
                click.echo(f"line {number}: {problem}", err=True)
        else:
            text = render_sum(number, answer) if explain else render_risk(answer)
            output.write(printable(text, output) + "\n")
    output.flush()
    return good


def printable(text: str, output: TextIO) -> str:
    """The text as the terminal can show it: a letter its encoding lacks becomes a question mark."""
    encoding = output.encoding or "utf-8"
    return text.encode(encoding, errors="replace").decode(encoding)


def render_risk(found: Risk) -> str:
    """One JSON line, in ASCII, so that any path can be printed anywhere."""
    return json.dumps(
        {
            "level": found.level,
            "score": found.score,
            "factors": [
                {"name": one.name, "points": one.points, "sentence": one.sentence}
                for one in found.factors
            ],
        }
    )


def render_sum(number: int, found: Risk) -> str:
    """The sum as people add it up, with an empty line after it."""
    rows = [f"{one.points:>6}  {one.sentence}" for one in found.factors]
    total = f"{found.score:>6}  {'point' if found.score == 1 else 'points'}: {found.level}"
    return "\n".join((f"line {number}: {found.level}", *rows, f"{'':>4}--", total, ""))
