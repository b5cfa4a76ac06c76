"""`countersign links`: which account each login means, and saying that it means another one."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from bot.clock import SystemClock
from bot.commands.database_option import DATABASE
from bot.errors import Misconfigured
from routing.events import ReconcileDue
from routing.links import relinked_entry
from storage.database import Rooms, Storage, StorageFailed


@click.group(
    epilog="\b\nExample:\n  countersign links show\n"
    "  countersign links relink github dana-ng 583231 --by kim"
)
def links() -> None:
    """Show which account each login means, or say that it means another one.

    A login means the account that was first seen under it. When an account is deleted, somebody
    else can take its login; such a login counts for nobody until it is linked anew here. Every
    change goes on the ledger.
    """


@links.command()
@DATABASE
@click.option("--json", "as_json", is_flag=True, help="Print one JSON line each.")
def show(database: Path, as_json: bool) -> None:
    """Print every login with the immutable id of its account."""
    try:
        with closing(Storage(database)) as storage:
            pins = storage.run_blocking(lambda rooms: dict(rooms.pins.all()))
    except StorageFailed as exc:
        raise Misconfigured(str(exc)) from exc
    rows = sorted((forge, login, account) for (forge, login), account in pins.items())
    if as_json:
        for forge, login, account in rows:
            click.echo(json.dumps({"forge": forge, "login": login, "account": account}))
        return
    table = Table("Forge", "Login", "Account id", title="Logins and what they mean")
    for row in rows:
        table.add_row(*row)
    Console().print(table if rows else "No login was seen yet.")


@links.command()
@DATABASE
@click.argument("forge")
@click.argument("login")
@click.argument("account")
@click.option("--by", required=True, help="Who says so; it goes on the ledger.")
def relink(database: Path, forge: str, login: str, account: str, by: str) -> None:
    """Let LOGIN on FORGE mean the account with that immutable id from now on."""
    if not account.isascii() or not account.isdecimal():
        raise Misconfigured(
            f"{account} is no account id; it is a number "
            f"(on GitHub: https://api.github.com/users/{login})"
        )
    now = SystemClock().now()

    def work(rooms: Rooms) -> str | None:
        was = rooms.pins.relink(forge, login.lower(), account, now)
        entry = relinked_entry(forge, login.lower(), account, was, by)
        rooms.ledger.append(None, [entry], now)
        # Whose word counts may be another's now: a running bot looks at everything open again.
        rooms.inbox.put(f"relinked {forge} {login} {now}", ReconcileDue(forge, whole=True), now)
        return was

    try:
        with closing(Storage(database)) as storage:
            was = storage.run_blocking(work)
    except StorageFailed as exc:
        raise Misconfigured(str(exc)) from exc
    click.echo(f"{login} on {forge} means account {account} now (was: {was or 'nobody seen yet'})")
