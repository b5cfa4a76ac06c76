"""Modals and Home tabs: opening, stacking, updating, and the 3 seconds a trigger lives."""

from __future__ import annotations

from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.server import Playground
from tests.bot.playground.blocks import CARD, NOTE, modal, section
from tests.bot.playground.conftest import StoppedClock
from tests.bot.playground.test_web_api import error_of


async def test_a_trigger_opens_a_modal_before_its_owner(
    playground: Playground, client: AsyncWebClient
) -> None:
    trigger = playground.workspace.handles.new_trigger("U0DANA")
    opened = await client.views_open(trigger_id=trigger, view=modal(NOTE))

    view = playground.workspace.view_of("U0DANA")
    assert view is not None
    assert view.id == opened["view"]["id"]
    assert playground.workspace.view_of("U0ANA") is None


async def test_a_trigger_opens_one_modal(playground: Playground, client: AsyncWebClient) -> None:
    trigger = playground.workspace.handles.new_trigger("U0DANA")
    await client.views_open(trigger_id=trigger, view=modal(NOTE))

    again = client.views_open(trigger_id=trigger, view=modal(NOTE))
    assert await error_of(again) == "exchanged_trigger_id"


async def test_a_trigger_lives_three_seconds(
    playground: Playground, client: AsyncWebClient, clock: StoppedClock
) -> None:
    in_time = playground.workspace.handles.new_trigger("U0DANA")
    clock.advance(seconds=3)
    await client.views_open(trigger_id=in_time, view=modal(NOTE))
    late = playground.workspace.handles.new_trigger("U0DANA")
    clock.advance(seconds=3.1)

    call = client.views_open(trigger_id=late, view=modal(NOTE))
    assert await error_of(call) == "expired_trigger_id"


async def test_a_made_up_trigger_is_invalid(client: AsyncWebClient) -> None:
    call = client.views_open(trigger_id="made-up", view=modal(NOTE))

    assert await error_of(call) == "invalid_trigger_id"


async def test_a_view_that_breaks_a_limit_is_refused_and_costs_no_trigger(
    playground: Playground, client: AsyncWebClient
) -> None:
    trigger = playground.workspace.handles.new_trigger("U0DANA")
    call = client.views_open(trigger_id=trigger, view=modal(section("")))

    assert await error_of(call) == "invalid_arguments"
    await client.views_open(trigger_id=trigger, view=modal(NOTE))


async def test_a_pushed_modal_stands_on_the_first(
    playground: Playground, client: AsyncWebClient
) -> None:
    handles = playground.workspace.handles
    first = await client.views_open(trigger_id=handles.new_trigger("U0DANA"), view=modal(NOTE))
    second = await client.views_push(trigger_id=handles.new_trigger("U0DANA"), view=modal(NOTE))

    assert second["view"]["previous_view_id"] == first["view"]["id"]
    assert second["view"]["root_view_id"] == first["view"]["id"]


async def test_three_modals_are_the_most(playground: Playground, client: AsyncWebClient) -> None:
    handles = playground.workspace.handles
    await client.views_open(trigger_id=handles.new_trigger("U0DANA"), view=modal(NOTE))
    for _ in range(2):
        await client.views_push(trigger_id=handles.new_trigger("U0DANA"), view=modal(NOTE))

    call = client.views_push(trigger_id=handles.new_trigger("U0DANA"), view=modal(NOTE))
    assert await error_of(call) == "push_limit_reached"


async def test_an_update_shows_other_content_in_the_same_view(
    playground: Playground, client: AsyncWebClient
) -> None:
    trigger = playground.workspace.handles.new_trigger("U0DANA")
    opened = (await client.views_open(trigger_id=trigger, view=modal(NOTE)))["view"]
    await client.views_update(
        view_id=opened["id"], hash=opened["hash"], view=modal(section("Thank you"))
    )

    view = playground.workspace.view_of("U0DANA")
    assert view is not None
    assert view.id == opened["id"]
    assert view.blocks[0]["text"]["text"] == "Thank you"


async def test_an_update_of_what_has_changed_meanwhile_is_a_hash_conflict(
    playground: Playground, client: AsyncWebClient
) -> None:
    trigger = playground.workspace.handles.new_trigger("U0DANA")
    opened = (await client.views_open(trigger_id=trigger, view=modal(NOTE)))["view"]
    await client.views_update(view_id=opened["id"], view=modal(NOTE))

    call = client.views_update(view_id=opened["id"], hash=opened["hash"], view=modal(NOTE))
    assert await error_of(call) == "hash_conflict"


async def test_a_closed_view_is_not_found(playground: Playground, client: AsyncWebClient) -> None:
    trigger = playground.workspace.handles.new_trigger("U0DANA")
    opened = await client.views_open(trigger_id=trigger, view=modal(NOTE))
    await playground.people.close_view("U0DANA")

    call = client.views_update(view_id=opened["view"]["id"], view=modal(NOTE))
    assert await error_of(call) == "not_found"


async def test_a_view_is_found_by_the_apps_own_id(
    playground: Playground, client: AsyncWebClient
) -> None:
    trigger = playground.workspace.handles.new_trigger("U0DANA")
    await client.views_open(trigger_id=trigger, view=modal(NOTE, external_id="mine"))
    await client.views_update(external_id="mine", view=modal(section("Thank you")))

    view = playground.workspace.view_of("U0DANA")
    assert view is not None
    assert view.blocks[0]["text"]["text"] == "Thank you"


async def test_each_person_has_a_home_tab_of_their_own(
    playground: Playground, client: AsyncWebClient
) -> None:
    await client.views_publish(user_id="U0DANA", view={"type": "home", "blocks": CARD})

    assert playground.workspace.home("U0DANA") is not None
    assert playground.workspace.home("U0ANA") is None


async def test_a_home_tab_published_again_keeps_its_id(client: AsyncWebClient) -> None:
    view = {"type": "home", "blocks": CARD}
    first = await client.views_publish(user_id="U0DANA", view=view)
    second = await client.views_publish(user_id="U0DANA", view=view)

    assert second["view"]["id"] == first["view"]["id"]
    assert second["view"]["hash"] != first["view"]["hash"]


async def test_a_home_tab_published_on_an_old_one_is_a_hash_conflict(
    client: AsyncWebClient,
) -> None:
    view = {"type": "home", "blocks": CARD}
    await client.views_publish(user_id="U0DANA", view=view)

    call = client.views_publish(user_id="U0DANA", view=view, hash="old")
    assert await error_of(call) == "hash_conflict"
