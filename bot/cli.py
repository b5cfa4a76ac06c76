"""The command line: one group, one module a command, one place where errors become exit codes."""

from __future__ import annotations

import sys
from importlib import import_module

import click

from bot.errors import CountersignError

WRONG_USE = 2

COMMANDS = (
    "run",
    "demo",
    "route",
    "simulate",
    "experts",
    "check",
    "owners",
    "provenance",
    "mark",
    "risk",
    "recommend",
    "history",
    "links",
    "ledger",
    "doctor",
    "backup",
    "restore",
)
"""Each is the click command of that name in `bot.commands`; only the one that is asked for is
loaded, since one needs Slack's libraries and another numpy."""


class Group(click.Group):
    """Loads commands when they are needed, and shows our own errors as one clear text."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order in which people meet them."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, or None for a name that is none."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"bot.commands.{cmd_name}"), cmd_name)
        return command

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
