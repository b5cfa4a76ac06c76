"""`POST /webhooks/github`: 401 for what GitHub did not sign, 2xx for all it did, 503 unstored."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import threading
from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

import bot.web.server
from bot.clock import StoryClock
from bot.forges.github.webhooks import GitHubHook
from bot.web.server import web_application
from bot.web.webhooks import LARGE, ForgeWebhook
from routing.events import Event, MergeRequestTouched
from routing.model import Ref
from storage.database import Rooms, Storage, StorageFailed

SECRET, OLD = "a webhook secret", "the one before"
SHA = "a" * 40

Client = TestClient[Any, Any]


def a_delivery(number: int = 7, **more: object) -> bytes:
    """What GitHub sends when somebody pushes to a pull request."""
    pull = {"number": number, "head": {"sha": SHA}, "base": {"ref": "main"}}
    body: dict[str, object] = {
        "action": "synchronize",
        "number": number,
        "pull_request": pull,
        "repository": {"full_name": "acme/shop"},
    }
    return json.dumps(body | more).encode()


TOUCHED = MergeRequestTouched(Ref("github", "acme/shop", 7), SHA, "main")


def signature(body: bytes, secret: str = SECRET) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def headers(body: bytes, event: str = "pull_request", delivery: str = "d-1") -> dict[str, str]:
    return {
        "X-Hub-Signature-256": signature(body),
        "X-GitHub-Event": event,
        "X-GitHub-Delivery": delivery,
        "Content-Type": "application/json",
    }


class Nudges:
    """How often the engine was told that something waits."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> None:
        self.count += 1


@pytest.fixture
def nudges() -> Nudges:
    return Nudges()


@pytest.fixture
async def http(storage: Storage, clock: StoryClock, nudges: Nudges) -> AsyncIterator[Client]:
    hook = ForgeWebhook(GitHubHook("github", (SECRET, OLD)), storage, clock, nudges)
    application = web_application({"/webhooks/github": hook.handle}, {})
    async with TestClient(TestServer(application)) as client:
        yield client


async def status(http: Client, body: bytes, more: dict[str, str]) -> int:
    async with http.post("/webhooks/github", data=body, headers=more) as response:
        return response.status


async def events(storage: Storage) -> list[Event]:
    return await storage.run(lambda rooms: list(rooms.inbox.waiting_for(TOUCHED.ref)))


async def kept(storage: Storage) -> tuple[int, int]:
    """How many events wait, and how many dead letters there are."""
    return await storage.run(lambda rooms: (rooms.inbox.waiting(), rooms.inbox.dead()))


async def test_a_signed_delivery_is_stored_and_answered(
    http: Client, storage: Storage, nudges: Nudges
) -> None:
    assert await status(http, a_delivery(), headers(a_delivery())) == 202
    assert await events(storage) == [TOUCHED]
    assert nudges.count == 1


async def test_while_one_secret_replaces_another_both_are_taken(
    http: Client, storage: Storage
) -> None:
    old = headers(a_delivery()) | {"X-Hub-Signature-256": signature(a_delivery(), OLD)}
    assert await status(http, a_delivery(), old) == 202
    assert await events(storage) == [TOUCHED]


RIGHT = signature(a_delivery())
SHA1 = "sha1=" + hmac.new(SECRET.encode(), a_delivery(), hashlib.sha1).hexdigest()
FORGED: dict[str, dict[str, str]] = {
    "unsigned": {},
    "an empty signature": {"X-Hub-Signature-256": ""},
    "another secret": {"X-Hub-Signature-256": signature(a_delivery(), "another")},
    "an empty secret": {"X-Hub-Signature-256": signature(a_delivery(), "")},
    "both secrets as one": {"X-Hub-Signature-256": signature(a_delivery(), f"{SECRET},{OLD}")},
    "another body": {"X-Hub-Signature-256": signature(a_delivery(8))},
    "one bit flipped": {"X-Hub-Signature-256": RIGHT[:-1] + chr(ord(RIGHT[-1]) ^ 1)},
    "cut": {"X-Hub-Signature-256": RIGHT[:-1]},
    "only the prefix": {"X-Hub-Signature-256": "sha256="},
    "without the prefix": {"X-Hub-Signature-256": RIGHT.removeprefix("sha256=")},
    "SHA-1 only": {"X-Hub-Signature": SHA1},
    "SHA-1 in its place": {"X-Hub-Signature-256": SHA1},
    "not ASCII": {"X-Hub-Signature-256": "sha256=ä"},
    "not UTF-8": {"X-Hub-Signature-256": "sha256=\udcff"},
}


