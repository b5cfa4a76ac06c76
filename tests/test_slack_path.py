"""What people can do besides approving, through the public faces: snooze, claim, hand on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.world import AI_MESSAGE, GITHUB, SLACK, World

PAYMENT = {"payments/refund.py": "x = 1\n"}


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with World(tmp_path) as world:
        yield world


async def test_who_snoozes_hears_of_it_when_it_ends(world: World) -> None:
    await world.opens("ana", PAYMENT, message=AI_MESSAGE)
    await world.clicks("omar", "snooze")
    assert not await world.submits("omar", until="1h")
    assert "snoozed until" in world.text(world.card())
    assert "You will hear of this again" in world.told("omar")[-1]
    await world.pass_time(hours=1)
    (reminder,) = world.below("omar")
    assert "Your snooze is over." in reminder
    assert "snoozed until" not in world.text(world.card())


async def test_the_dialog_says_beforehand_when_a_snooze_is_past_the_deadline(
    world: World,
) -> None:
    await world.opens("ana", PAYMENT, message=AI_MESSAGE)
    await world.clicks("omar", "snooze")
    before = await world.modal("omar")
    assert "It stays yours until 2026-11-17 09:30 UTC." in before
    await world.slack.people.click_view("U0OMAR", "until", "7d", filled={"until": "7d"})
    shown = await world.modal("omar", other_than=before)
    assert "That is past its deadline: somebody else is asked 2026-11-17 09:30 UTC." in shown


async def test_whoever_is_not_asked_is_offered_no_form_that_would_be_refused(world: World) -> None:
    await world.opens("ana", PAYMENT, message=AI_MESSAGE)
    for action in ("snooze", "decline"):
        await world.clicks("kim", action)
        assert (await world.modal("kim")).endswith("You are not asked to review this.")
        await world.slack.people.close_view("U0KIM")


async def test_a_snooze_until_tomorrow_ends_when_ones_own_day_begins(world: World) -> None:
    await world.home("omar")
    await world.slack.people.click_home(SLACK["omar"], "home.edit")
    days = ["0", "1", "2", "3", "4"]
    await world.submits("omar", zone="UTC", start="07:30", end="15:00", days=days)
    await world.opens("ana", PAYMENT, message=AI_MESSAGE)
    await world.clicks("omar", "snooze")
    before = await world.modal("omar")
    await world.slack.people.click_view("U0OMAR", "until", "tomorrow", filled={"until": "tomorrow"})
    assert "until 2026-11-17 07:30 UTC" in await world.modal("omar", other_than=before)
    await world.submits("omar", until="tomorrow")
    assert "snoozed until 2026-11-17 07:30 UTC" in world.text(world.card())


async def test_who_claims_a_review_is_asked_and_the_card_says_it(world: World) -> None:
    number = await world.opens("ana", PAYMENT, message=AI_MESSAGE)
    await world.chooses("dana", "claim")
    assert "Dana Ng — on it" in world.text(world.card())
    assert world.github.requested(number) == {"omar-d", "dana-ng"}


async def test_an_author_asks_somebody_else_instead(world: World) -> None:
    number = await world.opens("ana", PAYMENT, message=AI_MESSAGE)
    await world.chooses("ana", "assign")
    assert not await world.submits("ana", to="U0DANA", instead="omar")
    assert world.github.requested(number) == {"dana-ng"}
    assert "Ana Ito asked Dana Ng instead of Omar Diaz." in world.thread()


async def test_who_declines_sees_who_is_next_before_and_that_person_is_asked(world: World) -> None:
    number = await world.opens("ana", PAYMENT, message=AI_MESSAGE)
    await world.clicks("omar", "decline")
    assert "Next: Dana Ng is asked instead" in await world.modal("omar")
    await world.submits("omar", reason="busy")
    assert world.github.requested(number) == {"dana-ng"}


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ({"reason": "busy"}, "You are not asked about this change again."),
        (
            {"reason": "away", "day": "2026-11-30"},
            "Until Monday 30 November 2026 you are asked about",
        ),
        ({"to": "U0DANA"}, "Next: Dana Ng is asked, as you wish — "),
        ({"to": "U0ANA"}, "Ana Ito opened it: they cannot be asked.\nNext: Dana Ng is asked"),
        ({"to": "U0OMAR"}, "You cannot stand in for yourself.\nNext: Dana Ng is asked"),
    ],
    ids=str,
)
async def test_the_dialog_says_what_comes_of_what_is_chosen_so_far(
    world: World, chosen: dict[str, str], said: str
) -> None:
    await world.opens("ana", PAYMENT, message=AI_MESSAGE)
    await world.clicks("omar", "decline")
    before = await world.modal("omar")
    name, value = next(reversed(chosen.items()))
    await world.slack.people.click_view("U0OMAR", name, value, filled=chosen)
    assert said in await world.modal("omar", other_than=before)


async def test_nobody_stands_in_for_themselves(world: World) -> None:
    number = await world.opens("ana", PAYMENT, message=AI_MESSAGE)
    await world.clicks("omar", "decline")
    await world.submits("omar", reason="busy", to=SLACK["omar"])
    assert world.github.requested(number) == {"dana-ng"}


async def test_a_substitute_who_can_sign_is_asked(world: World) -> None:
    number = await world.opens("ana", {"web/a.ts": "x\n"})
    (asked,) = world.github.requested(number)
    who = {"dana-ng": "dana", "omar-d": "omar", "kim-roy": "kim"}[asked]
    other = "kim" if who != "kim" else "omar"
    await world.clicks(who, "decline")
    await world.submits(who, reason="not_my_area", to=SLACK[other])
    assert world.github.requested(number) == {GITHUB[other]}


async def test_a_substitute_who_cannot_sign_is_not_asked_and_that_is_said(world: World) -> None:
    number = await world.opens("ana", PAYMENT, message=AI_MESSAGE)
    await world.clicks("omar", "decline")
    await world.submits("omar", reason="busy", to="U0ANA")
    assert world.github.requested(number) == {"dana-ng"}
    assert "Ana Ito opened it" in world.told("omar")[-1]


async def test_who_opts_out_of_paths_is_not_asked_about_them_again(world: World) -> None:
    await world.opens("ana", PAYMENT, message=AI_MESSAGE)
    await world.clicks("omar", "decline")
    await world.submits("omar", reason="not_my_area", paths=["payments/**"])
    number = await world.opens("ana", PAYMENT, message=AI_MESSAGE, head="other")
    assert world.github.requested(number) == {"dana-ng"}


async def test_who_goes_away_hands_back_everything_that_waits_for_them(world: World) -> None:
    first = await world.opens("ana", PAYMENT, message=AI_MESSAGE)
    second = await world.opens("ana", PAYMENT, message=AI_MESSAGE, head="other")
    card = world.cards()[0]
    await world.clicks("omar", "decline", card)
    await world.submits("omar", reason="away", day="2026-11-30")
    assert world.github.requested(first) == world.github.requested(second) == {"dana-ng"}
    assert not world.told("omar")
    third = await world.opens("ana", PAYMENT, message=AI_MESSAGE, head="third")
    assert world.github.requested(third) == {"dana-ng"}


async def test_who_is_away_says_until_when(world: World) -> None:
    await world.opens("ana", PAYMENT, message=AI_MESSAGE)
    await world.clicks("omar", "decline")
    assert await world.submits("omar", reason="away") == {"day": "Say until which day."}


async def test_who_lets_three_asks_in_a_row_pass_is_told_and_not_asked_until_they_speak(
    world: World,
) -> None:
    for head in ("one", "two", "three"):
        await world.opens("ana", PAYMENT, message=AI_MESSAGE, head=head)
    await world.pass_time(hours=24 + 3)  # 8 working hours
    assert "\n".join(world.dms("omar")).count("You are not asked for now") == 1
    number = await world.opens("ana", PAYMENT, message=AI_MESSAGE, head="four")
    assert world.github.requested(number) == {"dana-ng"}
    await world.chooses("omar", "claim")
    number = await world.opens("ana", PAYMENT, message=AI_MESSAGE, head="five")
    assert world.github.requested(number) == {"omar-d"}


async def test_outside_somebodys_hours_they_are_told_in_the_morning_in_one_message(
    world: World,
) -> None:
    await world.pass_time(hours=8)  # Monday 18:00
    for head in ("one", "two", "three"):
        await world.opens("ana", PAYMENT, message=AI_MESSAGE, head=head)
    assert not world.dms("omar")
    await world.pass_time(hours=14, minutes=59)
    assert not world.dms("omar")
    await world.pass_time(minutes=2)  # Tuesday 9:01
    (told,) = world.dms("omar")
    assert all(f"Your turn: review shop#{number}" in told for number in (1, 2, 3))


async def test_a_restart_in_the_night_loses_no_message_and_says_none_twice(world: World) -> None:
    await world.pass_time(hours=8)
    await world.opens("ana", PAYMENT, message=AI_MESSAGE, head="one")
    await world.opens("ana", PAYMENT, message=AI_MESSAGE, head="two")
    await world.stop_bot()
    await world.start_bot()
    await world.pass_time(hours=15, minutes=1)
    assert len(world.dms("omar")) == 1


async def test_a_storm_of_refusals_loses_nothing_and_says_nothing_twice(world: World) -> None:
    world.slack.limits_on = True
    world.slack.fail_next(12, 429)
    for head in ("one", "two", "three", "four"):
        await world.opens("ana", PAYMENT, message=AI_MESSAGE, head=head)
    for _ in range(40):
        await world.pass_time(seconds=3)
    assert not await world.storage.run(lambda rooms: rooms.outbox.waiting())
    told = "\n".join([*world.dms("omar"), *world.dms("dana")])
    cards = [world.text(card) for card in world.cards()]
    assert sorted(card[:6] for card in cards) == ["shop#1", "shop#2", "shop#3", "shop#4"]
    assert [told.count(f"Your turn: review shop#{number}") for number in (1, 2, 3, 4)] == [1] * 4
