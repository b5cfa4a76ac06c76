"""`countersign experts`: who knows these files, and how many are left who do?"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot.commands.cached_history import cached_history
from bot.git.clone import Clone
from bot.git.experts import Found, find_experts
from bot.policies import Policies
from routing.knowledge.experts import Area, Expert, Standing, bus_factor_sentence, warning
from routing.levels import Level
from routing.phrases import counted, listed

SHOWN = 10

EXAMPLE = """\b
Example:
  countersign experts services/billing
  countersign experts --repo ~/src/shop 'terraform/**/*.tf' .github/workflows

PATH is a file, a directory or a glob (in quotes) at HEAD, from the clone's folder.

"Share" is a person's part of all evidence on these files: changes they wrote or reviewed, worth
half as much after 180 days. "Level" is what `countersign route` goes by: it counts the directories
around the files too, and the last year only. The bus factor is the smallest number of people who
together hold half of the evidence.
"""


@click.command(epilog=EXAMPLE, short_help="Who knows these files, and how many are left who do?")
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@click.option(
    "--repo",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path(),
    help="A git clone; default: this folder.",
)
@click.option(
    "--people",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    envvar="COUNTERSIGN_PEOPLE",
    help="people.yml: who is not in it has left; default: who was not seen for 180 days.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def experts(paths: tuple[str, ...], repo: Path, people: Path | None, *, as_json: bool) -> None:
    """Say who knows these files of a local clone, and warn where one person is left.

    Needs no account. The history is read once and kept in a cache.
    """
    staff = Policies(None, people).current.people
    with cached_history() as (storage, progress):
        found = asyncio.run(find_experts(Clone(repo), paths, staff, storage, progress))
    if as_json:
        click.echo(json.dumps(_plain(found), indent=2, ensure_ascii=False))
    else:
        _show(found, paths, Console())


def _plain(found: Found) -> dict[str, object]:
    knowledge = found.knowledge
    return {
        "head": found.head,
        "files": len(found.files),
        "changes": knowledge.changes,
        "since": knowledge.since.isoformat() if knowledge.since else None,
        "bus_factor": {"half": knowledge.half, "four_fifths": knowledge.most},
        "standing": knowledge.standing,
        "warning": warning(knowledge, found.names),
        "experts": [_plain_expert(one, found) for one in knowledge.experts],
        "nearby": list(knowledge.nearby),
        "areas": [
            {
                "directory": area.directory,
                "files": area.files,
                "standing": area.standing,
                "knowers": list(area.knowers),
            }
            for area in found.areas
        ],
    }


def _plain_expert(expert: Expert, found: Found) -> dict[str, object]:
    return {
        "person": expert.person,
        "name": found.names[expert.person],
        "level": _level(expert),
        "why": expert.sentence,
        "level_why": expert.expertise.sentence if expert.expertise else None,
        "share": round(expert.share, 4),
        "wrote": expert.wrote,
        "reviewed": expert.reviewed,
        "last_here": expert.last.isoformat(),
        "last_seen": found.seen[expert.person].isoformat(),
        "here": expert.here,
    }


def _show(found: Found, paths: tuple[str, ...], console: Console) -> None:
    knowledge = found.knowledge
    since = f" since {knowledge.since:%Y-%m-%d}" if knowledge.since else ""
    console.print(
        f"[bold]{_safe(listed(paths))}[/bold] · {counted(len(found.files), 'file')} · "
        f"{counted(knowledge.changes, 'change')}{since}\n"
    )
    if knowledge.experts:
        console.print(_table(found))
    if len(knowledge.experts) > SHOWN:
        console.print(f"… and {len(knowledge.experts) - SHOWN} more (--json lists them)")
    console.print(f"\n{_safe(bus_factor_sentence(knowledge, found.names))}.")
    said = warning(knowledge, found.names)
    if said:
        console.print(f"[bold red]{_safe(said)}.[/bold red]")
    if said and knowledge.nearby:
        nearby = listed(found.names[person] for person in knowledge.nearby)
        console.print(f"Nearest to it: {_safe(nearby)}, who worked around these files.")
    _show_areas(found, console)


def _table(found: Found) -> Table:
    table = Table(box=None, pad_edge=False)
    for column in ("Person", "Level", "Share", "Last seen", "Why"):
        table.add_column(column, justify="right" if column == "Share" else "left")
    for expert in found.knowledge.experts[:SHOWN]:
        table.add_row(
            _safe(found.names[expert.person]),
            _level(expert),
            f"{expert.share:.0%}",
            f"{found.seen[expert.person]:%Y-%m-%d}{'' if expert.here else ', left'}",
            _safe(expert.sentence),
        )
    return table


def _show_areas(found: Found, console: Console) -> None:
    """The directories that one person knows, or nobody any more, where several were asked about."""
    risky = [one for one in found.areas if one.standing in {Standing.LEFT, Standing.ONE}]
    if len(found.areas) < 2 or not risky:  # noqa: PLR2004 - one area is what the table shows
        return
    console.print("\n[bold]Where knowledge runs out[/bold]")
    for area in risky[:SHOWN]:
        place = f"{area.directory}/" if area.directory else "the top directory"
        files = counted(area.files, "file")
        console.print(f"  {_safe(place)} [dim]({files})[/dim]: {_safe(_danger(area, found))}")
    if len(risky) > SHOWN:
        console.print(f"  … and {len(risky) - SHOWN} more (--json lists them)")


def _danger(area: Area, found: Found) -> str:
    if area.standing is Standing.LEFT:
        return f"nobody is left; {listed(found.names[who] for who in area.knowers)} knew it"
    here = {one.person for one in found.knowledge.experts if one.here}
    return f"only {listed(found.names[who] for who in area.knowers if who in here)} is left"


def _level(expert: Expert) -> Level:
    return expert.expertise.level if expert.expertise else Level.NONE


def _safe(text: str) -> str:
    """Text from a repository: no markup of rich's, nothing that moves the cursor."""
    return escape("".join(letter if letter.isprintable() else "?" for letter in text))