@pytest.mark.parametrize("how", FORGED)
async def test_what_github_did_not_sign_is_answered_401_and_kept_nowhere(
    http: Client, storage: Storage, nudges: Nudges, how: str
) -> None:
    claims = {"X-GitHub-Event": "pull_request", "X-GitHub-Delivery": "d-1"}
    assert await status(http, a_delivery(), claims | FORGED[how]) == 401
    assert await kept(storage) == (0, 0)
    assert nudges.count == 0


@pytest.mark.parametrize("body", [b"", b"\xff", b"[" * 100_000, b"{", b"payload=%7B%7D"])
async def test_an_unsigned_body_is_401_whatever_is_in_it(
    http: Client, storage: Storage, body: bytes
) -> None:
    assert await status(http, body, {"X-GitHub-Event": "pull_request"}) == 401
    assert await kept(storage) == (0, 0)


@pytest.mark.parametrize(
    ("event", "body"),
    [
        ("ping", json.dumps({"zen": "Keep it simple.", "hook_id": 1}).encode()),
        ("push", json.dumps({"ref": "refs/heads/main", "commits": []}).encode()),
        ("star", json.dumps({"action": "created"}).encode()),
    ],
)
async def test_what_is_of_no_interest_is_answered_and_forgotten(
    http: Client, storage: Storage, event: str, body: bytes
) -> None:
    assert await status(http, body, headers(body, event)) == 202
    assert await kept(storage) == (0, 0)


GARBAGE: dict[str, bytes] = {
    "nothing": b"",
    "no JSON": b"{",
    "not UTF-8": b'{"a": "\xff"}',
    "a list": b"[]",
    "nested too deeply": b"[" * 50_000,
    "a form": b"payload=%7B%7D",
    "a negative number": a_delivery(-1),
    "no repository": json.dumps(
        {"action": "opened", "number": 7, "pull_request": {"number": 7}}
    ).encode(),
    "a path for a repository": a_delivery(repository={"full_name": "../../etc/passwd"}),
    "half a character": b'{"action": "\\ud800", "number": 7, "pull_request": {}}',
    "a doubled key": b'{"number": 7, "number": 8}',
    "not a number": b'{"number": NaN}',
}


@pytest.mark.parametrize("how", GARBAGE)
async def test_signed_garbage_is_answered_202_and_kept_as_a_dead_letter(
    http: Client, storage: Storage, nudges: Nudges, how: str
) -> None:
    body = GARBAGE[how]
    assert await status(http, body, headers(body)) == 202
    assert await kept(storage) == (0, 1)
    assert nudges.count == 0


async def test_a_dead_letter_tells_what_came_and_why_it_is_no_use(
    http: Client, storage: Storage
) -> None:
    await status(http, b"{", headers(b"{"))

    def look(rooms: Rooms) -> Any:
        return rooms.inbox._db.conn.execute("SELECT body, problem FROM inbox").fetchone()

    body, problem = await storage.run(look)
    assert body == "{"
    assert "not JSON" in problem


async def test_the_type_of_an_event_must_fit_its_signed_body(
    http: Client, storage: Storage
) -> None:
    body = a_delivery()
    assert await status(http, body, headers(body, "push")) == 202
    assert await kept(storage) == (0, 1)


async def test_a_delivery_repeated_is_stored_once(
    http: Client, storage: Storage, nudges: Nudges
) -> None:
    for _ in range(3):
        assert await status(http, a_delivery(), headers(a_delivery())) == 202
    assert await kept(storage) == (1, 0)
    assert nudges.count == 1


async def test_one_delivery_id_with_two_bodies_is_two_deliveries(
    http: Client, storage: Storage
) -> None:
    for body in (a_delivery(), a_delivery(8)):
        await status(http, body, headers(body))
    assert await kept(storage) == (2, 0)


