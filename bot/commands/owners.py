"""`countersign owners`: who owns these paths, by a CODEOWNERS file?"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path

import click

from routing.files.problems import render_problems
from routing.owners.codeowners import LOCATIONS, Dialect, parse_codeowners
from routing.owners.ownership import Owner, Ownership

EXAMPLE = f"""\b
Reads paths on standard input, one a line, from the root of the repository, and prints one JSON
line for each, in the same order:
  {{"path", "owners": [...], "sections": [...]}}

\b
Example:
  git -c core.quotePath=off diff --name-only main... |
    countersign owners --file .github/CODEOWNERS --dialect github

"owners" are the owners as the file writes them; none means that nobody owns the path.

On GitLab, "sections" has every section whose rules own the path, in the file's order:

\b
  {{"name", "owners": [...], "optional", "approvals", "line", "pattern"}}

"approvals" is how many of these owners must approve, 0 where the section is optional; what stands
before the first header is the section "codeowners". On GitHub there are no sections.

Lines of the file that are skipped, or do not mean what they seem to, are told on standard error.

\b
Where each forge looks for the file, first found wins:
  GitHub: {", ".join(LOCATIONS[Dialect.GITHUB])}
  GitLab: {", ".join(LOCATIONS[Dialect.GITLAB])}
"""


@click.command("owners", help=EXAMPLE, short_help="Who owns these paths, by CODEOWNERS?")
@click.option(
    "--file",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The CODEOWNERS file.",
)
@click.option(
    "--dialect",
    required=True,
    type=click.Choice([dialect.value for dialect in Dialect]),
    help="Whose rules the file is written by.",
)
@click.option("--json", "_json", is_flag=True, help="Print JSON lines; it does so anyway.")
def owners(*, file: Path, dialect: str, _json: bool) -> None:
    """Answer every path of standard input."""
    text = file.read_bytes().decode(errors="surrogateescape")
    codeowners = parse_codeowners(text, Dialect(dialect), str(file))
    if codeowners.problems:
        click.echo(render_problems(codeowners.problems), err=True)
    for line in sys.stdin.buffer:
        # Paths are bytes to git: those that are no UTF-8 must come through unharmed.
        path = line.rstrip(b"\r\n").decode(errors="surrogateescape")
        if path:
            click.echo(render_ownership(path, codeowners.owners(path)))


def render_ownership(path: str, ownership: Ownership) -> str:
    """One JSON line, in ASCII, so that any path can be printed anywhere."""
    return json.dumps(
        {
            "path": path,
            "owners": _written(ownership.owners),
            "sections": [
                {
                    "name": rule.section.name,
                    "owners": _written(rule.owners),
                    "optional": rule.section.optional,
                    "approvals": rule.section.approvals,
                    "line": rule.line,
                    "pattern": rule.pattern,
                }
                for rule in ownership.rules
                if rule.section
            ],
        }
    )


def _written(owners: Iterable[Owner]) -> list[str]:
    return [owner.written for owner in owners]
