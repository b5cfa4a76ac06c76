"""The playground, clicked through by people of the story."""

from __future__ import annotations

import asyncio
import re

import pytest
from playwright.async_api import Route, expect

from tests.browser.conftest import PATIENCE
from tests.browser.seat import Seat

pytestmark = pytest.mark.asyncio(loop_scope="module")

expect.set_options(timeout=PATIENCE)

AI, SMALL = "open_ai", "open_small"
"""A change of Ana's to the payments, with AI; one of Kim's to the web, harmless."""


async def test_an_approval_turns_the_gate_green(seat: Seat) -> None:
    small = await seat.change(SMALL)
    await seat.sees_gate(small, "pending")
    await seat.becomes("Grace Holm")
    await seat.presses(seat.card(small), "Approve")
    await expect(seat.card(small)).to_contain_text("approved, it may be merged")
    section = await seat.sees_gate(small, "success")
    await seat.presses(section, "Merge")
    await expect(section).to_contain_text("merged")


async def test_what_is_risky_is_approved_with_a_second_thought(seat: Seat) -> None:
    risky = await seat.change(AI)
    await seat.becomes("Omar Diaz")
    await seat.presses(seat.card(risky), "Approve")
    await expect(seat.page.get_by_role("heading", name="Approve this change?")).to_be_visible()
    assert await seat.barriers() == []
    await seat.page.keyboard.press("Escape")
    await expect(seat.card(risky)).to_contain_text("0 of 2 met")


async def test_changes_are_requested_with_words_only(seat: Seat) -> None:
    small = await seat.change(SMALL)
    await seat.becomes("Grace Holm")
    await seat.presses(seat.card(small), "Request changes")
    dialog = seat.dialog()
    await dialog.get_by_role("textbox").fill("   ")
    await dialog.get_by_role("button", name="Request").click()
    await expect(dialog).to_contain_text("Say what should change")
    assert await seat.barriers() == []
    await dialog.get_by_role("textbox").fill("Show it to members only.")
    await dialog.get_by_role("button", name="Request").click()
    await expect(dialog).to_be_hidden()
    await expect(seat.card(small)).to_contain_text("asked for changes")
    await seat.sees_gate(small, "failure")


async def test_whoever_declines_sees_beforehand_who_is_next_and_why(seat: Seat) -> None:
    risky = await seat.change(AI)
    who, author = seat.asked(risky), "Ana Ito"
    await seat.becomes(who)
    await seat.presses(seat.card(risky), "Decline")
    dialog = seat.dialog()
    await expect(dialog).to_contain_text(re.compile(r"Next: .+ is asked instead — \S+"))
    await dialog.get_by_label("Why?").select_option(label="I am away")
    await expect(dialog).to_contain_text("Until the day you name you are asked about nothing")
    await dialog.get_by_label("Why?").select_option(label="It is not my area")
    await expect(dialog).to_contain_text("You are not asked about this change again.")
    named = dialog.get_by_label("Who could do it better?")
    await named.focus()
    await named.select_option(label=author)
    await expect(dialog).to_contain_text(f"{author} opened it: they cannot be asked.")
    await expect(named).to_be_focused()
    await expect(dialog.get_by_label("Why?")).to_have_value("not_my_area")
    assert await seat.barriers() == []
    said = await dialog.locator(".b-section").first.inner_text()
    heir = said.partition("Next: ")[2].partition(" is asked instead")[0]
    await dialog.get_by_label("Anything to add?").fill("on call")
    await dialog.get_by_role("button", name="Decline", exact=True).click()
    await expect(dialog).to_be_hidden()
    await expect(seat.card(risky)).to_contain_text(f"{who} — declined")
    await expect(seat.card(risky)).to_contain_text(f"{heir} — asked")


