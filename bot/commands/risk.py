"""`countersign risk`: how much could these changes hurt, and why?"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TextIO

import click

from bot.commands.change_records import Unreadable, read_changes
from bot.commands.measure_rows import KNOWN, read_measures
from routing.risk import Risk, assess_risk
from routing.risk_features import assess_features

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
Columns may be missing; others are passed over. Scores rank changes; they are no probabilities,
and do not compare with those of changes that are read whole.

Lines that cannot be read are reported on standard error with their number and left out; the exit
status is then 2.
"""


@click.command("risk", help=EXAMPLE, short_help="How much could these changes hurt? (JSON lines)")
@click.option(
    "--features",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A CSV file of classic measures, plain or gzipped, instead of standard input.",
)
@click.option("--explain", is_flag=True, help="Print each sum as people read it.")
@click.option("--json", "_json", is_flag=True, help="Print JSON lines; it does so anyway.")
def risk(*, features: Path | None, explain: bool, _json: bool) -> None:
    """Grade every change of standard input, or every row of a file."""
    graded = grade_changes(sys.stdin.buffer) if features is None else grade_measures(features)
    if not write_answers(graded, sys.stdout, explain=explain):
        raise click.exceptions.Exit(2)


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