@pytest.mark.parametrize("delivery", ["", "x" * 5000, "\udcff", "a b; DROP TABLE inbox"])
async def test_an_odd_delivery_id_keeps_nothing_out(
    http: Client, storage: Storage, delivery: str
) -> None:
    body = a_delivery()
    assert await status(http, body, headers(body, delivery=delivery)) == 202
    assert await events(storage) == [TOUCHED]


@pytest.mark.parametrize("body", [a_delivery(), b"{"], ids=["an event", "garbage"])
async def test_what_cannot_be_stored_is_answered_503(
    http: Client, monkeypatch: pytest.MonkeyPatch, body: bytes
) -> None:
    async def fail(*_: object) -> None:
        raise StorageFailed("the database refused: database or disk is full")

    monkeypatch.setattr(Storage, "run", fail)
    assert await status(http, body, headers(body)) == 503


async def test_a_delivery_answered_503_is_stored_when_it_comes_again(
    http: Client, storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise StorageFailed("the database refused: database or disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(Storage, "run", fail)
        await status(http, a_delivery(), headers(a_delivery()))
    assert await status(http, a_delivery(), headers(a_delivery())) == 202
    assert await events(storage) == [TOUCHED]


async def test_a_delivery_of_several_megabytes_is_taken(http: Client, storage: Storage) -> None:
    body = a_delivery(padding="x" * 3_000_000)

    async def pieces() -> AsyncIterator[bytes]:
        yield body

    async with http.post("/webhooks/github", data=pieces(), headers=headers(body)) as response:
        assert response.status == 202
    assert await events(storage) == [TOUCHED]


def test_the_limit_leaves_room_for_githubs_largest_deliveries() -> None:
    assert bot.web.server.FORGE_BODY >= 25 * 1024 * 1024


async def test_what_is_larger_than_any_delivery_is_answered_413(
    storage: Storage, clock: StoryClock, nudges: Nudges, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot.web.server, "FORGE_BODY", 1000)
    hook = ForgeWebhook(GitHubHook("github", (SECRET,)), storage, clock, nudges)
    body = a_delivery(padding="x" * 1000)
    application = web_application({"/webhooks/github": hook.handle}, {})
    async with TestClient(TestServer(application)) as client:
        assert await status(client, body, headers(body)) == 413
    assert await kept(storage) == (0, 0)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_only_post_is_answered(http: Client, method: str) -> None:
    async with http.request(method, "/webhooks/github") as response:
        assert response.status == 405


async def test_without_any_secret_nothing_is_taken(
    storage: Storage, clock: StoryClock, nudges: Nudges
) -> None:
    hook = ForgeWebhook(GitHubHook("github", ("",)), storage, clock, nudges)
    application = web_application({"/webhooks/github": hook.handle}, {})
    forged = headers(a_delivery()) | {"X-Hub-Signature-256": signature(a_delivery(), "")}
    async with TestClient(TestServer(application)) as client:
        assert await status(client, a_delivery(), forged) == 401


async def test_a_large_delivery_keeps_nobody_else_waiting(
    storage: Storage, clock: StoryClock, nudges: Nudges
) -> None:
    begun, others_served = threading.Event(), threading.Event()

    class SlowHook(GitHubHook):
        """It reads on until somebody else has been served."""

        def is_genuine(self, body: bytes, headers: Mapping[str, str], now: datetime) -> bool:
            begun.set()
            return others_served.wait(5) and GitHubHook.is_genuine(self, body, headers, now)

    large = a_delivery(body="x" * LARGE)

    async def other(_request: web.Request) -> web.Response:
        others_served.set()
        return web.Response()

    hook = ForgeWebhook(SlowHook("github", (SECRET,)), storage, clock, nudges)
    application = web_application({"/webhooks/github": hook.handle, "/other": other}, {})
    async with TestClient(TestServer(application)) as client:
        reading = asyncio.create_task(status(client, large, headers(large)))
        assert await asyncio.to_thread(begun.wait, 5)
        await client.post("/other")
        assert await reading == 202
