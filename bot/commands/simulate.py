"""`countersign simulate`: what would this policy have asked for, had it been in force?"""

from __future__ import annotations

import asyncio
import json
import logging
import re
from contextlib import closing
from datetime import datetime
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bot.clock import SystemClock
from bot.errors import Misconfigured
from bot.git.cache import cache_path
from bot.git.clone import Clone
from bot.logs import set_up_logs
from bot.policies import Policies, Rulebook
from bot.settings import read_settings
from bot.simulation.clone import Span, simulate_clone
from bot.simulation.forge import PastForge, Pasts, simulate_forge
from bot.simulation.replay import Simulation
from bot.simulation.report import plain, render_html
from bot.simulation.terminal import show
from storage.database import Storage

PERIOD = re.compile(r"([1-9][0-9]{0,4})d")

EXAMPLE = """\b
Example:
  countersign simulate --repo ~/src/shop --since 90d --policy policy.yml
  countersign simulate --forge acme/shop --policy policy.yml --people people.yml
  countersign simulate --policy policy.yml --against stricter.yml --html report.html

Of a clone, every change that landed on the branch is decided once more, as it landed and by what
was known then. Without a people file the commit authors stand in, with tenure since their first
commit.

Of a forge, every merge request that was merged is, with the approvals it had; the forge is the one
of the settings (GITHUB_TOKEN, GITLAB_TOKEN and their like), or "gitlab:acme/shop" where there are
several. What was read is kept in the cache: an interrupted reading goes on, a second one is quick.

The repository's own rules and CODEOWNERS are today's; asks are taken to stay open for a day.
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
    help="A git clone; default: this folder.",
)
@click.option("--forge", metavar="OWNER/NAME", help="A project on a forge, instead of a clone.")
@click.option("--branch", help="Where the changes landed in the clone; default: HEAD.")
@click.option("--since", type=Days(), default="90d", show_default=True, help="How far back.")
@click.option("--policy", type=_FILE, envvar="COUNTERSIGN_POLICY", help="The policy to try.")
@click.option("--against", type=_FILE, help="Another policy: what would it change?")
@click.option(
    "--people",
    type=_FILE,
    envvar="COUNTERSIGN_PEOPLE",
    help="people.yml; for a clone, default: the authors of its commits.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, every merge request included.")
@click.option(
    "--html", type=click.Path(dir_okay=False, path_type=Path), help="Write a page with plots."
)
def simulate(  # noqa: PLR0913 - one parameter for each option
    *,
    repo: Path | None,
    forge: str | None,
    branch: str | None,
    since: int,
    policy: Path | None,
    against: Path | None,
    people: Path | None,
    as_json: bool,
    html: Path | None,
) -> None:
    """Replay past merge requests of a local clone or a forge through a policy.

    Says how many would have needed a senior, who would have been asked and how often, what would
    have been blocked and why, and with --against what another policy would change.
    """
    if forge and (repo or branch):
        raise click.UsageError("--forge stands alone: --repo and --branch are a clone's.")
    files = (policy, *((against,) if against else ()))
    names = tuple(path.name if path else "the built-in policy" for path in files)
    rulebooks = [Policies(path, people).current for path in files]
    with closing(Storage(cache_path())) as storage, _Bar() as bar:
        if forge:
            simulation = asyncio.run(_of_forge(forge, since, rulebooks, storage, bar))
        else:
            span = Span(branch or "HEAD", since)
            work = simulate_clone(Clone(repo or Path()), span, rulebooks, storage, bar)
            simulation = asyncio.run(work)
    if html:
        html.write_text(render_html(simulation, names), "utf-8")
    if as_json:
        click.echo(json.dumps(plain(simulation, names), indent=2, ensure_ascii=False))
    else:
        show(simulation, names, Console())
        if html:
            click.echo(f"\nThe page is {html}.")


async def _of_forge(
    name: str, since: int, rulebooks: list[Rulebook], storage: Storage, bar: _Bar
) -> Simulation:
    settings = read_settings()
    set_up_logs(level=logging.WARNING, secrets=settings.secrets())
    forge = settings.open_forge(name)
    try:
        if not isinstance(forge, PastForge):
            raise Misconfigured(f"{forge.name} does not tell what was merged")
        past = Pasts(forge, name.rpartition(":")[2], storage, SystemClock(), bar)
        return await simulate_forge(past, since, rulebooks)
    finally:
        await forge.close()


class _Bar(Progress):
    """The bar of what is under way, on standard error; waits stay there to be read."""

    def __init__(self) -> None:
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
        )
        super().__init__(*columns, console=Console(stderr=True), transient=True)
        self._now = self.add_task("Beginning", total=None)

    def begins(self, what: str, count: int | None = None) -> None:
        """Something else begins, of so many steps where that is known."""
        self.remove_task(self._now)
        self._now = self.add_task(what, total=count)

    def reached(self, count: int) -> None:
        """So many steps of it are done."""
        self.update(self._now, completed=count)

    def waits(self, why: str, until: datetime) -> None:
        """Say why nothing happens, and until when."""
        self.console.print(f"{why} Going on at {until:%H:%M:%S} UTC.", markup=False)
