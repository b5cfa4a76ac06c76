"""Somebody before a real browser: what they do, said in the page's own words."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import ConsoleMessage, Locator, Page, Request, expect

from bot.demo.repository import NAMES
from bot.demo.stage import Stage

NARROW = 600
"""Below so many pixels the page shows one column at a time."""

SERIOUS = frozenset({"serious", "critical"})


@dataclass
class Seat:
    """A page of the playground; `complaints` is what the browser has complained of."""

    page: Page
    stage: Stage
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Listen to the browser from the start."""
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("requestfailed", self._failed)

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
        await self.page.get_by_role("button", name=place, exact=True).click()
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

    async def barriers(self) -> list[str]:
        """What keeps people out who see, hear or move differently, as axe-core tells it."""
        found = (await Axe().run(self.page)).response["violations"]
        return [
            f"{one['id']}: {node['html'][:120]}"
            for one in found
            if one["impact"] in SERIOUS
            for node in one["nodes"]
        ]

    async def fits(self) -> bool:
        """Whether nothing has to be moved sideways."""
        wide = await self.page.evaluate(
            "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        )
        return not wide

    async def _show(self, pane: str) -> None:
        size = self.page.viewport_size
        if size is not None and size["width"] < NARROW:
            await self.page.locator("#tabs").get_by_role("button", name=pane).click()

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(f"{message.text} ({message.location['url']})")

    def _failed(self, request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # the stream of news ends with its page
            self.complaints.append(f"{request.url}: {request.failure}")
