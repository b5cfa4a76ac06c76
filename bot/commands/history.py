"""`countersign history`: what the bot has learnt of its projects, and reading their past now."""

from __future__ import annotations

import asyncio
import json
import logging
from contextlib import closing
from datetime import datetime

import click

from bot.clock import SystemClock
from bot.errors import Misconfigured
from bot.forge_history import ForgeHistory, all_known
from bot.logs import set_up_logs
from bot.settings import Settings, read_settings
from storage.database import Storage, StorageFailed

EXAMPLE = """\b
Example:
  countersign history import
  countersign history show --json
"""


@click.group(epilog=EXAMPLE)
def history() -> None:
    """Read what was merged on the forges, with its reviewers, or show how far that has come.

    `countersign run` does the same in the background. The database and the forges are those of the
    settings.
    """


@history.command("import")
def import_() -> None:
    """Read the forges' merged changes and their reviewers now; what was read before is kept."""
    settings = read_settings()
    set_up_logs(level=logging.WARNING, secrets=settings.secrets())
    try:
        with closing(Storage(settings.database)) as storage:
            fresh = asyncio.run(_import(settings, storage))
    except StorageFailed as exc:
        raise Misconfigured(str(exc)) from exc
    click.echo(f"{fresh} merged changes were new")


async def _import(settings: Settings, storage: Storage) -> int:
    forges = [forge for forge, _ in settings.open_forges()]
    if not forges:
        raise Misconfigured("no forge is set up: set GITHUB_REPOSITORIES or GITLAB_PROJECTS")
    try:
        return await ForgeHistory(forges, storage, SystemClock(), _told).read()
    finally:
        await asyncio.gather(*(forge.close() for forge in forges))


def _told(project: str, count: int, back_to: datetime | None) -> None:
    far = f", back to {back_to:%Y-%m-%d}" if back_to else ""
    click.echo(f"{project}: {count} read{far}", err=True)


@history.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def show(*, as_json: bool) -> None:
    """Show how many changes are known of each project, and whether the forge was read through."""
    settings = read_settings()
    try:
        with closing(Storage(settings.database)) as storage:
            found = storage.run_blocking(
                lambda rooms: [
                    {
                        "project": project,
                        "changes": rooms.history.count(project),
                        "forge_read_through": all_known(rooms.history, project),
                    }
                    for project in rooms.history.projects()
                ]
            )
    except StorageFailed as exc:
        raise Misconfigured(str(exc)) from exc
    if as_json:
        click.echo(json.dumps(found, indent=2, ensure_ascii=False))
        return
    for one in found:
        through = "read through" if one["forge_read_through"] else "not read through"
        click.echo(f"{one['project']}: {one['changes']} changes, its past on the forge {through}")
