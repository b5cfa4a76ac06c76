"""`/review` through the public faces."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.slack.commands import WORDS
from tests.world import AI_MESSAGE, SLACK, World


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with World(tmp_path) as world:
        yield world


async def says(world: World, who: str, text: str) -> str:
    """What `/review text` answers to somebody."""
    await world.slack.people.slash(SLACK[who], "#reviews", "/review", text)
    return world.told(who)[-1]


async def test_mine_lists_what_waits_for_me_and_my_own(world: World) -> None:
    await world.opens("ana", {"payments/a.py": "x\n"}, message=AI_MESSAGE)
    assert "Your turn: shop#1" in await says(world, "omar", "mine")
    assert "Yours: shop#1" in await says(world, "ana", "mine")


async def test_why_names_rules_people_and_those_left_out(world: World) -> None:
    await world.opens("ana", {"payments/a.py": "x\n"}, message=AI_MESSAGE)
    said = await says(world, "kim", "why https://github.test/acme/shop/pull/1")
    assert "ai-in-payments: needs 1 of: tenure ≥ 5 y, or expert in payments" in said
    assert "declared expert in payments" in said
    assert "Ana Ito opened it" in said


async def test_why_without_a_known_address_says_how_to_ask(world: World) -> None:
    assert "No merge request, or more than one, goes by" in await says(
        world, "kim", "why https://x.test/1"
    )


async def test_status_counts_what_is_open(world: World) -> None:
    await world.opens("ana", {"web/a.ts": "x\n"})
    assert "1 open: 1 waiting, 0 approved" in await says(world, "kim", "status")


async def test_an_unknown_word_is_answered_with_the_nearest_one(world: World) -> None:
    assert "Did you mean /review status" in (await says(world, "kim", "sttaus")).replace("`", "")


async def test_help_lists_every_word(world: World) -> None:
    said = await says(world, "kim", "help")
    for word in WORDS:
        assert f"/review {word}" in said
    assert "/review snooze <url> 2h – hear nothing of it until then" in said.replace("`", "")


URL = "https://github.test/acme/shop/pull/1"
PAYMENT = {"payments/a.py": "x\n"}


async def test_queue_lists_what_waits_in_a_domain(world: World) -> None:
    await world.opens("ana", PAYMENT, message=AI_MESSAGE)
    assert "1 review waiting in payments" in await says(world, "kim", "queue payments")
    assert "0 reviews waiting in web" in await says(world, "kim", "queue web")


async def test_a_domain_that_there_is_not_is_answered_with_the_nearest_one(world: World) -> None:
    said = await says(world, "kim", "queue paymants")
    assert said == "There is no domain “paymants”. Did you mean payments?"


async def test_prefs_opens_the_dialog_of_the_home_tab_and_what_is_saved_counts(
    world: World,
) -> None:
    await world.slack.people.slash(SLACK["omar"], "#reviews", "/review", "prefs")
    assert "Time zone" in await world.modal("omar")
    await world.submits("omar", zone="Asia/Tokyo", start="08:00", end="12:00", days=["0", "1"])
    assert "Asia/Tokyo" in await world.home("omar")


@pytest.mark.parametrize("name", ["shop#1", "#1", "1"])
async def test_a_merge_request_goes_by_its_name_as_well(world: World, name: str) -> None:
    await world.opens("ana", PAYMENT, message=AI_MESSAGE)
    assert "declared expert in payments" in await says(world, "kim", f"why {name}")


async def test_a_name_that_no_merge_request_has_is_said(world: World) -> None:
    assert "No merge request, or more than one, goes by #7" in await says(world, "kim", "why #7")


async def test_what_is_refused_is_not_called_done_before(world: World) -> None:
    await world.opens("ana", PAYMENT, message=AI_MESSAGE)
    said = await says(world, "kim", f"assign {URL} @dana")
    assert said.startswith("Noted: ")
    await world.settled()
    assert "Could not assign" in world.told("kim")[-1]


async def test_assign_asks_whom_the_author_names(world: World) -> None:
    number = await world.opens("ana", PAYMENT, message=AI_MESSAGE)
    await says(world, "ana", f"assign <{URL}/files> <@U0DANA|dana>")
    await world.settled()
    assert world.github.requested(number) == {"omar-d", "dana-ng"}


async def test_assign_without_a_name_says_how_it_is_written(world: World) -> None:
    await world.opens("ana", PAYMENT, message=AI_MESSAGE)
    assert "assign <url> @who" in await says(world, "ana", f"assign {URL}")


async def test_claim_and_snooze_do_what_the_buttons_do(world: World) -> None:
    await world.opens("ana", PAYMENT, message=AI_MESSAGE)
    await says(world, "dana", f"claim {URL}")
    await says(world, "omar", f"snooze {URL} 2h")
    await world.settled()
    assert "Dana Ng — on it" in world.text(world.card())
    assert "Omar Diaz — snoozed until" in world.text(world.card())


async def test_a_dialog_that_slack_does_not_open_is_no_silence(world: World) -> None:
    world.slack.fail_next(1)
    await world.slack.people.slash(SLACK["omar"], "#reviews", "/review", "prefs")
    await world.slack.until(lambda: world.told("omar"))
    assert "Nothing was changed; type it once more." in world.told("omar")[-1]


async def test_decline_opens_the_same_dialog_as_the_button(world: World) -> None:
    number = await world.opens("ana", PAYMENT, message=AI_MESSAGE)
    said = f"decline {URL}#issuecomment-1"
    await world.slack.people.slash(SLACK["omar"], "#reviews", "/review", said)
    assert "Next: Dana Ng is asked instead" in await world.modal("omar")
    await world.submits("omar", reason="busy")
    assert world.github.requested(number) == {"dana-ng"}


async def test_who_is_away_is_not_asked_until_they_are_back(world: World) -> None:
    assert "Away until Monday 30 November 2026" in await says(
        world, "omar", "away until 2026-11-30"
    )
    await world.settled()
    number = await world.opens("ana", PAYMENT, message=AI_MESSAGE)
    assert world.github.requested(number) == {"dana-ng"}
    await says(world, "omar", "away off")
    await world.settled()
    number = await world.opens("ana", PAYMENT, message=AI_MESSAGE, head="other")
    assert world.github.requested(number) == {"omar-d"}


@pytest.mark.parametrize(
    ("words", "until"),
    [("tomorrow", "Tuesday 17"), ("Friday", "Friday 20"), ("monday", "Monday 23")],
)
async def test_an_absence_may_be_said_in_words(world: World, words: str, until: str) -> None:
    assert f"Away until {until} November" in await says(world, "omar", f"away until {words}")


@pytest.mark.parametrize("words", ["away", "away until", "away until yesterday", "away 2020-01-01"])
async def test_an_absence_that_says_no_day_is_not_noted(world: World, words: str) -> None:
    assert "nothing was changed" in await says(world, "omar", words)


async def test_simulate_tells_what_a_fresh_look_would_decide_and_does_nothing(
    world: World,
) -> None:
    number = await world.opens("ana", PAYMENT, message=AI_MESSAGE)
    before = await world.kinds(number)
    await world.slack.people.slash(SLACK["kim"], "#reviews", "/review", f"simulate {URL}")
    await world.slack.until(lambda: world.told("kim"))
    assert "What a fresh look would decide now" in world.told("kim")[-1]
    assert await world.kinds(number) == before


async def test_ledger_and_stats_tell_what_is_on_record_and_how_much_is_open(world: World) -> None:
    await world.opens("ana", PAYMENT, message=AI_MESSAGE)
    assert "opened – seen first: “Retry refunds" in await says(world, "kim", f"ledger {URL}")
    await world.slack.people.slash(SLACK["kim"], "#reviews", "/review", "stats")
    await world.slack.until(lambda: "1 of them AI-assisted" in world.told("kim")[-1])
    assert "The week from 09 November to 15 November 2026" in world.told("kim")[-1]
    assert "Median time to first review" in world.told("kim")[-1]


@pytest.mark.parametrize("word", ["why", "ledger", "assign", "snooze", "claim", "decline"])
async def test_a_word_about_a_review_needs_its_address(world: World, word: str) -> None:
    assert f"/review {word} <url>" in await says(world, "kim", word)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"who can look at {URL}/files please?", "Asked, and why"),
        ("nothing here", "I know no pull request or merge request in this message"),
    ],
)
async def test_the_shortcut_shows_how_the_merge_request_in_a_message_stands(
    world: World, text: str, shown: str
) -> None:
    await world.opens("ana", PAYMENT, message=AI_MESSAGE)
    ts = await world.slack.people.say(SLACK["kim"], "#reviews", text)
    world.slack.workspace.shortcuts = {"review.route": "Route this"}
    await world.slack.people.shortcut(SLACK["kim"], "#reviews", ts, "review.route")
    assert shown in await world.modal("kim")


async def test_a_link_shows_how_its_merge_request_stands_but_not_its_title(world: World) -> None:
    await world.opens("ana", PAYMENT, message=AI_MESSAGE)
    world.slack.workspace.unfurl_domains = frozenset({"github.test"})
    ts = await world.slack.people.say(SLACK["kim"], "#reviews", f"see {URL}/files")
    await world.slack.until(lambda: world.slack.workspace.message("#reviews", ts).attachments)
    shown = str(world.slack.workspace.message("#reviews", ts).attachments)
    assert "shop#1" in shown
    assert "asked Omar Diaz" in shown
    assert "Retry refunds" not in shown


async def test_a_link_to_what_is_not_known_stays_as_it_is(world: World) -> None:
    world.slack.workspace.unfurl_domains = frozenset({"github.test"})
    ts = await world.slack.people.say(SLACK["kim"], "#reviews", f"see {URL}")
    await world.settled()
    assert not world.slack.workspace.message("#reviews", ts).attachments
