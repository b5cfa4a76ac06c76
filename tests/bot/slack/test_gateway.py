"""Slack's way in by HTTP: what Slack did not sign, lately and with our secret, gets nowhere."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

import pytest
from aiohttp.test_utils import TestClient, TestServer
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import StoryClock
from bot.playground.delivery import signature
from bot.slack.gateway import SlackHttp, bolt_app, is_signed
from bot.web.server import SLACK_BODY, small, web_application
from tests.builders import NOW

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
SECONDS = int(NOW.timestamp())
BODY = urlencode({"payload": json.dumps({"type": "block_actions"})}).encode()


def signed(body: bytes = BODY, at: int = SECONDS, secret: str = SECRET) -> dict[str, str]:
    return {
        "X-Slack-Request-Timestamp": str(at),
        "X-Slack-Signature": signature(secret, str(at), body),
    }


def verified(headers: dict[str, str], body: bytes = BODY, secret: str = SECRET) -> bool:
    return is_signed(headers, body, secret, NOW.timestamp())


def test_slacks_own_example_is_recognised() -> None:
    """From "Verifying requests from Slack": the example secret, body and signature."""
    body = (
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow"
        b"&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner"
        b"&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands"
        b"%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
        b"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
    )
    headers = {
        "X-Slack-Request-Timestamp": "1531420618",
        "X-Slack-Signature": "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
    }
    assert is_signed(headers, body, SECRET, 1531420618)


def test_what_slack_signed_is_taken() -> None:
    assert verified(signed())


@pytest.mark.parametrize("off", [-300, -1, 0, 1, 300])
def test_a_request_of_the_last_five_minutes_is_taken(off: int) -> None:
    assert verified(signed(at=SECONDS + off))


@pytest.mark.parametrize("off", [-86_400, -301, 301, 86_400])
def test_an_older_or_newer_one_is_somebody_replaying_it(off: int) -> None:
    assert not verified(signed(at=SECONDS + off))


ARABIC = str(SECONDS).translate({ord("0") + digit: 0x660 + digit for digit in range(10)})

FORGED: dict[str, dict[str, str]] = {
    "nothing": {},
    "no signature": {"X-Slack-Request-Timestamp": str(SECONDS)},
    "no timestamp": {"X-Slack-Signature": signed()["X-Slack-Signature"]},
    "an empty signature": signed() | {"X-Slack-Signature": ""},
    "another secret": signed(secret="another"),
    "another body": signed(body=b"payload={}"),
    "another time": signed() | {"X-Slack-Request-Timestamp": str(SECONDS + 1)},
    "a cut signature": signed() | {"X-Slack-Signature": signed()["X-Slack-Signature"][:-1]},
    "a longer signature": signed() | {"X-Slack-Signature": signed()["X-Slack-Signature"] + "0"},
    "another version": signed() | {"X-Slack-Signature": "v1" + signed()["X-Slack-Signature"][2:]},
    "capitals": signed() | {"X-Slack-Signature": signed()["X-Slack-Signature"].upper()},
    "a time with a sign": signed() | {"X-Slack-Request-Timestamp": f"+{SECONDS}"},
    "a broken time": signed() | {"X-Slack-Request-Timestamp": f"{SECONDS}.0"},
    "a time with blanks": signed() | {"X-Slack-Request-Timestamp": f" {SECONDS} "},
    "a time in other digits": signed() | {"X-Slack-Request-Timestamp": ARABIC},
    "a time without end": signed() | {"X-Slack-Request-Timestamp": "1" * 5000},
    "a word": signed() | {"X-Slack-Request-Timestamp": "now"},
}


@pytest.mark.parametrize("how", FORGED)
def test_what_slack_did_not_sign_is_refused(how: str) -> None:
    assert not verified(FORGED[how])


def test_without_a_secret_nothing_is_signed() -> None:
    assert not verified(signed(secret=""), secret="")


HEADER = st.text(st.characters(min_codepoint=32, exclude_categories=["Cs"]))
STAMPS = st.one_of(HEADER, st.just(str(SECONDS)), st.integers().map(str))


@given(STAMPS, HEADER, st.binary())
def test_whatever_the_headers_hold_the_answer_is_no(stamp: str, given_: str, body: bytes) -> None:
    headers = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": given_}
    assert not verified(headers, body)


@given(st.binary().map(lambda raw: raw.decode("utf-8", "surrogateescape")))
def test_bytes_that_are_no_text_are_refused_too(raw: str) -> None:
    assert not verified(signed() | {"X-Slack-Signature": raw})
    assert not verified(signed() | {"X-Slack-Request-Timestamp": raw})


def test_half_a_character_is_refused_too() -> None:
    assert not verified(signed() | {"X-Slack-Signature": "v0=\ud800"})


# Over HTTP.


@pytest.fixture
async def http(clock: StoryClock) -> AsyncIterator[TestClient[Any, Any]]:
    app = bolt_app(AsyncWebClient(token="xoxb-1"), SECRET)
    routes = {"/slack/events": small(SlackHttp(app, SECRET, clock).handle)}
    async with TestClient(TestServer(web_application(routes, {}))) as client:
        yield client


FORM = {"Content-Type": "application/x-www-form-urlencoded"}


async def status(http: TestClient[Any, Any], body: bytes, headers: dict[str, str]) -> int:
    async with http.post("/slack/events", data=body, headers=FORM | headers) as response:
        return response.status


MANGLED = {"a time in other digits", "a time with blanks"}
"""What HTTP itself does not carry as it is."""


@pytest.mark.parametrize("how", [how for how in FORGED if how not in MANGLED])
async def test_a_forged_request_is_answered_401(http: TestClient[Any, Any], how: str) -> None:
    assert await status(http, BODY, FORGED[how]) == 401


@pytest.mark.parametrize("body", [b"\xff\xfe", b"[" * 100_000, b"{}" * 1000, b"", b"payload=%ff"])
async def test_a_forged_request_is_401_whatever_is_in_it(
    http: TestClient[Any, Any], body: bytes
) -> None:
    assert await status(http, body, signed(secret="another", body=body)) == 401


async def test_a_signed_request_that_is_no_text_is_answered_400(
    http: TestClient[Any, Any],
) -> None:
    assert await status(http, b"\xff\xfe", signed(b"\xff\xfe")) == 400


UNFIT: dict[str, object] = {
    "a list": [],
    "a modal of no kind": {"type": "view_submission", "view": {"id": "V1"}},
    "a click on nothing": {"type": "block_actions", "actions": []},
    "a user that is a word": {"type": "block_actions", "user": "dana"},
}


@pytest.mark.parametrize("what", UNFIT)
async def test_a_signed_payload_of_another_shape_is_never_an_error_of_ours(
    http: TestClient[Any, Any], what: str
) -> None:
    body = urlencode({"payload": json.dumps(UNFIT[what])}).encode()
    assert await status(http, body, signed(body)) in {400, 404}


async def test_the_same_request_is_refused_five_minutes_later(
    http: TestClient[Any, Any], clock: StoryClock
) -> None:
    handshake = json.dumps({"type": "url_verification", "challenge": "abc"}).encode()
    headers = signed(handshake) | {"Content-Type": "application/json"}
    assert await status(http, handshake, headers) == 200
    clock.move_to(NOW + timedelta(seconds=301))
    assert await status(http, handshake, headers) == 401


async def test_slacks_handshake_is_answered(http: TestClient[Any, Any]) -> None:
    handshake = json.dumps({"type": "url_verification", "challenge": "abc"}).encode()
    headers = signed(handshake) | {"Content-Type": "application/json"}
    async with http.post("/slack/events", data=handshake, headers=headers) as response:
        assert "abc" in await response.text()


@pytest.mark.parametrize("chunked", [False, True])
async def test_what_is_too_large_for_slack_is_not_read_on(
    http: TestClient[Any, Any], *, chunked: bool
) -> None:
    body = b"x" * (SLACK_BODY + 1)

    async def pieces() -> AsyncIterator[bytes]:
        yield body

    data: Any = pieces() if chunked else BytesIO(body)
    async with http.post("/slack/events", data=data, headers=FORM) as response:
        assert response.status == 413
