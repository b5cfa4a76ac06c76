"""The public addresses with the whole bot behind them, and what the forges and Slack send there.

At each, bodies that are garbage and rightly signed all the same, and headers that are garbage.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import itertools
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from bot.app import Countersign, Edges
from bot.clock import SystemClock
from bot.forges.github.webhooks import GitHubHook
from bot.forges.gitlab.webhooks import GitLabHook
from bot.slack.client import open_client
from storage.cards import Shown
from storage.database import Rooms, Storage
from tests.bot.builders import a_review
from tests.bot.fakes import files_in
from tests.builders import HEAD, NOW, REF
from tests.standins.github.site import GitHubStandIn
from torture.slack_payloads import NOWHERE, slack_payloads
from torture.wire import Wire

SECRET = "a secret of the torture"  # noqa: S105 - it opens nothing
KEY = b"a signing secret of GitLab"
DELIVERIES = Path(__file__).parents[1] / "tests" / "data" / "gitlab" / "deliveries.json"

UNSIGNED = ("Content-Encoding", "Content-Type", "Accept", "Cookie", "Expect", "X-Forwarded-For")
"""Headers that nobody signs, and that somebody might act upon."""
SELDOM = 6
VALUES = (
    *(b"gzip", b"deflate", b"br", b"zstd", b"identity", b"100-continue", b"multipart/form-data"),
    *(b"application/json; charset=utf-7", b"text/plain; charset=x", b"a=b; c"),
)

Act = Callable[[bytes], Awaitable[None]]
Headers = Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Door:
    """Where garbage is thrown at: real inputs to begin from, and what is done with one.

    The `longest` are thrown as they are: as long as may be, and made to take as long as they can.
    """

    seeds: Sequence[bytes]
    act: Act
    longest: Sequence[bytes] = ()


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends to a public address: how a payload becomes a genuine request.

    An answer from `fault` on is one; 0 is none at all.
    """

    path: str
    payloads: Sequence[bytes]
    request: Callable[[bytes], tuple[Headers, bytes]]
    fault: int = 500


@asynccontextmanager
async def bot_behind(storage: Storage, folder: Path) -> AsyncIterator[Wire]:
    """The whole bot, not started: it takes in what comes, and nobody decides on it."""
    hooks = (
        GitHubHook("github", (SECRET,)),
        GitLabHook("gitlab", ("whsec_" + base64.b64encode(KEY).decode(),), ("acme/shop",)),
    )
    slack = open_client("xoxb-nobody", f"{NOWHERE}api/")
    edges = Edges(forges={}, slack=slack, signing_secret=SECRET, hooks=hooks)
    async with Wire(Countersign(edges, storage, files_in(folder), SystemClock()).web) as wire:
        yield wire


async def senders(storage: Storage) -> Mapping[str, Sender]:
    """Everybody who sends, by the address."""
    card = await storage.run(_a_card)
    slack = [json.dumps(one).encode() for one in slack_payloads(card)]
    gitlab = [json.dumps(one["body"]).encode() for one in json.loads(DELIVERIES.read_text("utf-8"))]
    known = (
        Sender("/webhooks/github", await _github_deliveries(), _from_github),
        # Four errors in a row, and GitLab switches the webhook off.
        Sender("/webhooks/gitlab", gitlab, _from_gitlab, fault=400),
        Sender("/slack/events", slack, _from_slack),
    )
    return {sender.path: sender for sender in known}


def bodies(sender: Sender, wire: Wire) -> Door:
    """Whatever is in a genuine request, it is answered without an error of ours."""

    async def act(thrown: bytes) -> None:
        headers, body = sender.request(thrown)
        status = await wire.post(sender.path, headers, body)
        if not 0 < status < sender.fault:
            raise AssertionError(f"answered {status}")

    return Door(sender.payloads, act)


