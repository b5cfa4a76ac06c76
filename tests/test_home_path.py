"""The Home tab through the public faces: what somebody sees there, and what they say there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.world import AI_MESSAGE, PEOPLE, SLACK, World

PAYMENT = {"payments/refund.py": "x = 1\n"}


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with World(tmp_path) as world:
        yield world


async def test_the_home_tab_tells_what_waits_why_and_how_one_is_linked(world: World) -> None:
    await world.opens("ana", PAYMENT, message=AI_MESSAGE)
    said = await world.home("omar")
    assert "Your turn: 1 review" in said
    assert "You hold 1 review." in said
    assert "shop#1" in said.split("Why you were picked")[1]
    assert "GitHub: `omar-d`, not seen there yet" in said
    assert "Mon–Fri, 09:00 to 17:30, UTC" in said
    assert "Waiting on others: 1 change of yours" in await world.home("ana")


async def test_who_is_linked_to_nobody_is_told_what_to_ask_for(world: World) -> None:
    world.people_file.write_text(PEOPLE.replace("U0KIM", "U0OTHER"), "utf-8")
    await world.pass_time(seconds=15)
    assert "`slack: U0KIM`" in await world.home("kim")


async def test_hours_said_on_the_home_tab_move_the_ladder(world: World) -> None:
    await world.home("omar")
    await world.slack.people.click_home(SLACK["omar"], "home.edit")
    await world.submits("omar", zone="Asia/Tokyo", start="08:00", end="12:00", days=["0", "1"])
    assert "Mon, Tue, 08:00 to 12:00, Asia/Tokyo" in world.home_now("omar")
    await world.opens("ana", PAYMENT, message=AI_MESSAGE)
    await world.pass_time(hours=3)
    assert not world.dms("omar")  # in Tokyo it is evening


async def test_what_cannot_be_is_refused_in_the_form(world: World) -> None:
    await world.home("omar")
    await world.slack.people.click_home(SLACK["omar"], "home.edit")
    assert await world.submits("omar", zone="Mars/Base") == {
        "zone": "Write its name, such as Europe/Berlin or UTC."
    }
    assert "end" in await world.submits("omar", zone="UTC", start="12:00", end="12:00")


async def test_who_goes_away_and_comes_back_on_the_home_tab_is_asked_again(world: World) -> None:
    await world.home("omar")
    await world.slack.people.click_home(SLACK["omar"], "home.away")
    assert await world.submits("omar", day="2026-11-01") == {"day": "That day is over."}
    await world.submits("omar", day="2026-11-30")
    assert "Away until Monday 30 November 2026" in world.home_now("omar")
    number = await world.opens("ana", PAYMENT, message=AI_MESSAGE)
    assert world.github.requested(number) == {"dana-ng"}
    await world.slack.people.click_home(SLACK["omar"], "home.back")
    await world.settled()
    assert "Away until" not in world.home_now("omar")
    number = await world.opens("ana", PAYMENT, message=AI_MESSAGE, head="other")
    assert world.github.requested(number) == {"omar-d"}


async def test_paths_one_opted_out_of_are_shown_and_taken_back(world: World) -> None:
    await world.opens("ana", PAYMENT, message=AI_MESSAGE)
    await world.clicks("omar", "decline")
    await world.submits("omar", reason="not_my_area", paths=["payments/**"])
    assert "payments/**" in await world.home("omar")
    await world.slack.people.click_home(SLACK["omar"], "home.ask_again")
    await world.settled()
    assert "payments/**" not in world.home_now("omar")
    number = await world.opens("ana", PAYMENT, message=AI_MESSAGE, head="other")
    assert world.github.requested(number) == {"omar-d"}


@pytest.mark.parametrize(
    ("emoji", "text", "asked"),
    [
        (":palm_tree:", "Vacationing", "dana-ng"),
        ("", "Out of office until Monday", "dana-ng"),
        (":coffee:", "Back in ten", "omar-d"),
        ("", "A looong meeting", "omar-d"),
    ],
)
async def test_a_slack_status_of_holiday_or_illness_counts(
    world: World, emoji: str, text: str, asked: str
) -> None:
    profile = {"status_emoji": emoji, "status_text": text, "status_expiration": 0}
    user = {"id": "U0OMAR", "profile": profile}
    await world.slack.people.tell({"type": "user_status_changed", "user": user, "event_ts": "1.0"})
    await world.settled()
    number = await world.opens("ana", PAYMENT, message=AI_MESSAGE)
    assert world.github.requested(number) == {asked}


async def test_a_status_that_began_or_ended_while_nobody_listened_counts_as_well(
    world: World,
) -> None:
    async def asked_with(status: tuple[str, str], head: str) -> set[str]:
        await world.stop_bot()
        omar = world.slack.workspace.users["U0OMAR"]
        world.slack.workspace.add_user(replace(omar, status=status))
        await world.start_bot()
        return world.github.requested(await world.opens("ana", PAYMENT, head=head))

    assert await asked_with((":palm_tree:", "Vacationing"), "one") == {"dana-ng"}
    assert await asked_with((":palm_tree:", "Vacationing"), "two") == {"dana-ng"}
    assert await asked_with(("", ""), "three") == {"omar-d"}


async def test_ones_own_digest_comes_at_the_hour_one_chose_and_only_with_something_in_it(
    world: World,
) -> None:
    await world.home("omar")
    await world.slack.people.click_home(SLACK["omar"], "home.edit")
    await world.submits("omar", digest="12:00")
    await world.pass_time(hours=3, minutes=1)  # Monday 13:01
    assert not world.dms("omar")
    await world.opens("ana", PAYMENT, message=AI_MESSAGE)
    await world.pass_time(hours=22, minutes=58)  # Tuesday 11:59
    await world.pass_time(minutes=1)
    digests = [text for text in world.dms("omar") if "Your turn (1)" in text]
    assert len(digests) == 1
    assert "shop#1" in digests[0]
