"""`countersign backup`: a copy of the database, made while the bot runs."""

from __future__ import annotations

import json
from pathlib import Path

import click

from bot.commands.database_option import DATABASE
from bot.errors import Misconfigured
from storage.copies import back_up
from storage.database import StorageFailed, reading

EXAMPLE = """\b
Example:
  countersign backup /backups/countersign-$(date +%F).db
"""


@click.command(epilog=EXAMPLE)
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path))
@DATABASE
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def backup(path: Path, database: Path, as_json: bool) -> None:
    """Copy the database to PATH, whole and as it is at one moment; the bot may go on running.

    The copy is checked before it takes its name. It holds no keys: keep the ledger's key and its
    checkpoints elsewhere.
    """
    try:
        back_up(database, path)
        with reading(path) as rooms:
            entries = rooms.ledger.count()
    except StorageFailed as exc:
        raise Misconfigured(str(exc)) from exc
    size = path.stat().st_size
    if as_json:
        click.echo(json.dumps({"path": str(path), "bytes": size, "entries": entries}))
    else:
        click.echo(f"{path}: {size:,} bytes, {entries:,} ledger entries, whole")
