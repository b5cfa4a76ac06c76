"""A simulation as tables in the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot.simulation.replay import Simulation
from bot.simulation.report import differ
from routing.hindsight.simulation import DEMAND_WORDS, Demand, Difference, Summary, summarise
from routing.phrases import counted

SHOWN = 10


def show(simulation: Simulation, names: Sequence[str], console: Console) -> None:
    """Print it: what would have been needed, who asked, what blocked, what another changes."""
    summaries = [summarise(outcomes) for outcomes in simulation.outcomes]
    console.print(
        f"[bold]{counted(summaries[0].total, 'merge request')}[/bold] {_safe(simulation.where)}, "
        f"{simulation.since:%Y-%m-%d} to {simulation.until:%Y-%m-%d}"
    )
    if simulation.invented_people:
        console.print(
            "[dim]No people file: commit authors stand in, tenure since the first commit."
        )
    for problem in simulation.unread[:SHOWN]:
        console.print(f"[yellow]Could not be read:[/yellow] {_safe(problem)}", highlight=False)
    if len(simulation.unread) > SHOWN:
        console.print(f"… and {len(simulation.unread) - SHOWN} more could not be read")
    console.print(_needed(summaries, names))
    console.print(_asked(summaries, names, simulation))
    for name, summary in zip(names, summaries, strict=True):
        _show_blocked(name, summary, console)
    found = differ(simulation)
    if found is not None:
        _show_difference(found, names[1], simulation, console)


def _table(title: str, names: Sequence[str]) -> Table:
    table = Table(
        title=f"\n{title}", title_justify="left", box=None, pad_edge=False, min_width=len(title)
    )
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
    if all(one.signed for one in summaries):
        signed = (_share(one.signed.count, one) for one in summaries if one.signed)
        table.add_row("the approvals it had were enough", *signed)
    table.add_row("AI-assisted, as far as it shows", *(_share(one.ai, one) for one in summaries))
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
