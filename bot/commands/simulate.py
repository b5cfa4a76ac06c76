"""`countersign simulate`: what would this policy have asked for, had it been in force?"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from bot.commands.cached_history import cached_history
from bot.git.clone import Clone
from bot.policies import Policies
from bot.simulation.clone import Simulation, Span, Told, simulate_clone
from bot.simulation.report import differ, plain, render_html
from routing.hindsight.simulation import DEMAND_WORDS, Demand, Difference, Summary, summarise
from routing.phrases import counted

SHOWN = 10
PERIOD = re.compile(r"([1-9][0-9]{0,4})d")

EXAMPLE = """\b
Example:
  countersign simulate --repo ~/src/shop --since 90d --policy policy.yml
  countersign simulate --policy policy.yml --against stricter.yml --html report.html

Every change that landed on the branch is decided once more, as it landed and by what was known
then. Without a people file the commit authors stand in, with tenure since their first commit. The
repository's own rules and CODEOWNERS are today's; asks are taken to stay open for a day.
"""


class Days(click.ParamType[int]):
    """A period such as 90d, as a number of days."""

    name = "period"

    def convert(
        self, value: str | int, param: click.Parameter | None, ctx: click.Context | None
    ) -> int:
        """The number of days."""
        if isinstance(value, int):
            return value
        found = PERIOD.fullmatch(value)
        if not found:
            self.fail(f"{value!r} is no period; write days, such as 90d", param, ctx)
        return int(found[1])


_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command(epilog=EXAMPLE, short_help="What would a policy have asked for, had it been there?")
@click.option(
    "--repo",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path(),
    help="A git clone; default: this folder.",
)
@click.option("--branch", default="HEAD", show_default=True, help="Where the changes landed.")
@click.option("--since", type=Days(), default="90d", show_default=True, help="How far back.")
@click.option("--policy", type=_FILE, envvar="COUNTERSIGN_POLICY", help="The policy to try.")
@click.option("--against", type=_FILE, help="Another policy: what would it change?")
@click.option(
    "--people",
    type=_FILE,
    envvar="COUNTERSIGN_PEOPLE",
    help="people.yml; default: the authors of the clone's commits.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, every merge request included.")
@click.option(
    "--html", type=click.Path(dir_okay=False, path_type=Path), help="Write a page with plots."
)
def simulate(  # noqa: PLR0913 - one parameter for each option
    *,
    repo: Path,
    branch: str,
    since: int,
    policy: Path | None,
    against: Path | None,
    people: Path | None,
    as_json: bool,
    html: Path | None,
) -> None:
    """Replay past merge requests of a local clone through a policy, before it is turned on.

    Says how many would have needed a senior, who would have been asked and how often, what would
    have been blocked and why, and with --against what another policy would change.
    """
    files = (policy, *((against,) if against else ()))
    names = tuple(path.name if path else "the built-in policy" for path in files)
    rulebooks = [Policies(path, people).current for path in files]
    with cached_history() as (storage, read), _deciding() as decided:
        span = Span(branch, since)
        told = Told(read, decided)
        simulation = asyncio.run(simulate_clone(Clone(repo), span, rulebooks, storage, told))
    if html:
        html.write_text(render_html(simulation, names), "utf-8")
    if as_json:
        click.echo(json.dumps(plain(simulation, names), indent=2, ensure_ascii=False))
    else:
        _show(simulation, names, Console())
        if html:
            click.echo(f"\nThe page is {html}.")


@contextmanager
def _deciding() -> Iterator[_Bar]:
    bar = _Bar()
    with bar.progress:
        yield bar


class _Bar:
    """The bar over the merge requests, on standard error; it shows up with the first of them."""

    def __init__(self) -> None:
        self.progress = Progress(
            TextColumn("Deciding"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._task = self.progress.add_task("merge requests", total=None, visible=False)

    def __call__(self, done: int, total: int) -> None:
        self.progress.update(self._task, completed=done, total=total, visible=True)


def _show(simulation: Simulation, names: Sequence[str], console: Console) -> None:
    summaries = [summarise(outcomes) for outcomes in simulation.outcomes]
    console.print(
        f"[bold]{counted(summaries[0].total, 'merge request')}[/bold] that landed on "
        f"{_safe(simulation.branch)}, {simulation.since:%Y-%m-%d} to {simulation.until:%Y-%m-%d}"
    )
    if simulation.invented_people:
        console.print(
            "[dim]No people file: commit authors stand in, tenure since the first commit."
        )
    console.print(_needed(summaries, names))
    console.print(_asked(summaries, names, simulation))
    for name, summary in zip(names, summaries, strict=True):
        _show_blocked(name, summary, console)
    found = differ(simulation)
    if found is not None:
        _show_difference(found, names[1], simulation, console)


def _table(title: str, names: Sequence[str]) -> Table:
    table = Table(title=f"\n{title}", title_justify="left", box=None, pad_edge=False)
    table.add_column("")
    for name in names:
        table.add_column(_safe(name), justify="right")
    return table


def _needed(summaries: Sequence[Summary], names: Sequence[str]) -> Table:
    table = _table("What would have been needed", names)
    for demand in reversed(Demand):
        counts = [summary.demands[demand].count for summary in summaries]
        if any(counts):
            table.add_row(DEMAND_WORDS[demand], *map(_share, counts, summaries))
    table.add_row("blocked", *(_share(one.blocked_total, one) for one in summaries))
    table.add_row(
        "AI-assisted, as far as commits show", *(_share(one.ai, one) for one in summaries)
    )
    for rule in dict.fromkeys(name for summary in summaries for name in summary.rules):
        counts = [summary.rules.get(rule, 0) for summary in summaries]
        table.add_row(f"[dim]rule {_safe(rule)}[/dim]", *map(_share, counts, summaries))
    return table


def _asked(summaries: Sequence[Summary], names: Sequence[str], simulation: Simulation) -> Table:
    table = _table("Who would have been asked, and how often", names)
    total = {
        who: sum(summary.asked.get(who, 0) for summary in summaries)
        for summary in summaries
        for who in summary.asked
    }
    ranked = sorted(total, key=lambda who: (-total[who], who))
    for who in ranked[:SHOWN]:
        counts = (str(summary.asked.get(who, 0)) for summary in summaries)
        table.add_row(_safe(simulation.people.get(who, who)), *counts)
    if len(ranked) > SHOWN:
        rest = ranked[SHOWN:]
        sums = (str(sum(one.asked.get(who, 0) for who in rest)) for one in summaries)
        table.add_row(f"[dim]{len(rest)} more[/dim]", *sums)
    return table


def _show_blocked(name: str, summary: Summary, console: Console) -> None:
    if not summary.blocked:
        return
    console.print(f"\n[bold]Blocked by {_safe(name)}[/bold]")
    for reason, its in list(summary.blocked.items())[:SHOWN]:
        such = ", ".join(one.id for one in its.examples[:3])
        console.print(f"  {its.count:>5}  {_safe(reason)} [dim]({_safe(such)})", highlight=False)
    if len(summary.blocked) > SHOWN:
        console.print(f"         … and {len(summary.blocked) - SHOWN} other reasons")


def _show_difference(
    found: Difference, name: str, simulation: Simulation, console: Console
) -> None:
    console.print(f"\n[bold]What {_safe(name)} changes[/bold]")
    for change, count in found.counts.items():
        such = ", ".join(pair.now.id for pair in found.examples[change][:3])
        said = f" [dim](such as {_safe(such)})" if such else ""
        console.print(f"  {count:>5}  {change}{said}", highlight=False)
    for who, by in list(found.asks.items())[:SHOWN]:
        console.print(f"  {by:>+5}  asks of {_safe(simulation.people.get(who, who))}")


def _share(count: int, summary: Summary) -> str:
    return f"{count} ({count / summary.total:.0%})"


def _safe(text: str) -> str:
    """Text from files and repositories, without anything that moves the cursor."""
    return escape("".join(one if one.isprintable() else "�" for one in text))
