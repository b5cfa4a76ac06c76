"""GitHub's webhooks: only what GitHub signed gets in, and only what fits is believed."""

from __future__ import annotations

import copy
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from bot.forges.github.webhooks import parse, verify
from bot.forges.hooks import delivery_key
from bot.forges.payloads import Unusable
from routing.events import MergeRequestTouched
from routing.model import Ref
from tests.standins.github.site import GitHubStandIn

SECRET, OLD = "the new secret", "the old secret"
HEAD = "1" * 40

PULL_REQUEST = {
    "action": "synchronize",
    "number": 7,
    "pull_request": {"number": 7, "head": {"sha": HEAD}, "base": {"ref": "main"}},
    "repository": {"id": 1, "full_name": "acme/shop"},
    "sender": {"login": "ana", "id": 2},
}
REVIEW = {
    "action": "submitted",
    "review": {"id": 3, "state": "approved"},
    "pull_request": PULL_REQUEST["pull_request"],
    "repository": PULL_REQUEST["repository"],
}


def signed(body: bytes, secret: str = SECRET) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def read(event_type: str, payload: object) -> object:
    return parse(event_type, json.dumps(payload).encode(), "github")


# --- whose it is


@given(st.binary())
def test_what_github_signed_is_genuine(body: bytes) -> None:
    assert verify(body, signed(body), [SECRET])


def test_while_a_secret_is_replaced_both_count() -> None:
    for secret in (SECRET, OLD):
        assert verify(b"{}", signed(b"{}", secret), [SECRET, OLD])


def test_a_secret_that_was_replaced_no_longer_counts() -> None:
    assert not verify(b"{}", signed(b"{}", OLD), [SECRET])


@given(st.binary(min_size=1), st.data())
def test_a_changed_body_is_not_genuine(body: bytes, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(body) - 1))
    flipped = bytes([*body[:place], body[place] ^ 1, *body[place + 1 :]])
    assert not verify(flipped, signed(body), [SECRET])


@given(st.integers(0, 70), st.integers(1, 7))
def test_a_changed_signature_is_not_genuine(place: int, bit: int) -> None:
    signature = signed(b"{}")
    flipped = (
        signature[:place] + chr(ord(signature[place]) ^ (1 << (bit - 1))) + signature[place + 1 :]
    )
    assert not verify(b"{}", flipped, [SECRET])


@pytest.mark.parametrize(
    "change",
    [
        lambda signature: signature[:-1],
        lambda signature: signature + "0",
        lambda signature: signature.removeprefix("sha256="),
        lambda signature: signature.upper(),
        lambda signature: signature.replace("sha256", "sha1"),
        lambda _: "sha1=" + hmac.new(SECRET.encode(), b"{}", hashlib.sha1).hexdigest(),
        lambda _: "sha256=",
        lambda _: "",
        lambda _: "sha256=" + "é" * 64,
        lambda _: "\ud800",
        lambda _: None,
    ],
    ids=[
        "truncated",
        "longer",
        "without its kind",
        "in capitals",
        "called SHA-1",
        "SHA-1 alone",
        "empty",
        "nothing",
        "not ASCII",
        "half a character",
        "absent",
    ],
)
def test_a_signature_of_another_form_is_not_genuine(change: Callable[[str], str | None]) -> None:
    assert not verify(b"{}", change(signed(b"{}")), [SECRET])


def test_without_a_secret_nothing_is_genuine() -> None:
    assert not verify(b"{}", signed(b"{}", ""), [])
    assert not verify(b"{}", signed(b"{}", ""), [""])


@given(st.binary(), st.none() | st.text(), st.lists(st.text()))
def test_verifying_never_raises(body: bytes, header: str | None, secrets: list[str]) -> None:
    assert not verify(body, header, secrets)


# --- what it says


def test_a_pull_request_was_touched() -> None:
    assert read("pull_request", PULL_REQUEST) == MergeRequestTouched(
        Ref("github", "acme/shop", 7), head_sha=HEAD, base_branch="main"
    )


