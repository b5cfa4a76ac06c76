"""`POST /webhooks/gitlab`: 401 for what GitLab did not prove, 2xx for all it did, usable or not."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from bot.clock import StoryClock
from bot.forges.gitlab.webhooks import GitLabHook
from bot.web.server import web_application
from bot.web.webhooks import ForgeWebhook
from routing.events import MergeRequestTouched
from routing.model import Ref
from storage.database import Storage

KEY = b"a signing key of the tests"
SIGNING = "whsec_" + base64.b64encode(KEY).decode()
SHA = "a" * 40
TOUCHED = MergeRequestTouched(Ref("gitlab", "acme/shop", 7), SHA, "main")
BODY = json.dumps(
    {
        "object_kind": "merge_request",
        "project": {"path_with_namespace": "acme/shop"},
        "object_attributes": {"iid": 7, "target_branch": "main", "last_commit": {"id": SHA}},
    }
).encode()

Client = TestClient[Any, Any]


def signed(body: bytes, clock: StoryClock, event: str = "Merge Request Hook") -> dict[str, str]:
    stamp = str(int(clock.now().timestamp()))
    said = f"msg_1.{stamp}.".encode() + body
    proof = base64.b64encode(hmac.new(KEY, said, hashlib.sha256).digest()).decode()
    return {
        "webhook-id": "msg_1",
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{proof}",
        "X-Gitlab-Event": event,
    }


@pytest.fixture
async def http(storage: Storage, clock: StoryClock) -> AsyncIterator[Client]:
    hook = GitLabHook("gitlab", ["an old token", SIGNING], ["acme/shop"])
    address = ForgeWebhook(hook, storage, clock, lambda: None)
    application = web_application({"/webhooks/gitlab": address.handle}, {})
    async with TestClient(TestServer(application)) as client:
        yield client


async def status(http: Client, body: bytes, headers: dict[str, str]) -> int:
    async with http.post("/webhooks/gitlab", data=body, headers=headers) as response:
        return response.status


async def kept(storage: Storage) -> tuple[int, int]:
    """How many events wait, and how many dead letters there are."""
    return await storage.run(lambda rooms: (rooms.inbox.waiting(), rooms.inbox.dead()))


async def test_a_signed_delivery_is_stored_once_however_often_it_comes(
    http: Client, storage: Storage, clock: StoryClock
) -> None:
    for _ in range(3):
        assert await status(http, BODY, signed(BODY, clock)) == 202
    events = await storage.run(lambda rooms: list(rooms.inbox.waiting_for(TOUCHED.ref)))
    assert events == [TOUCHED]


async def test_a_replay_after_five_minutes_is_refused(
    http: Client, storage: Storage, clock: StoryClock
) -> None:
    headers = signed(BODY, clock)
    clock.move_to(clock.now() + timedelta(minutes=6))
    assert await status(http, BODY, headers) == 401
    assert await kept(storage) == (0, 0)


@pytest.mark.parametrize(
    "headers",
    [{}, {"X-Gitlab-Token": "an old token"}, {"X-Gitlab-Token": SIGNING}],
    ids=["nothing", "the token from before signing", "the signing secret itself"],
)
async def test_what_gitlab_did_not_sign_is_refused_and_kept_nowhere(
    http: Client, storage: Storage, headers: dict[str, str]
) -> None:
    assert await status(http, BODY, {"X-Gitlab-Event": "Merge Request Hook", **headers}) == 401
    assert await kept(storage) == (0, 0)


@pytest.mark.parametrize("body", [b"", b"\xff", b"[" * 100_000, b"{}", BODY[:-1]])
async def test_signed_but_unusable_is_answered_2xx_and_becomes_a_dead_letter(
    http: Client, storage: Storage, clock: StoryClock, body: bytes
) -> None:
    # GitLab switches a webhook off that fails four times in a row.
    assert await status(http, body, signed(body, clock)) == 202
    assert await kept(storage) == (0, 1)


async def test_what_is_not_our_business_is_passed_over(
    http: Client, storage: Storage, clock: StoryClock
) -> None:
    body = b'{"object_kind": "issue"}'
    assert await status(http, body, signed(body, clock, "Issue Hook")) == 202
    assert await kept(storage) == (0, 0)