async def test_whoever_declines_may_name_somebody_better(seat: Seat) -> None:
    small = await seat.change(SMALL)
    who = seat.asked(small)
    better = "Omar Diaz" if who != "Omar Diaz" else "Grace Holm"
    await seat.becomes(who)
    await seat.presses(seat.card(small), "Decline")
    dialog = seat.dialog()
    await dialog.get_by_label("Why?").select_option(label="I have no time for it")
    await dialog.get_by_label("Who could do it better?").select_option(label=better)
    await expect(dialog).to_contain_text(f"Next: {better} is asked, as you wish")
    await dialog.get_by_role("button", name="Decline", exact=True).click()
    await expect(dialog).to_be_hidden()
    await expect(seat.card(small)).to_contain_text(f"{better} — asked")


async def test_nobody_approves_their_own(seat: Seat) -> None:
    small = await seat.change(SMALL)
    await seat.becomes("Kim Roy")
    await seat.presses(seat.card(small), "Approve")
    said = seat.page.locator("article.private", has_text="Kim Roy opened it").last
    await expect(said).to_contain_text("Only visible to you")
    await seat.sees_gate(small, "pending")


async def test_what_is_pressed_stays_until_it_is_let_go(seat: Seat) -> None:
    small = await seat.change(SMALL)
    await seat.becomes("Grace Holm")
    await seat.card(small).get_by_role("button", name="Why?", exact=True).hover()
    await seat.page.mouse.down()
    async with seat.page.expect_response(lambda response: "/playground/state" in response.url):
        risky = await seat.change(AI)
    await seat.page.mouse.up()
    await expect(seat.dialog()).to_contain_text("Why this decision")
    await seat.page.keyboard.press("Escape")
    await expect(seat.card(risky)).to_be_visible()


async def test_an_open_menu_stays_open_when_something_new_is_said(seat: Seat) -> None:
    small = await seat.change(SMALL)
    await seat.becomes("Grace Holm")
    menu = seat.card(small).locator("details.menu", has=seat.page.get_by_text("⋯"))
    await menu.locator("summary").click()
    await seat.page.keyboard.press("Tab")
    item = menu.get_by_role("button").first
    await expect(item).to_be_focused()
    risky = await seat.change(AI)
    await expect(seat.card(risky)).to_be_visible()
    await expect(item).to_be_visible()
    await expect(item).to_be_focused()


async def test_whom_they_become_is_not_undone_by_what_was_on_its_way(seat: Seat) -> None:
    await seat.becomes("Kim Roy")
    held, let_go = asyncio.Event(), asyncio.Event()

    async def hold(route: Route) -> None:
        held.set()
        await let_go.wait()
        await route.continue_()

    await seat.page.route("**/playground/state?**", hold, times=1)
    await seat.change(SMALL)  # the page asks for what Kim sees
    await held.wait()
    grace = seat.page.locator("#people").get_by_role(
        "button", name="Grace Holm", include_hidden=True
    )
    await grace.dispatch_event("click")
    let_go.set()
    await expect(seat.page.locator("#viewer")).to_have_text("as Grace Holm")


async def test_who_and_where_they_are_is_marked(seat: Seat) -> None:
    await seat.opens()
    for name, place in (("Omar Diaz", "#reviews"), ("Dana Ng", "Messages"), ("Ana Ito", "Home")):
        await seat.becomes(name, place)
        marked = seat.page.locator("#people [aria-current], #places [aria-current]")
        marked = marked.or_(seat.page.locator("#app-places [aria-current]"))
        await expect(marked.locator(".name")).to_have_text([name, place])


async def test_people_talk_in_a_cards_thread(seat: Seat) -> None:
    small = await seat.change(SMALL)
    await seat.becomes("Grace Holm")
    card = seat.card(small)
    await card.get_by_role("button", name="Reply", exact=False).first.click()
    await expect(card.get_by_label("Reply to Countersign")).to_be_focused()
    await seat.page.keyboard.type("I look at it after lunch.")
    await seat.change(SMALL)  # what arrives meanwhile takes neither the words nor the place
    await expect(card.get_by_label("Reply to Countersign")).to_have_value(re.compile("lunch"))
    assert await seat.barriers() == []
    await seat.page.keyboard.press("Enter")
    thread = card.get_by_role("group", name="Thread")
    await expect(thread).to_contain_text("I look at it after lunch.")
    await expect(thread.locator("article").last).to_contain_text("Grace Holm")