def test_a_review_touches_its_pull_request() -> None:
    assert read("pull_request_review", REVIEW) == MergeRequestTouched(
        Ref("github", "acme/shop", 7), head_sha=HEAD, base_branch="main"
    )


@pytest.mark.parametrize(
    ("event_type", "payload"),
    [
        ("ping", {"zen": "Design for failure.", "hook_id": 1}),
        ("push", {"ref": "refs/heads/main", "repository": {"full_name": "acme/shop"}}),
        ("issue_comment", {"action": "created", "issue": {"number": 7}, "comment": {}}),
        ("pull_request_review_comment", {"action": "created", "comment": {}, "pull_request": {}}),
        ("something_new", {}),
    ],
)
def test_what_says_nothing_of_our_business_is_passed_over(
    event_type: str, payload: dict[str, Any]
) -> None:
    assert read(event_type, payload) is None


@pytest.mark.parametrize(
    ("event_type", "payload"),
    [
        ("pull_request", REVIEW),
        ("pull_request_review", PULL_REQUEST),
        ("ping", PULL_REQUEST),
        ("push", REVIEW),
        ("", PULL_REQUEST),
        ("pull_request", {"zen": "Design for failure."}),
        ("PULL_REQUEST", PULL_REQUEST),
    ],
)
def test_a_type_that_does_not_fit_the_body_is_unusable(
    event_type: str, payload: dict[str, Any]
) -> None:
    with pytest.raises(Unusable):
        read(event_type, payload)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("number", 8),
        ("pull_request.number", "7"),
        ("pull_request.number", True),
        ("pull_request.number", 7.0),
        ("pull_request.number", 0),
        ("pull_request.number", -7),
        ("pull_request", []),
        ("pull_request.head", None),
        ("pull_request.head.sha", "1" * 39),
        ("pull_request.head.sha", "main"),
        ("pull_request.head.sha", "G" * 40),
        ("pull_request.head.sha", HEAD + "\n"),
        ("pull_request.base.ref", ""),
        ("pull_request.base.ref", "ma in"),
        ("pull_request.base.ref", "main\n"),
        ("pull_request.base.ref", "x" * 256),
        ("pull_request.base.ref", {"ref": "main"}),
        ("repository", "acme/shop"),
        ("repository.full_name", "acme"),
        ("repository.full_name", "acme/shop/more"),
        ("repository.full_name", "acme/shop?x=1"),
        ("repository.full_name", ["acme/shop"]),
    ],
)
def test_a_field_of_another_kind_is_unusable(path: str, value: object) -> None:
    payload = copy.deepcopy(PULL_REQUEST)
    *way, last = path.split(".")
    place: Any = payload
    for step in way:
        place = place[step]
    place[last] = value
    with pytest.raises(Unusable):
        read("pull_request", payload)


@pytest.mark.parametrize("path", ["pull_request", "repository", "number", "action"])
def test_a_missing_field_is_unusable(path: str) -> None:
    payload = {key: value for key, value in PULL_REQUEST.items() if key != path}
    with pytest.raises(Unusable):
        read("pull_request", payload)


GENUINE = json.dumps(PULL_REQUEST).encode()


def with_extra(text: bytes) -> bytes:
    return GENUINE[:-1] + b', "extra": ' + text + b"}"


