"""`countersign demo`: the whole thing on this machine, without any account."""

from __future__ import annotations

import asyncio
import logging
import signal
from pathlib import Path

import click

from bot.clock import RunningClock, StoryClock
from bot.demo.deeds import clone_panel, story_panel
from bot.demo.past import write_past
from bot.demo.setting import own_clone, story
from bot.demo.stage import Stage, set_stage
from bot.demo.story import TUESDAY_TEN, tell
from bot.logs import set_up_logs

PORT = 8765

EXAMPLE = """\b
Example:
  countersign demo             # open the address it prints
  countersign demo --once      # the same without a browser, as a transcript
  countersign demo --once --forge gitlab    # the same story as GitLab tells it
  countersign demo --repo ~/src/shop   # your own clone's latest changes, on a copy of it
"""


@click.command(epilog=EXAMPLE)
@click.option("--once", is_flag=True, help="Play the story, print what happens, and exit.")
@click.option(
    "--forge",
    type=click.Choice(["github", "gitlab"]),
    default="github",
    show_default=True,
    help="Whose words, numbers and CODEOWNERS the repository has.",
)
@click.option("--port", default=PORT, show_default=True, help="Where to serve; 0 for any free one.")
@click.option(
    "--repo",
    type=click.Path(path_type=Path, resolve_path=True),
    help="A clone of yours, in place of the shop; nothing is written into it.",
)
def demo(*, once: bool, port: int, forge: str, repo: Path | None) -> None:
    """Try Countersign without any account: the real bot, a Slack in the browser, a small shop."""
    if once and repo is not None:
        raise click.UsageError("--once tells the shop's story; leave --repo out")
    set_up_logs(level=logging.WARNING)
    if once:
        asyncio.run(_once(forge))
    else:
        asyncio.run(_serve(port, forge) if repo is None else _serve_clone(port, forge, repo))


async def _once(forge: str) -> None:
    async with (
        story(TUESDAY_TEN, forge) as setting,
        set_stage(StoryClock(TUESDAY_TEN), setting=setting) as stage,
    ):
        await tell(stage, click.echo)


async def _serve(port: int, forge: str) -> None:
    async with (
        story(TUESDAY_TEN, forge) as setting,
        set_stage(RunningClock(TUESDAY_TEN), port, setting) as stage,
    ):
        await stage.storage.run(lambda rooms: write_past(rooms, TUESDAY_TEN, forge))
        panel = story_panel(stage)
        stage.slack.panel = panel
        await panel.act("open_ai", {})
        await panel.act("open_small", {})
        await _until_stopped(stage)


async def _serve_clone(port: int, forge: str, repo: Path) -> None:
    async with own_clone(repo, forge) as setting:
        clock = RunningClock(max(one.at for one in setting.recent))
        async with set_stage(clock, port, setting) as stage:
            stage.slack.panel = clone_panel(stage)
            await _until_stopped(stage)


async def _until_stopped(stage: Stage) -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    click.echo(f"Countersign's playground: {stage.slack.base_url}/")
    click.echo(f"Its pages: {stage.pages}/ledger and {stage.pages}/insights")
    click.echo("Choose who you are, click and merge. Ctrl+C ends it.")
    await stopping.wait()