def headers(sender: Sender, wire: Wire) -> Door:
    """Whatever is in the headers: what is not genuine is refused, what is does not break anything.

    Sometimes the body is a genuine request's: nobody signs the other headers. That is dear.
    """
    sent, genuine = sender.request(sender.payloads[0])
    forged = [(name, b'{"forged": true}') for name in (*sent, *UNSIGNED)]
    turns = itertools.cycle([*forged * SELDOM, *((name, genuine) for name in UNSIGNED)])

    async def act(thrown: bytes) -> None:
        name, body = next(turns)
        status = await wire.post(sender.path, {**sent, name: thrown}, body)
        if not (200 if body is genuine else 400) <= status < 500:
            raise AssertionError(f"answered {status} to {name}")

    return Door((*sent.values(), *VALUES), act)


def _a_card(rooms: Rooms) -> str:
    rooms.reviews.save(a_review(), NOW)
    return rooms.cards.id_for(Shown(REF, HEAD, "main"))


async def _github_deliveries() -> list[bytes]:
    """What GitHub tells of a pull request's life."""
    async with GitHubStandIn() as github:
        github.hooks_to(NOWHERE, SECRET)
        github.add_person("ana")
        github.add_person("dana")
        number = github.open_pull("ana", "feature", files={"a.py": "x\n"}, title="Retry refunds")
        github.push(number, {"a.py": "y\n"}, "ana")
        github.review(number, "dana", "APPROVE")
        github.say(number, "dana", "Thanks!")
        github.retarget(number, "main")
        github.queue(number)
        github.merge(number, "ana")
        return [delivery.body for delivery in github.deliveries]


def _from_github(body: bytes) -> tuple[Headers, bytes]:
    digest = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest().encode()
    kinds = (b"review", b"comment", b"merge_group", b"pull_request")
    kind = next((kind for kind in kinds if b'"%b": {' % kind in body), b"push")
    event = {b"review": b"pull_request_review", b"comment": b"issue_comment"}.get(kind, kind)
    return {
        "X-Hub-Signature-256": b"sha256=" + digest,
        "X-GitHub-Event": event,
        "X-GitHub-Delivery": digest[:36],
        "Content-Type": b"application/json",
    }, body


def _from_gitlab(body: bytes) -> tuple[Headers, bytes]:
    stamp, kind = str(int(time.time())).encode(), b"Merge Request Hook"
    identity = hashlib.sha256(body).hexdigest()[:36].encode()
    for name, header in ((b'"note"', b"Note Hook"), (b'"pipeline"', b"Pipeline Hook")):
        kind = header if b'"object_kind": ' + name in body else kind
    digest = hmac.new(KEY, b".".join((identity, stamp, body)), hashlib.sha256).digest()
    return {
        "webhook-signature": b"v1," + base64.b64encode(digest),
        "webhook-timestamp": stamp,
        "webhook-id": identity,
        "X-Gitlab-Event": kind,
    }, body


def _from_slack(payload: bytes) -> tuple[Headers, bytes]:
    """An event is JSON, a command a form of fields, everything else a form with JSON in it."""
    kind, body = b"application/x-www-form-urlencoded", payload
    if b'"event_callback"' in payload:
        kind = b"application/json"
    elif b'"command"' in payload:
        body = urlencode(_fields(payload), errors="replace").encode()
    else:
        body = urlencode({"payload": payload}).encode()
    stamp = str(int(time.time())).encode()
    digest = hmac.new(SECRET.encode(), b":".join((b"v0", stamp, body)), hashlib.sha256).hexdigest()
    return {
        "X-Slack-Signature": b"v0=" + digest.encode(),
        "X-Slack-Request-Timestamp": stamp,
        "Content-Type": kind,
        "X-Slack-Retry-Num": b"1",
    }, body


def _fields(payload: bytes) -> Mapping[str, object]:
    try:
        fields = json.loads(payload)
    except (ValueError, RecursionError):
        fields = None
    return fields if isinstance(fields, dict) else {"command": payload}
