"""`countersign restore`: a backup in the place of the database."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import click

from bot.errors import Misconfigured
from bot.proof.checkpoints import CheckpointFile, Kind, make_checkpoint
from bot.proof.keys import read_signing_key
from bot.settings import ProofFiles, proof_files
from storage.copies import put_back
from storage.database import StorageFailed, reading
from storage.ledger import GENESIS
from storage.occupancy import held

FILE = click.Path(dir_okay=False, path_type=Path)
EXAMPLE = """\b
Example:
  countersign restore /backups/countersign-2026-11-21.db
"""


@click.command(epilog=EXAMPLE)
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--database",
    type=FILE,
    envvar="COUNTERSIGN_DATABASE",
    show_envvar=True,
    default=Path("countersign.db"),
    show_default=True,
)
@click.option("--key", type=FILE, envvar="COUNTERSIGN_LEDGER_KEY", help="The ledger's key.")
@click.option("--checkpoints", type=FILE, envvar="COUNTERSIGN_CHECKPOINTS", help="Its checkpoints.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def restore(
    path: Path, database: Path, key: Path | None, checkpoints: Path | None, as_json: bool
) -> None:
    """Put the backup at PATH in the place of the database; no bot may be running on it.

    The backup is checked first, its ledger included. The old database stays beside the new one,
    under a name that was free. That the ledger goes back is signed and kept with its checkpoints.
    Whatever is open is read again from the forge when the bot starts.
    """
    try:
        with held(database):
            entry, hash_ = _checked_end(path)
            _sign(proof_files(database, key, checkpoints), (entry, hash_))
            kept = put_back(path, database)
    except (StorageFailed, OSError) as exc:
        raise Misconfigured(str(exc)) from exc
    if as_json:
        answer = {"database": str(database), "entries": entry, "kept": kept and str(kept)}
        click.echo(json.dumps(answer))
    else:
        said = f"; what was there is kept at {kept}" if kept is not None else ""
        click.echo(f"{database}: restored, {entry:,} ledger entries{said}")


def _checked_end(backup: Path) -> tuple[int, str]:
    """Number and hash of the backup's last ledger entry.

    Raises:
        StorageFailed: its chain is broken.
    """
    with reading(backup) as rooms:
        faults = list(rooms.ledger.faults())
        if faults:
            raise StorageFailed(f"{backup}: its ledger is broken: {'; '.join(faults[:5])}")
        return rooms.ledger.tail() or (0, GENESIS)


def _sign(files: ProofFiles, tail: tuple[int, str]) -> None:
    """Say that the ledger goes back, before it does: a crash in between then costs nothing."""
    if files.key.exists():
        one = make_checkpoint(Kind.RESTORED, tail, datetime.now(UTC), read_signing_key(files.key))
        CheckpointFile(files.checkpoints).append(one)
