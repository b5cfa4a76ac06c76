"""The option that names the database, for commands that work on a bot's own."""

from __future__ import annotations

from pathlib import Path

import click

DATABASE = click.option(
    "--database",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    envvar="COUNTERSIGN_DATABASE",
    show_envvar=True,
    default=Path("countersign.db"),
    show_default=True,
)
