"""How time goes on in a story that stands still between two deeds: no further than it must."""

from __future__ import annotations

from datetime import timedelta

from bot.app import Countersign
from bot.clock import StoryClock

A_MOMENT = timedelta(seconds=1)
"""What waits its turn at Slack waits no longer than this for the next one."""


async def played_out(bot: Countersign, clock: StoryClock) -> None:
    """Return once all is done that is due, or whose turn comes within moments."""
    await bot.settled()
    while (turn := await bot.next_moment()) is not None and turn - clock.now() <= A_MOMENT:
        clock.move_to(turn)
        await bot.settled()
