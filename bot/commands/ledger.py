"""`countersign ledger`: what was decided, and proof that nobody touched it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress

from bot.commands.database_option import DATABASE
from bot.commands.erase import erase
from bot.errors import Misconfigured
from bot.ledger_lines import render_entry
from bot.proof.attestations import envelope, statements
from bot.proof.checkpoints import CheckpointFile, Vouched
from bot.proof.keys import public_half, read_public_key, read_signing_key
from bot.proof.verifying import UNSIGNED, Verified
from bot.proof.verifying import verify as checked
from bot.settings import proof_files
from storage.database import StorageFailed, reading
from storage.ledger import Ledger, Sealed

FILE = click.Path(dir_okay=False, path_type=Path)
REVIEW = click.option("--review", help="Only this merge request: forge/project/number.")
JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON lines.")


@click.group(
    epilog="\b\nExample:\n  countersign ledger show --review github/acme/shop/12\n"
    "  countersign ledger verify\n"
    "  countersign ledger export --as in-toto > reviews.jsonl\n"
    "  countersign ledger erase dana --people people.yml"
)
def ledger() -> None:
    """Read the record of every decision, check its chain, export it, erase a person from it."""


@ledger.command()
@DATABASE
@REVIEW
@JSON
def show(database: Path, review: str | None, as_json: bool) -> None:
    """Print the entries in order."""
    with _ledger(database) as kept:
        for entry in kept.entries(review):
            if as_json:
                click.echo(json.dumps({**asdict(entry), "data": json.loads(entry.data)}))
            else:
                click.echo(render_entry(entry))


@ledger.command()
@DATABASE
@click.option(
    "--checkpoints", type=FILE, envvar="COUNTERSIGN_CHECKPOINTS", help="The signed checkpoints."
)
@click.option("--key", type=FILE, help="The ledger's public key (PEM), better an old copy of it.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def verify(database: Path, checkpoints: Path | None, key: Path | None, as_json: bool) -> None:
    """Check that no entry was changed, dropped, moved or cut off; exit 1 if one was."""
    vouched = _vouched(database, checkpoints, key)
    with _ledger(database) as kept, _progress(kept.count(), "entries") as progress:
        found = checked(kept, vouched, progress)
    click.echo(json.dumps(asdict(found)) if as_json else _text(found))
    sys.exit(bool(found.faults))


def _vouched(database: Path, checkpoints: Path | None, key: Path | None) -> Vouched:
    files = proof_files(database, None, checkpoints)
    public = key or public_half(files.key)
    if key is None and not public.exists():
        return UNSIGNED  # the bot never ran on it
    if not files.checkpoints.exists():
        return Vouched({}, (f"{files.checkpoints}: is gone, though the ledger has a key",), ())
    vouched = CheckpointFile(files.checkpoints).vouched(read_public_key(public))
    if not (vouched.hashes or vouched.faults):
        said = f"{files.checkpoints}: says nothing, though the ledger has a key"
        return replace(vouched, faults=(said,))
    return vouched


def _text(found: Verified) -> str:
    return "\n".join(
        [
            *(click.style(fault, fg="red") for fault in found.faults),
            *found.restored,
            found.extent,
            found.outcome,
        ]
    )


@ledger.command()
@DATABASE
@REVIEW
@click.option(
    "--as",
    "form",
    type=click.Choice(["jsonl", "in-toto"]),
    default="jsonl",
    show_default=True,
    help="Every entry as it is chained, or each merge as a signed attestation.",
)
@click.option(
    "--key", type=FILE, envvar="COUNTERSIGN_LEDGER_KEY", help="What attestations are signed with."
)
def export(database: Path, review: str | None, form: str, key: Path | None) -> None:
    """Print the ledger for auditors, one JSON object a line.

    docs/ledger.md says how to check both forms without Countersign.
    """
    signing = read_signing_key(proof_files(database, key, None).key) if form == "in-toto" else None
    with _ledger(database) as kept:
        if signing is None:
            for entry in kept.chain(review):
                click.echo(json.dumps(_exported(entry, kept)))
        else:
            for statement in statements(kept.entries(review)):
                click.echo(json.dumps(envelope(statement, signing)))


ledger.add_command(erase)


def _exported(entry: Sealed, kept: Ledger) -> dict[str, object]:
    return {**asdict(entry), "texts": {k: list(v) for k, v in kept.disclosed(entry).items()}}


@contextmanager
def _ledger(database: Path) -> Iterator[Ledger]:
    """The ledger to look at.

    Raises:
        Misconfigured: this is no database of ours, or it is damaged.
    """
    try:
        with reading(database) as rooms:
            yield rooms.ledger
    except StorageFailed as exc:
        raise Misconfigured(str(exc)) from exc


@contextmanager
def _progress(total: int, what: str) -> Iterator[Callable[[int], None]]:
    """A bar on a terminal, nothing elsewhere; call it with how far one is."""
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(what, total=total)

        def show(done: int) -> None:
            if done % 4096 == 0:
                bar.update(task, completed=done)

        yield show