async def test_a_keyboard_is_enough(seat: Seat) -> None:
    small = await seat.change(SMALL)
    risky = await seat.change(AI)
    await seat.becomes("Grace Holm")
    button = seat.card(small).get_by_role("button", name="Approve", exact=True)
    await button.focus()
    await seat.page.keyboard.press("Enter")
    await expect(seat.card(small)).to_contain_text("approved, it may be merged")
    menu = seat.card(risky).locator("details.menu", has=seat.page.get_by_text("⋯"))
    await menu.locator("summary").focus()
    await seat.page.keyboard.press("Enter")
    await expect(menu.get_by_role("button").first).to_be_visible()
    await seat.page.keyboard.press("Tab")
    await seat.page.keyboard.press("Escape")
    await expect(menu.get_by_role("button").first).to_be_hidden()
    await expect(menu.locator("summary")).to_be_focused()
    await seat.page.locator("#text").focus()
    await seat.page.keyboard.type("/review st")
    await expect(seat.page.get_by_role("option").first).to_contain_text("/review status")
    await seat.page.keyboard.press("Tab")
    await seat.page.keyboard.press("Enter")
    await expect(seat.page.locator("article.private").last).to_contain_text(risky)


async def test_the_playground_shuts_nobody_out(seat: Seat) -> None:
    risky = await seat.change(AI)
    await seat.becomes("Dana Ng")
    await expect(seat.card(risky)).to_be_visible()
    assert await seat.barriers() == []
    assert await seat.fits()


async def test_the_gates_details_explain_the_decision(seat: Seat) -> None:
    risky = await seat.change(AI)
    section = await seat.sees_gate(risky, "pending")
    address = await section.get_by_role("link").get_attribute("href")
    assert address is not None
    await seat.page.goto(address)
    await expect(seat.page.get_by_role("heading", level=1)).to_contain_text("Retry refunds")
    await expect(seat.page.locator(".rule.unmet").first).to_contain_text("ai-in-critical-code")
    await expect(seat.page.get_by_text("Co-Authored-By: Claude")).to_be_visible()
    assert await seat.barriers() == []
    assert await seat.fits()


async def test_members_sign_in_search_verify_and_look(seat: Seat) -> None:
    await seat.change(SMALL)
    await seat.page.goto(f"{seat.stage.pages}/sign-in?to=/ledger")
    await seat.page.get_by_role("link", name="Dana Ng").click()
    await seat.page.get_by_label("Words").fill("banner")
    await seat.page.get_by_role("button", name="Search").click()
    await expect(seat.page.locator(".entries li").first).to_contain_text("Show the banner")
    await seat.page.get_by_role("button", name="Verify the chain").click()
    await expect(seat.page.get_by_role("status")).to_contain_text("the chain holds")
    assert await seat.barriers() == []
    assert await seat.fits()
    await seat.page.get_by_role("link", name="Insights").click()
    plot = seat.page.get_by_role("img", name="Time to first review and to merge by week")
    await plot.scroll_into_view_if_needed()
    await expect(plot).not_to_have_js_property("naturalWidth", 0)
    assert await seat.barriers() == []
    assert await seat.fits()


async def test_the_home_tab_says_whose_turn_it_is(seat: Seat) -> None:
    risky = await seat.change(AI)
    await seat.becomes(seat.asked(risky), "Home")
    await expect(seat.page.get_by_role("heading", name="Your turn")).to_be_visible()
    await expect(seat.page.get_by_role("link", name=f"{risky} · Retry")).to_be_visible()
    assert await seat.barriers() == []
    assert await seat.fits()
