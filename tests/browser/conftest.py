"""Chromium, the demo's stage, and a seat before both. Without Chromium: a skip; in CI a failure."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from bot.clock import RunningClock
from bot.demo.deeds import story_panel
from bot.demo.past import write_past
from bot.demo.stage import Stage, set_stage
from bot.demo.story import TUESDAY_TEN
from routing.model import State
from tests.browser.seat import Seat

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 20_000
"""Milliseconds until a condition counts as not met; a busy machine is slow, not broken."""

WIDTHS = (390, 1440)


def chromium() -> str:
    """Where it is."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is not None:
        return found
    missing = "there is no Chromium; apt-get install chromium"
    if os.environ.get("CI"):
        pytest.fail(missing)
    pytest.skip(missing)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    path = chromium()
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield running
        await running.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage() -> AsyncIterator[Stage]:
    """The demo as `countersign demo` sets it; each test opens changes of its own."""
    chromium()
    async with set_stage(RunningClock(TUESDAY_TEN)) as standing:
        await standing.storage.run(
            lambda rooms: write_past(rooms, TUESDAY_TEN, standing.forge.name)
        )
        standing.slack.panel = story_panel(standing)
        yield standing


@pytest_asyncio.fixture(loop_scope="module", params=WIDTHS)
async def seat(
    browser: Browser, stage: Stage, request: pytest.FixtureRequest
) -> AsyncIterator[Seat]:
    """A seat at a narrow screen, then at a wide one, in light and in dark."""
    context = await browser.new_context(
        viewport={"width": request.param, "height": 900},
        color_scheme="dark" if request.param == WIDTHS[0] else "light",
    )
    context.set_default_timeout(PATIENCE)
    taken = Seat(await context.new_page(), stage)
    await taken.opens()
    yield taken
    await context.close()
    for change in stage.forge.requests():
        if change.state is State.OPEN:  # so that nobody is at capacity in the next test
            await stage.ends(change.ref, State.CLOSED)
    assert taken.complaints == []
