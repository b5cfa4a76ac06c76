"""Of several choices in a dialog the latest is shown, whichever is quick and whichever slow."""

from __future__ import annotations

import asyncio

from bot.slack.previews import Previews


class Screen:
    """What is shown in the end; each choice is held until it is let go."""

    def __init__(self) -> None:
        self.shown: list[str] = []
        self.previews = Previews()
        self._held: dict[str, asyncio.Event] = {}

    def chooses(self, what: str, dialog: str = "V1") -> asyncio.Task[None]:
        held = self._held[what] = asyncio.Event()

        async def show() -> None:
            await held.wait()
            self.shown.append(what)

        return asyncio.create_task(self.previews.latest(dialog, show))

    def let_go(self, what: str) -> None:
        self._held[what].set()


async def begun() -> None:
    """Everybody has had a turn."""
    await asyncio.sleep(0)


async def test_the_second_of_two_quick_choices_is_shown_last() -> None:
    screen = Screen()
    first = screen.chooses("a reason")
    await begun()
    second = screen.chooses("a substitute")
    screen.let_go("a substitute")
    await begun()
    assert screen.shown == []  # it does not overtake
    screen.let_go("a reason")
    await asyncio.gather(first, second)
    assert screen.shown == ["a reason", "a substitute"]


async def test_what_was_chosen_in_between_is_not_shown_at_all() -> None:
    screen = Screen()
    tasks = [screen.chooses("first")]
    await begun()
    tasks += [screen.chooses("second"), screen.chooses("third")]
    for what in ("first", "second", "third"):
        screen.let_go(what)
    await asyncio.gather(*tasks)
    assert screen.shown == ["first", "third"]


async def test_another_dialog_waits_for_nobody() -> None:
    screen = Screen()
    slow = screen.chooses("slow", "V1")
    await begun()
    quick = screen.chooses("quick", "V2")
    screen.let_go("quick")
    await quick
    assert screen.shown == ["quick"]
    screen.let_go("slow")
    await slow


async def test_nothing_is_kept_of_a_dialog_that_rests() -> None:
    screen = Screen()
    task = screen.chooses("once")
    screen.let_go("once")
    await task
    assert screen.previews._dialogs == {}
