"""A page in a real browser, and what can be held against it."""

from __future__ import annotations

from dataclasses import dataclass, field

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import ConsoleMessage, Page, Request

SERIOUS = frozenset({"serious", "critical"})


@dataclass
class Window:
    """A page; `complaints` is what the browser has complained of."""

    page: Page
    complaints: list[str] = field(default_factory=list, kw_only=True)

    def __post_init__(self) -> None:
        """Listen to the browser from the start."""
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("requestfailed", self._failed)

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

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(f"{message.text} ({message.location['url']})")

    def _failed(self, request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # the stream of news ends with its page
            self.complaints.append(f"{request.url}: {request.failure}")
