"""Slack's errors in our words: what may pass, and what never will."""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.errors import Refused, Retryable
from bot.playground.server import Playground
from bot.slack.client import asked, open_client


async def failing(status: int, body: object, headers: dict[str, str]) -> AsyncSlackResponse:
    """A call that Slack has answered like this."""
    response: Any = AsyncSlackResponse(
        client=AsyncWebClient(),
        http_verb="POST",
        api_url="https://slack.com/api/chat.postMessage",
        req_args={},
        data=body,  # type: ignore[arg-type]  # an outage answers with anything
        headers=headers,
        status_code=status,
    )
    raise SlackApiError("it failed", response)  # type: ignore[no-untyped-call]  # no types there


async def test_an_answer_comes_through(client: AsyncWebClient) -> None:
    assert (await asked(client.auth_test()))["ok"] is True


async def test_a_rate_limit_says_how_long_to_wait(
    playground: Playground, client: AsyncWebClient
) -> None:
    playground.fail_next(1, 429)
    with pytest.raises(Retryable) as later:
        await asked(client.auth_test())
    assert later.value.after == 1.0


@pytest.mark.parametrize("header", ["Retry-After", "retry-after"])
async def test_the_wait_is_found_however_the_header_is_written(header: str) -> None:
    with pytest.raises(Retryable) as later:
        await asked(failing(429, {"ok": False, "error": "ratelimited"}, {header: "30"}))
    assert later.value.after == 30.0


@pytest.mark.parametrize("wait", ["Wed, 21 Oct 2026 07:28:00 GMT", "soon", "30, 30"])
async def test_a_wait_that_is_no_number_is_a_rate_limit_all_the_same(wait: str) -> None:
    with pytest.raises(Retryable):
        await asked(failing(429, {"ok": False, "error": "ratelimited"}, {"Retry-After": wait}))


@pytest.mark.parametrize("status", [500, 502, 503])
async def test_an_outage_may_pass(
    playground: Playground, client: AsyncWebClient, status: int
) -> None:
    playground.fail_next(1, status)
    with pytest.raises(Retryable):
        await asked(client.auth_test())


@pytest.mark.parametrize(
    "error", ["internal_error", "fatal_error", "service_unavailable", "request_timeout"]
)
async def test_slacks_own_troubles_may_pass(error: str) -> None:
    with pytest.raises(Retryable):
        await asked(failing(200, {"ok": False, "error": error}, {}))


@pytest.mark.parametrize("status", [pytest.param(200), pytest.param(403), 429, 502])
async def test_a_page_instead_of_an_answer_may_pass(status: int) -> None:
    async def page(_: web.Request) -> web.Response:
        return web.Response(
            status=status, text="<html>Bad gateway</html>", content_type="text/html"
        )

    proxy = web.Application()
    proxy.router.add_route("*", "/api/{method}", page)
    async with TestServer(proxy) as server:
        away = open_client("xoxb-1", str(server.make_url("/api/")))
        with pytest.raises(Retryable):
            await asked(away.auth_test())


async def test_a_lost_answer_may_pass(playground: Playground, client: AsyncWebClient) -> None:
    playground.lose_next(1)
    with pytest.raises(Retryable, match="reached"):
        await asked(client.auth_test())


async def test_a_slack_out_of_reach_may_come_back() -> None:
    away = open_client("xoxb-1", "http://127.0.0.1:1/api/")
    with pytest.raises(Retryable, match="reached"):
        await asked(away.auth_test())


async def test_a_call_is_never_repeated_behind_our_back(
    playground: Playground, client: AsyncWebClient
) -> None:
    playground.lose_next(1)
    with pytest.raises(Retryable):
        await asked(client.chat_postMessage(channel="#reviews", text="once"))
    assert playground.api.calls == ["chat.postMessage"]


async def test_a_no_is_a_no_with_slacks_own_word(client: AsyncWebClient) -> None:
    with pytest.raises(Refused, match="channel_not_found"):
        await asked(client.chat_postMessage(channel="#nowhere", text="x"))


async def test_a_no_about_blocks_tells_what_is_wrong_with_them(client: AsyncWebClient) -> None:
    bad: list[Any] = [{"type": "section"}]
    with pytest.raises(Refused, match=r"invalid_blocks.*text"):
        await asked(client.chat_postMessage(channel="#reviews", text="x", blocks=bad))
