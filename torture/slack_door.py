"""Slack's door, with everything behind it: Bolt, the listeners, storage. Nobody answers beyond."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlencode

from aiohttp import web

from bot.clock import SystemClock
from bot.slack.client import open_client
from bot.slack.directory import SlackDirectory
from bot.slack.gateway import SlackHttp, bolt_app
from bot.slack.listeners import Listeners
from storage.database import Storage
from tests.bot.fakes import files_in

SECRET = "a signing secret"  # noqa: S105 - it opens nothing
NOWHERE = "http://127.0.0.1:9/"
FORM = "application/x-www-form-urlencoded"

CLICK: dict[str, Any] = {
    "type": "block_actions",
    "user": {"id": "U0DANA", "username": "dana", "team_id": "T0PLAY"},
    "team": {"id": "T0PLAY", "domain": "playground"},
    "trigger_id": "1.2.3",
    "response_url": f"{NOWHERE}respond",
    "channel": {"id": "C0REVIEWS", "name": "reviews"},
    "container": {"type": "message", "message_ts": "1.0", "channel_id": "C0REVIEWS"},
    "actions": [{"type": "button", "action_id": "review.approve", "value": "x", "action_ts": "1"}],
}
SUBMIT: dict[str, Any] = {
    "type": "view_submission",
    "user": {"id": "U0DANA", "team_id": "T0PLAY"},
    "team": {"id": "T0PLAY"},
    "view": {
        "id": "V1",
        "type": "modal",
        "callback_id": "review.request_changes",
        "private_metadata": "x",
        "state": {"values": {"comment": {"value": {"type": "plain_text_input", "value": "No"}}}},
    },
}
COMMAND = {
    "command": "/review",
    "text": "mine",
    "user_id": "U0DANA",
    "team_id": "T0PLAY",
    "channel_id": "C0REVIEWS",
    "response_url": f"{NOWHERE}respond",
    "trigger_id": "1.2.3",
}
SEEDS = tuple(json.dumps(one).encode() for one in (CLICK, SUBMIT, COMMAND))


def slack_door(storage: Storage, folder: Path) -> Callable[[bytes], Awaitable[None]]:
    """Takes a payload as Slack would send it; raises when the answer is a 5xx."""
    client, clock = open_client("xoxb-nobody", f"{NOWHERE}api/"), SystemClock()
    app = bolt_app(client, SECRET)
    directory = SlackDirectory(client, clock)
    Listeners(storage, files_in(folder), directory, clock, lambda: None).listen(app)
    door = SlackHttp(app, SECRET, clock)

    async def act(payload: bytes) -> None:
        answer = await door.handle(cast("web.Request", _Request(_form(payload))))
        if answer.status >= 500:
            raise AssertionError(f"answered {answer.status}")

    return act


def _form(payload: bytes) -> bytes:
    """A command is a form of fields, everything else a form with one field of JSON."""
    text = payload.decode("utf-8", "replace")
    if '"command"' in text:
        try:
            fields = json.loads(text)
        except ValueError:
            return payload
        if isinstance(fields, dict):
            return urlencode(fields, errors="replace").encode()
    return urlencode({"payload": text}, errors="replace").encode()


class _Request:
    """As much of a request as the door looks at, signed by Slack."""

    query_string = ""

    def __init__(self, body: bytes) -> None:
        self._body = body
        stamp = str(int(time.time()))
        base = b"v0:" + stamp.encode() + b":" + body
        digest = hmac.new(SECRET.encode(), base, hashlib.sha256).hexdigest()
        self.headers = {
            "Content-Type": FORM,
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": f"v0={digest}",
        }

    async def read(self) -> bytes:
        """The body."""
        return self._body

    async def text(self) -> str:
        """The body as text."""
        return self._body.decode()
