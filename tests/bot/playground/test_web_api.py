"""Who may call the Web API, with what, how often, and how it says no."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.server import Playground
from tests.bot.playground.conftest import StoppedClock


async def error_of(call: Any) -> str:
    with pytest.raises(SlackApiError) as refused:
        await call
    return str(refused.value.response["error"])


async def test_auth_test_says_who_the_app_is(client: AsyncWebClient) -> None:
    found = await client.auth_test()

    assert (found["team_id"], found["user_id"]) == ("T0PLAYGROUND", "U0COUNTERSIGN")


async def test_a_wrong_token_is_invalid_auth(playground: Playground) -> None:
    stranger = AsyncWebClient("xoxb-wrong", base_url=playground.api_url)

    assert await error_of(stranger.auth_test()) == "invalid_auth"


async def test_no_token_is_not_authed(playground: Playground) -> None:
    nobody = AsyncWebClient(base_url=playground.api_url)

    assert await error_of(nobody.auth_test()) == "not_authed"


async def test_the_app_token_is_of_the_wrong_type_for_messages(playground: Playground) -> None:
    wrong = AsyncWebClient(playground.app_token, base_url=playground.api_url)

    error = await error_of(wrong.chat_postMessage(channel="#reviews", text="x"))

    assert error == "not_allowed_token_type"


async def test_a_method_that_does_not_exist_is_unknown(client: AsyncWebClient) -> None:
    assert await error_of(client.api_call("chat.shout")) == "unknown_method"


async def test_a_scope_the_manifest_does_not_ask_for_is_missing(client: AsyncWebClient) -> None:
    with pytest.raises(SlackApiError) as refused:
        await client.reactions_add(channel="#reviews", timestamp="1.0", name="eyes")

    assert refused.value.response["error"] == "missing_scope"
    assert refused.value.response["needed"] == "reactions:write"


async def test_forms_queries_and_json_are_all_understood(playground: Playground) -> None:
    address = f"{playground.api_url}chat.postMessage"
    bearer = {"Authorization": f"Bearer {playground.bot_token}"}
    said = {"channel": "#reviews", "text": "hello"}
    async with aiohttp.ClientSession() as session:
        for request in (
            session.post(address, data={**said, "token": playground.bot_token}),
            session.post(address, params=said, headers=bearer),
            session.post(address, json=said, headers=bearer),
        ):
            async with request as response:
                assert (await response.json())["ok"] is True

    assert [m.text for m in playground.workspace.messages("#reviews")] == ["hello"] * 3


async def test_blocks_may_come_as_the_text_of_json(playground: Playground) -> None:
    form = {
        "channel": "#reviews",
        "blocks": '[{"type": "divider"}]',
        "token": playground.bot_token,
    }
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{playground.api_url}chat.postMessage", data=form),
    ):
        pass

    assert playground.workspace.messages("#reviews")[0].blocks[0]["type"] == "divider"


@pytest.mark.parametrize(
    ("body", "error"), [("{", "invalid_json"), ("[]", "json_not_object")], ids=["torn", "list"]
)
async def test_json_that_is_no_object_is_refused(
    playground: Playground, body: str, error: str
) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.post(
            f"{playground.api_url}auth.test",
            data=body,
            headers={"Content-Type": "application/json"},
        ) as response,
    ):
        assert (await response.json())["error"] == error


async def test_a_missing_argument_is_named(client: AsyncWebClient) -> None:
    with pytest.raises(SlackApiError) as refused:
        await client.api_call("chat.postMessage", json={"text": "x"})

    assert refused.value.response["error"] == "invalid_arguments"
    assert "missing required field: channel" in refused.value.response["errors"][0]


async def test_without_limits_a_burst_goes_through(
    playground: Playground, client: AsyncWebClient
) -> None:
    for _ in range(3):
        await client.chat_postMessage(channel="#reviews", text="x")

    assert len(playground.workspace.messages("#reviews")) == 3


async def test_with_limits_a_channel_takes_one_message_a_second(
    playground: Playground, client: AsyncWebClient, clock: StoppedClock
) -> None:
    playground.limits_on = True
    await client.chat_postMessage(channel="#reviews", text="first")
    with pytest.raises(SlackApiError) as refused:
        await client.chat_postMessage(channel="#reviews", text="too soon")
    await client.chat_postMessage(channel="U0DANA", text="elsewhere")
    clock.advance(seconds=1)
    await client.chat_postMessage(channel="#reviews", text="second")

    assert refused.value.response.status_code == 429
    assert refused.value.response.headers["Retry-After"] == "1"
    assert [m.text for m in playground.workspace.messages("#reviews")] == ["first", "second"]


async def test_a_channels_name_and_id_share_its_second(
    playground: Playground, client: AsyncWebClient
) -> None:
    playground.limits_on = True
    posted = await client.chat_postMessage(channel="#reviews", text="first")

    error = await error_of(client.chat_postMessage(channel=posted["channel"], text="too soon"))

    assert error == "ratelimited"


async def test_with_limits_a_tier_two_method_is_called_twenty_times_a_minute(
    playground: Playground, client: AsyncWebClient, clock: StoppedClock
) -> None:
    playground.limits_on = True
    for _ in range(20):
        await client.users_list()
    clock.advance(seconds=15)
    with pytest.raises(SlackApiError) as refused:
        await client.users_list()
    clock.advance(seconds=45)
    await client.users_list()

    assert refused.value.response.headers["Retry-After"] == "45"


async def test_the_sdks_own_handler_waits_out_a_rate_limit(
    playground: Playground, client: AsyncWebClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []

    async def wait(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr("slack_sdk.http_retry.builtin_async_handlers.asyncio.sleep", wait)
    client.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=1))
    playground.fail_next(1, status=429)

    await client.chat_postMessage(channel="#reviews", text="x")

    assert len(waited) == 1
    assert len(playground.workspace.messages("#reviews")) == 1


async def test_fail_next_fails_that_many_calls_and_does_nothing(
    playground: Playground, client: AsyncWebClient
) -> None:
    playground.fail_next(1, status=500)

    error = await error_of(client.chat_postMessage(channel="#reviews", text="lost"))
    await client.chat_postMessage(channel="#reviews", text="kept")

    assert error == "internal_error"
    assert [m.text for m in playground.workspace.messages("#reviews")] == ["kept"]


async def test_while_down_every_call_fails(playground: Playground, client: AsyncWebClient) -> None:
    playground.down = True
    with pytest.raises(SlackApiError) as refused:
        await client.auth_test()
    playground.down = False

    assert refused.value.response.status_code == 503
    assert (await client.auth_test())["ok"] is True


async def test_a_lost_answer_is_a_message_posted_all_the_same(
    playground: Playground, client: AsyncWebClient
) -> None:
    client.retry_handlers.clear()
    playground.lose_next(1)
    with pytest.raises(aiohttp.ClientConnectionError):
        await client.chat_postMessage(channel="#reviews", text="once")

    await client.auth_test()

    assert [m.text for m in playground.workspace.messages("#reviews")] == ["once"]


async def test_every_call_is_remembered_by_name(
    playground: Playground, client: AsyncWebClient
) -> None:
    await client.auth_test()
    await client.users_info(user="U0DANA")

    assert playground.api.calls == ["auth.test", "users.info"]
