"""Every block and every input of Block Kit, shown at both widths, in light and in dark."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, FilePayload, expect

from bot.clock import StoryClock
from bot.playground.elements import complete
from bot.playground.limits import check_message_blocks
from bot.playground.nouns import BOT_USER_ID, Message, User
from bot.playground.server import Playground
from bot.playground.view_methods import checked_content
from tests.bot.playground.blocks import options
from tests.bot.playground.ear import hearing
from tests.browser.conftest import PATIENCE, WIDTHS, chromium
from tests.browser.window import Window

pytestmark = pytest.mark.asyncio(loop_scope="module")

expect.set_options(timeout=PATIENCE)

GALLERY: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "data/playground/gallery.json").read_text(encoding="utf-8")
)
LOOKS = [(width, scheme) for width in WIDTHS for scheme in ("light", "dark")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def playground() -> AsyncIterator[Playground]:
    """A workspace without an app, in which everything hangs."""
    chromium()
    async with Playground(StoryClock(datetime(2026, 3, 2, 9, 0, tzinfo=UTC))) as running:
        workspace = running.workspace
        workspace.add_user(User("U0DANA", "dana", "Dana Ng"))
        workspace.add_user(User("U0OMAR", "omar", "Omar Diaz"))
        reviews = workspace.add_channel("#reviews", ["U0DANA", "U0OMAR"])
        check_message_blocks(GALLERY["message"])
        blocks = tuple(complete(GALLERY["message"]))
        workspace.post(Message(reviews.id, workspace.next_ts(), BOT_USER_ID, "x", blocks))
        yield running


@pytest_asyncio.fixture(loop_scope="module", params=LOOKS, ids=str)
async def window(
    browser: Browser, playground: Playground, request: pytest.FixtureRequest
) -> AsyncIterator[Window]:
    width, scheme = request.param
    context = await browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme
    )
    context.set_default_timeout(PATIENCE)
    opened = Window(await context.new_page())
    await opened.page.goto(playground.base_url)
    await expect(opened.page.locator("article").first).to_be_visible()
    yield opened
    await context.close()
    assert opened.complaints == []


async def test_every_block_of_a_message_is_shown(window: Window) -> None:
    await expect(window.page.locator(".unknown")).to_have_count(0)
    assert await window.barriers() == []
    assert await window.fits()


async def test_every_input_of_a_modal_is_shown(window: Window, playground: Playground) -> None:
    playground.workspace.views.open("U0DANA", checked_content(GALLERY["modal"], "modal"))
    dialog = window.page.locator("#modal")
    await expect(dialog.get_by_role("heading", name="Every input")).to_be_visible()
    await expect(dialog.locator(".unknown")).to_have_count(0)
    assert await window.barriers() == []
    assert await window.fits()
    content = b"\x89PNG\r\n\x1a\n"
    plot: FilePayload = {"name": "plot.png", "mimeType": "image/png", "buffer": content}
    await dialog.get_by_label("Files").set_input_files(plot)
    await expect(dialog.get_by_role("button", name="Remove plot.png")).to_be_visible()
    await dialog.get_by_role("button", name="Send").click()
    await expect(dialog.get_by_label("One line")).to_have_attribute("aria-invalid", "true")
    await expect(dialog.get_by_role("button", name="Remove plot.png")).to_be_visible()
    assert await window.barriers() == []
    await window.page.keyboard.press("Escape")
    await expect(dialog).to_be_hidden()


async def test_what_is_filled_in_reaches_the_app(window: Window, playground: Playground) -> None:
    async with hearing(playground) as ear:
        playground.workspace.views.open("U0DANA", checked_content(GALLERY["modal"], "modal"))
        dialog = window.page.locator("#modal")
        ear.ack = {"options": options("payments", "search")}
        looked_up = dialog.get_by_role("group", name=re.compile("^Looked up"))
        await looked_up.get_by_role("searchbox").fill("pay")
        await looked_up.get_by_label("Search", exact=True).check()
        ear.ack = None
        await dialog.get_by_label("One line").fill("enough")
        await dialog.get_by_label("A number").fill("7")
        await dialog.get_by_label("A moment").fill("2026-03-29T08:00")
        several = dialog.get_by_role("group", name=re.compile("^Several of these"))
        await several.get_by_label("Web").check()
        await several.get_by_label("Payments").check()
        await dialog.get_by_role("button", name="Send").click()
        await expect(dialog).to_be_hidden()

    values = ear.heard[-1]["view"]["state"]["values"]
    held = {block: next(iter(state.values())) for block, state in values.items()}
    assert held["external"]["selected_option"]["value"] == "search"
    assert [one["value"] for one in held["several"]["selected_options"]] == ["web", "payments"]
    # On that day clocks went forward in Berlin, where Dana is.
    assert held["moment"]["selected_date_time"] == datetime(2026, 3, 29, 6, tzinfo=UTC).timestamp()
    assert (held["line"]["value"], held["number"]["value"]) == ("enough", "7")
    assert held["users"]["selected_users"] == ["U0DANA"]
    assert held["talk"]["selected_conversation"] == "C0REVIEWS"
