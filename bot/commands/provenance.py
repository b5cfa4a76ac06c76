"""`countersign provenance`: did AI help to write these commits and merge requests?"""

from __future__ import annotations

import json
import sys
from typing import BinaryIO, TextIO

import click

from routing.provenance import Provenance, assess_record

EXAMPLE = """\b
Reads JSON lines on standard input, each a commit or a merge request with any of the keys
  author_name author_email committer_email message branch author_login title body labels
and prints one JSON line for each, in the same order:
  {"ai", "verdict", "tier", "tools", "evidence", "bot"}

\b
Example:
  echo '{"author_email": "noreply@anthropic.com"}' | countersign provenance

The verdict is ai-authored, ai-assisted, ai-suggestion, declared, possible, unknown or bot; no
signal means unknown, never "human". A line that is no JSON object is reported on standard error
and left out; the exit status is then 2.
"""


@click.command("provenance", help=EXAMPLE, short_help="Find signs of AI in commits (JSON lines).")
@click.option("--json", "_json", is_flag=True, help="Print JSON lines; it does so anyway.")
def provenance(*, _json: bool) -> None:
    """Read records from standard input, print what they say about AI."""
    if not assess_lines(sys.stdin.buffer, sys.stdout, sys.stderr):
        raise click.exceptions.Exit(2)


def assess_lines(lines: BinaryIO, answers: TextIO, complaints: TextIO) -> bool:
    """Answer every record; returns whether all lines could be read.

    A line that cannot be read gets a complaint naming its number, and no answer.
    """
    good = True
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line.decode(errors="replace"))
        except (ValueError, RecursionError) as problem:
            complaints.write(f"line {number}: no JSON: {problem}\n")
            good = False
            continue
        if not isinstance(record, dict):
            complaints.write(f"line {number}: a JSON object is needed\n")
            good = False
            continue
        answers.write(render_provenance(assess_record(record)) + "\n")
    return good


def render_provenance(found: Provenance) -> str:
    """One JSON line, in ASCII: commits may hold text that no encoding can carry."""
    return json.dumps(
        {
            "ai": found.ai,
            "verdict": found.verdict,
            "tier": found.tier,
            "tools": found.tools,
            "evidence": [
                {
                    "tier": one.tier,
                    "place": one.place,
                    "text": one.text,
                    "tool": one.tool,
                    "proves": one.proves,
                }
                for one in found.evidence
            ],
            "bot": found.bot,
        }
    )
