"""What a dialog says beforehand of what was chosen in it: always of the latest choice."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field


@dataclass
class _Dialog:
    """An open dialog: how many choices were made, and how many of them are being worked on."""

    choices: int = 0
    under_way: int = 0
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


class Previews:
    """Lets only the latest choice of each dialog be shown, and none overtake another.

    Slack's own guard, the hash of the view, refuses the second of two quick choices: it was made
    before the dialog had followed the first.
    """

    def __init__(self) -> None:
        self._dialogs: dict[str, _Dialog] = {}

    async def latest(self, dialog: str, show: Callable[[], Awaitable[None]]) -> None:
        """Do `show`, unless something else is chosen in the dialog before its turn comes."""
        here = self._dialogs.setdefault(dialog, _Dialog())
        here.choices += 1
        here.under_way += 1
        mine = here.choices
        try:
            async with here.turn:
                if mine == here.choices:
                    await show()
        finally:
            here.under_way -= 1
            if not here.under_way:
                del self._dialogs[dialog]
