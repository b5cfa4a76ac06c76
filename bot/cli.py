"""The command line: one group, one module a command, one place where errors become exit codes."""

from __future__ import annotations

import sys

import click

from bot.commands.check import check
from bot.commands.demo import demo
from bot.commands.ledger import ledger
from bot.commands.mark import mark
from bot.commands.owners import owners
from bot.commands.provenance import provenance
from bot.commands.recommend import recommend
from bot.commands.risk import risk
from bot.commands.route import route
from bot.commands.run import run
from bot.errors import CountersignError

WRONG_USE = 2


class Group(click.Group):
    """Shows our own errors as one clear text, and exits with 2."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; an error that is fit for people is shown as it is."""
        try:
            return super().invoke(ctx)
        except CountersignError as exc:
            for line in str(exc).splitlines():
                click.secho(line, err=True, fg="red")
            sys.exit(WRONG_USE)


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="countersign")
def main() -> None:
    """Countersign gets every AI-assisted change the right second signature.

    Try it without any account: countersign demo
    """


for command in (
    run,
    demo,
    route,
    check,
    owners,
    provenance,
    mark,
    risk,
    recommend,
    ledger,
):
    main.add_command(command)
