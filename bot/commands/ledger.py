"""`countersign ledger`: what was decided, and proof that nobody touched it."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click

from bot.ledger_lines import render_entry
from storage.database import Storage
from storage.ledger import Sealed

DATABASE = click.option(
    "--database",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    envvar="COUNTERSIGN_DATABASE",
    show_envvar=True,
    default=Path("countersign.db"),
    show_default=True,
)
JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON lines.")


@click.group(
    epilog="\b\nExample:\n  countersign ledger show --review github/acme/shop/12\n"
    "  countersign ledger verify"
)
def ledger() -> None:
    """Read the record of every decision, and check its chain."""


@ledger.command()
@DATABASE
@click.option("--review", help="Only this merge request: forge/project/number.")
@JSON
def show(database: Path, review: str | None, as_json: bool) -> None:
    """Print the entries in order."""
    for entry in _entries(database, review):
        if as_json:
            click.echo(json.dumps({**asdict(entry), "data": json.loads(entry.data)}))
        else:
            click.echo(render_entry(entry))


@ledger.command()
@DATABASE
@JSON
def verify(database: Path, as_json: bool) -> None:
    """Check that no entry was changed, dropped or moved; exit 1 if one was."""
    storage = Storage(database)
    try:
        faults = storage.run_blocking(lambda rooms: list(rooms.ledger.faults()))
        count = storage.run_blocking(lambda rooms: rooms.ledger.count())
    finally:
        storage.close()
    if as_json:
        click.echo(json.dumps({"entries": count, "faults": faults}))
    else:
        for fault in faults:
            click.secho(fault, fg="red")
        click.echo(f"{count} entries, {'the chain is broken' if faults else 'the chain holds'}")
    sys.exit(bool(faults))


def _entries(database: Path, review: str | None) -> Sequence[Sealed]:
    storage = Storage(database)
    try:
        return storage.run_blocking(lambda rooms: list(rooms.ledger.entries(review)))
    finally:
        storage.close()
