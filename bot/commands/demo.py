"""`countersign demo`: the whole thing on this machine, without any account."""

from __future__ import annotations

import asyncio
import logging
import signal

import click

from bot.clock import RunningClock, StoryClock
from bot.demo.panel import DemoPanel
from bot.demo.past import write_past
from bot.demo.stage import set_stage
from bot.demo.story import TUESDAY_TEN, tell
from bot.logs import set_up_logs

PORT = 8765

EXAMPLE = """\b
Example:
  countersign demo             # open the address it prints
  countersign demo --once      # the same without a browser, as a transcript
  countersign demo --once --forge gitlab    # the same story as GitLab tells it
"""


@click.command(epilog=EXAMPLE)
@click.option("--once", is_flag=True, help="Play the story, print what happens, and exit.")
@click.option(
    "--forge",
    type=click.Choice(["github", "gitlab"]),
    default="github",
    show_default=True,
    help="Whose words, numbers and CODEOWNERS the shop's repository has.",
)
@click.option("--port", default=PORT, show_default=True, help="Where to serve; 0 for any free one.")
def demo(*, once: bool, port: int, forge: str) -> None:
    """Try Countersign without any account: the real bot, a Slack in the browser, a small shop."""
    set_up_logs(level=logging.WARNING)
    if once:
        asyncio.run(_once(forge))
    else:
        asyncio.run(_serve(port, forge))


async def _once(forge: str) -> None:
    async with set_stage(StoryClock(TUESDAY_TEN), name=forge) as stage:
        await tell(stage, click.echo)


async def _serve(port: int, forge: str) -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    async with set_stage(RunningClock(TUESDAY_TEN), port, forge) as stage:
        await stage.storage.run(lambda rooms: write_past(rooms, stage.clock.now(), forge))
        panel = DemoPanel(stage)
        stage.slack.panel = panel
        await panel.act("open_ai", {})
        await panel.act("open_small", {})
        click.echo(f"Countersign's playground: {stage.slack.base_url}/")
        click.echo(f"Its pages: {stage.pages}/ledger and {stage.pages}/insights")
        click.echo("Choose who you are, click, push and merge. Ctrl+C ends it.")
        await stopping.wait()
