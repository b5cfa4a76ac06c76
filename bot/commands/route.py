"""`countersign route`: who should review this, and why, from a local clone."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from bot.commands.cached_history import cached_history
from bot.git.clone import Clone
from bot.git.route import Routed
from bot.git.route import route as route_clone
from bot.policies import Policies
from routing.choosing.candidates import Candidate
from routing.choosing.spreading import READING
from routing.explain import gate_description, provenance_sentence
from routing.phrases import counted
from routing.record import Review
from routing.rules.tree import conditions, tree, ways
from routing.trail import decision_entry

SHOWN = 10

EXAMPLE = """\b
Example:
  countersign route --repo ~/src/shop --base main --head feature/refunds
"""


@click.command(epilog=EXAMPLE)
@click.option(
    "--repo",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path(),
    help="A git clone; default: this folder.",
)
@click.option("--base", help="The branch to merge into; default: origin's default branch.")
@click.option("--head", default="HEAD", show_default=True, help="The branch to be reviewed.")
@click.option(
    "--policy",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    envvar="COUNTERSIGN_POLICY",
    help="policy.yml; default: a built-in policy.",
)
@click.option(
    "--people",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    envvar="COUNTERSIGN_PEOPLE",
    help="people.yml; default: the authors of the clone's commits.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def route(
    repo: Path, base: str | None, head: str, policy: Path | None, people: Path | None, as_json: bool
) -> None:
    """Say who should review a branch of a local clone, why, and who was left out.

    Needs no account. The history is read once and kept in a cache.
    """
    policies = Policies(policy, people)
    span = (base, head)
    with cached_history() as (storage, progress):
        routed = asyncio.run(route_clone(Clone(repo), span, policies.current, storage, progress))
    if as_json:
        click.echo(json.dumps(_plain(routed), indent=2, ensure_ascii=False))
    else:
        _show(routed, Console())


def _plain(routed: Routed) -> dict[str, object]:
    review = routed.review
    return {
        "title": review.title,
        "author": review.author,
        "base": routed.base,
        "head": routed.head,
        "files": review.file_count,
        "additions": review.additions,
        "deletions": review.deletions,
        "gate": gate_description(review),
        "history": {"changes": routed.history, "people_from_commits": routed.invented_people},
        "tree": [tree(rule, review.name).plain() for rule in review.verdict.rules],
        **decision_entry(review).data,
    }


def _show(routed: Routed, console: Console) -> None:
    review = routed.review
    assessment = review.assessment
    console.print(f"[bold]{_safe(review.title)}[/bold] by {_safe(review.author)}")
    console.print(
        f"{counted(review.file_count, 'file')}, +{review.additions} −{review.deletions} · "
        f"{counted(len(routed.change.commits), 'commit')} on {routed.base[:8]} · "
        f"history of {counted(routed.history, 'change')}"
    )
    if routed.invented_people:
        console.print(
            "[dim]No people file: commit authors stand in, tenure since the first commit."
        )
    console.print(f"\n[bold]AI[/bold]     {_safe(provenance_sentence(assessment.provenance))}")
    for evidence in assessment.provenance.evidence[:5]:
        console.print(f"       {_safe(evidence.place)}: {_safe(evidence.text)}")
    console.print(
        f"[bold]Risk[/bold]   {assessment.risk.level}, {counted(assessment.risk.score, 'point')}"
    )
    for factor in assessment.risk.factors:
        console.print(f"       {factor.points:+d}  {_safe(factor.sentence)}")
    for contradiction in assessment.contradictions:
        console.print(f"[bold]But[/bold]    {_safe(contradiction)}")
    for dependency in assessment.dependencies:
        console.print(f"[bold]Supply[/bold] {_safe(dependency)}")
    for gap in assessment.gaps:
        console.print(f"[bold]Unseen[/bold] {_safe(gap)}")
    if assessment.domains:
        console.print(f"[bold]Touches[/bold] {_safe(', '.join(assessment.domains))}")
    _show_rules(review, console)
    _show_people(routed, console)


def _show_rules(review: Review, console: Console) -> None:
    console.print("\n[bold]Required[/bold]")
    for rule in review.verdict.rules:
        mark = "✗" if rule.applies and not rule.met else "✓" if rule.applies else "–"
        needs = f"needs {rule.missing}" if rule.missing else "met" if rule.applies else ""
        said = f"{rule.name}: {needs}".rstrip(": ")
        console.print(f"  {mark} {_safe(said)} [dim]({_safe(rule.reason)})")
        for node in (*conditions(rule), *ways(rule, review.name)):
            for depth, line in node.lines():
                console.print(f"    {'  ' * depth}[dim]{line.sign} {_safe(line.sentence)}")
    for block in review.verdict.blocks:
        console.print(f"  [red]✗ {_safe(block)}")


def _show_people(routed: Routed, console: Console) -> None:
    review = routed.review
    asked = {ask.person for ask in review.waiting}
    table = Table(title="\nWho should review", title_justify="left", box=None, pad_edge=False)
    for column in ("", "Person", "Score", "Why"):
        table.add_column(column)
    for candidate in review.candidates[:SHOWN]:
        table.add_row(
            "→" if candidate.person in asked else "",
            _safe(review.name(candidate.person)),
            f"{candidate.score:.2f}",
            _safe(candidate.why),
        )
    console.print(table if review.candidates else "\nNobody can be asked.")
    for candidate in review.candidates[:SHOWN]:
        if candidate.person in asked:
            _show_sum(review.name(candidate.person), candidate, console)
    for remark in review.remarks:
        console.print(f"\n[dim]Note: {_safe(remark)}")
    if review.shadow:
        console.print(f"\n{_safe(review.name(review.shadow))} {READING}")
    if review.exclusions:
        console.print("\n[bold]Left out[/bold]")
    for exclusion in review.exclusions[:SHOWN]:
        console.print(f"  {exclusion.reason}: [dim]{_safe(exclusion.sentence)}")
    if len(review.exclusions) > SHOWN:
        console.print(f"  … and {len(review.exclusions) - SHOWN} more (--json lists them)")


def _show_sum(name: str, candidate: Candidate, console: Console) -> None:
    """The terms that make up a score, those that count most first."""
    console.print(f"\n[bold]{_safe(name)}[/bold], {candidate.score:.2f} points")
    for one in sorted(candidate.points, key=lambda one: -abs(one.points)):
        console.print(f"  {one.points:+.2f}  [dim]{_safe(one.sentence)}")


def _safe(text: str) -> str:
    """Text from a repository: no markup of rich's, nothing that moves the cursor."""
    printable = "".join(one if one.isprintable() else "�" for one in text)
    return printable.replace("[", "\\[")
