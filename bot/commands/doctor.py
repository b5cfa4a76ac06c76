"""`countersign doctor`: what is wrong with this installation, and what to do about it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import asdict

import click

from bot.clock import SystemClock
from bot.doctor import Doctor, is_well
from bot.errors import Misconfigured
from bot.forge_settings import plain
from bot.forges.guarantees import Finding, Standing
from bot.kept import of_file
from bot.policies import Policies
from bot.settings import Settings, read_settings
from bot.slack.client import open_client

MARKS = {Standing.OPEN: "✗", Standing.NOTE: "·", Standing.HOLDS: "✓"}

EXAMPLE = """\b
Example:
  countersign doctor
  countersign doctor --json
"""


@click.command(epilog=EXAMPLE)
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON object.")
def doctor(*, as_json: bool) -> None:
    """Look at Slack, the files and the forges, and say what is wrong.

    Reads the same environment as `countersign run`. Ends with 1 when something is wrong.
    """
    settings = read_settings()
    lacking = [Finding("settings", Standing.OPEN, one) for one in settings.missing()]
    found = [*lacking, *asyncio.run(_examine(settings))]
    if as_json:
        listed = [asdict(one) for one in found]
        click.echo(json.dumps({"fine": is_well(found), "findings": listed}))
    else:
        click.echo(render(found))
    if not is_well(found):
        raise SystemExit(1)


def render(found: Sequence[Finding]) -> str:
    """One line a finding, and what to do below it."""
    lines: list[str] = []
    for one in found:
        lines.append(f"{MARKS[one.standing]} {one.project}: {one.sentence}")
        if one.cure:
            lines.append(f"    {one.cure}")
    wrong = sum(one.standing is Standing.OPEN for one in found)
    lines.append("fine" if not wrong else f"{wrong} to mend")
    return "\n".join(lines)


async def _examine(settings: Settings) -> tuple[Finding, ...]:
    policies, faults = _files(settings)

    async def at_hand() -> tuple[Finding, ...]:
        return (*faults, *of_file(settings.database))

    token = plain(settings.slack_bot_token)
    # One that is asked hundreds of things at once, and then no more.
    slack = (
        open_client(token, settings.slack_api_url, SystemClock(), paced=False) if token else None
    )
    forges = {forge.name: forge for forge, _ in settings.open_forges()}
    try:
        app_token = plain(settings.slack_app_token) or None
        return await Doctor(slack, policies, forges, at_hand, app_token=app_token).examine()
    finally:
        for forge in forges.values():
            await forge.close()


def _files(settings: Settings) -> tuple[Policies, tuple[Finding, ...]]:
    """The policy and the people; with what is wrong instead, where they cannot be used."""
    try:
        return Policies(settings.policy, settings.people), ()
    except Misconfigured as exc:
        wrong = (Finding("files", Standing.OPEN, one) for one in str(exc).splitlines())
        return Policies(None, None), tuple(wrong)