def test_something_extra_does_no_harm() -> None:
    assert parse("pull_request", with_extra(b"[1.5, -3, null, true]"), "github") is not None


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "not JSON"),
        (b"[]", "not a JSON object"),
        (b"null", "not a JSON object"),
        (GENUINE[:-1], "not JSON"),
        (GENUINE + b"{}", "not JSON"),
        (GENUINE.decode().encode("utf-16"), "not UTF-8"),
        (with_extra(b'"\xff"'), "not UTF-8"),
        (with_extra(b"[" * 70 + b"]" * 70), "nested too deeply"),
        (with_extra(b"[" * 100_000 + b"]" * 100_000), "nested too deeply"),
        (with_extra(b'{"a":' * 100_000 + b"1" + b"}" * 100_000), "nested too deeply"),
        (with_extra(b"[" + b"[]," * 300_000 + b"1]"), "too many parts"),
        (with_extra(b"[" + b"1," * 500_000 + b"1]"), "too many parts"),
        (with_extra(b"9" * 20), "too large"),
        (with_extra(b"9" * 5_000), "too large"),
        (with_extra(b"1e999"), "too large"),
        (with_extra(b"NaN"), "NaN"),
        (with_extra(b"-Infinity"), "Infinity"),
        (with_extra(b'"\\ud800"'), "half a character"),
        (with_extra(b'{"\\udfff": 1}'), "half a character"),
        (with_extra(b'{"a": 1, "a": 2}'), "twice"),
        (GENUINE[:-1] + b', "number": 8}', "twice"),
        (b"payload=%7B%7D", "application/json"),
    ],
)
def test_hostile_text_is_unusable_and_says_why(body: bytes, reason: str) -> None:
    with pytest.raises(Unusable, match=reason):
        parse("pull_request", body, "github")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(st.sampled_from(["pull_request", "pull_request_review", "ping", "x"]), st.data())
def test_parsing_raises_nothing_but_unusable(event_type: str, data: st.DataObject) -> None:
    payload = copy.deepcopy(data.draw(st.sampled_from([PULL_REQUEST, REVIEW])))
    place: Any = payload
    for _ in range(data.draw(st.integers(0, 2))):
        inner = [value for value in place.values() if isinstance(value, dict)]
        place = data.draw(st.sampled_from(inner)) if inner else place
    place[data.draw(st.sampled_from([*place]))] = data.draw(JSON)
    with suppress(Unusable):
        read(event_type, payload)


@given(st.text(), st.binary())
def test_any_bytes_raise_nothing_but_unusable(event_type: str, body: bytes) -> None:
    with suppress(Unusable):
        assert parse(event_type, body, "github") is None


# --- have we seen it


def test_the_same_delivery_has_the_same_key() -> None:
    assert delivery_key("a-1", b"{}") == delivery_key("a-1", b"{}")


def test_another_id_or_another_body_is_another_delivery() -> None:
    keys = {delivery_key("a-1", b"{}"), delivery_key("a-2", b"{}"), delivery_key("a-1", b"[]")}
    assert len(keys) == 3


@given(st.none() | st.text(), st.binary())
def test_a_key_is_short_and_plain(delivery_id: str | None, body: bytes) -> None:
    key = delivery_key(delivery_id, body)
    assert len(key) <= 129
    assert key.isascii()
    assert key.isprintable()


# --- the stand-in delivers as GitHub does


@asynccontextmanager
async def listening(
    handler: Callable[[web.Request], Awaitable[web.Response]],
) -> AsyncIterator[str]:
    application = web.Application()
    application.router.add_post("/hook", handler)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    await runner.cleanup()


async def test_everything_the_standin_sends_is_genuine_and_understood(
    github: GitHubStandIn,
) -> None:
    heard: list[object] = []

    async def listen(request: web.Request) -> web.Response:
        body = await request.read()
        if not verify(body, request.headers.get("X-Hub-Signature-256"), [SECRET]):
            return web.Response(status=401)
        heard.append(parse(request.headers["X-GitHub-Event"], body, "github"))
        return web.Response(status=202)

    async with listening(listen) as url:
        github.hooks_to(url, SECRET)
        number = github.open_pull("ana", "feat", files={"a": "1"})
        github.review(number, "bo", "APPROVE")
        github.say(number, "bo", "Fine.")
        head = github.push(number, {"a": "2"}, "ana")
        github.branch("release")
        github.retarget(number, "release")
        answers = await github.deliver()
    assert set(answers) == {202}
    touched = [event for event in heard if isinstance(event, MergeRequestTouched)]
    assert {event.ref for event in touched} == {Ref("github", "acme/shop", number)}
    assert (touched[-1].head_sha, touched[-1].base_branch) == (head, "release")
    assert len(touched) == 4
