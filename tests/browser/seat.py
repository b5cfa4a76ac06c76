"""Somebody before a real browser: what they do, said in the page's own words."""

from __future__ import annotations

import re
from dataclasses import dataclass

from playwright.async_api import Locator, expect

from bot.demo.repository import NAMES
from bot.demo.stage import Stage
from tests.browser.window import Window

NARROW = 600
"""Below so many pixels the page shows one column at a time."""


@dataclass
class Seat(Window):
    """A page of the playground on which the demo is played."""

    stage: Stage

    async def opens(self) -> None:
        """Open the playground."""
        await self.page.goto(self.stage.slack.base_url)
        await expect(self.page.locator("#people button").first).to_be_attached()

    async def change(self, kind: str) -> str:
        """Somebody opens a change, as the panel lets them: Ana's "open_ai", Kim's "open_small"."""
        panel = self.stage.slack.panel
        assert panel is not None
        await panel.act(kind, {})
        return f"shop#{len(self.stage.forge.requests())}"

    def asked(self, change: str) -> str:
        """The name of somebody who is asked about a change."""
        ref = next(
            one.ref for one in self.stage.forge.requests() if f"shop#{one.ref.number}" == change
        )
        return NAMES[self.stage.asked(ref)]

    async def becomes(self, name: str, place: str = "#reviews") -> None:
        """Take somebody's part, and go to one of their places."""
        await self._show("People")
        await self.page.locator("#people").get_by_role("button", name=name).click()
        named = re.compile(f"^{re.escape(place)}( new)?$")
        places = self.page.locator("#places, #app-places")
        await places.get_by_role("button", name=named).click()
        await expect(self.page.locator("#viewer")).to_have_text(f"as {name}")

    def card(self, name: str) -> Locator:
        """The card of a change: "shop#2"."""
        heading = self.page.get_by_role("heading", name=re.compile(f"^{name} "))
        return self.page.locator("article", has=heading)

    async def presses(self, where: Locator, button: str) -> None:
        """Press a button, and confirm where one is asked to."""
        await where.get_by_role("button", name=button, exact=True).click()

    def dialog(self) -> Locator:
        """The modal before them."""
        return self.page.locator("#modal")

    async def sees_gate(self, name: str, state: str) -> Locator:
        """Look at the gate in the side panel until it says so; returns the change's section."""
        await self._show("Changes")
        section = self.page.locator("section.change", has_text=f"{name} ")
        await expect(section.locator(".gate")).to_contain_text(state)
        return section

    async def _show(self, pane: str) -> None:
        size = self.page.viewport_size
        if size is not None and size["width"] < NARROW:
            await self.page.locator("#tabs").get_by_role("button", name=pane).click()
