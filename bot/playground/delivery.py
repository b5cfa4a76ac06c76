"""Delivering to the app what happened: signed HTTP or Socket Mode, with Slack's retries."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlencode

import aiohttp

from bot.clock import Clock
from bot.playground.nouns import Json
from bot.playground.refusal import NotAcknowledged
from bot.playground.sockets import Sockets

Kind = Literal["interactive", "slash_commands", "events_api"]


@dataclass(frozen=True, slots=True)
class Delivery:
    """Something the app is told about. `kind` is Socket Mode's word for what it is."""

    kind: Kind
    payload: Json


@dataclass(frozen=True, slots=True)
class Patience:
    """How long Slack waits for an acknowledgement, and before it tells of an event again.

    Source: Slack's "Events API" page: 3 seconds, and three retries, nearly at once, after one
    minute, after five. `pause` does the waiting between them.
    """

    ack_seconds: float = 3.0
    retry_seconds: tuple[float, ...] = (0.0, 60.0, 300.0)
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """The value of `X-Slack-Signature`, version 0."""
    signed = b":".join((b"v0", timestamp.encode(), body))
    return "v0=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


class Courier:
    """Takes deliveries to the app: to `request_url` when there is one, else over its socket.

    `sent` keeps every delivery in order, once, however often it was retried. `signing_clock`
    tells the time that signatures carry: Bolt's own check compares it with the machine's.
    """

    def __init__(self, secret: str, sockets: Sockets, clock: Clock, patience: Patience) -> None:
        self.request_url: str | None = None
        self.sent: list[Delivery] = []
        self.secret = secret
        self._sockets = sockets
        self.signing_clock = clock
        self._patience = patience

    async def deliver(self, delivery: Delivery) -> Json:
        """Deliver; returns the body of the acknowledgement, empty when it has none.

        Events are told up to three times more; clicks, views and commands once. Raises
        `NotAcknowledged` in the end.
        """
        self.sent.append(delivery)
        try:
            return await self._attempt(delivery)
        except NotAcknowledged:
            if delivery.kind != "events_api":
                raise
        waits = self._patience.retry_seconds
        for attempt, seconds in enumerate(waits, start=1):
            await self._patience.pause(seconds)
            try:
                return await self._attempt(delivery, attempt)
            except NotAcknowledged:
                continue
        raise NotAcknowledged(f"the event was not taken in {len(waits) + 1} attempts")

    async def repeat(self, delivery: Delivery) -> Json:
        """Deliver the same thing once more, as Slack does when it never saw the answer."""
        return await self._attempt(delivery, attempt=1)

    async def _attempt(self, delivery: Delivery, attempt: int = 0) -> Json:
        seconds = self._patience.ack_seconds
        if self.request_url is None:
            return await self._sockets.send(delivery.kind, delivery.payload, seconds, attempt)
        content_type, body = _encoded(delivery)
        timestamp = str(int(self.signing_clock.now().timestamp()))
        headers = {
            "Content-Type": content_type,
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature(self.secret, timestamp, body),
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
        }
        if attempt and delivery.kind == "events_api":
            headers |= {"X-Slack-Retry-Num": str(attempt), "X-Slack-Retry-Reason": "http_timeout"}
        return await self._post(self.request_url, headers, body)

    async def _post(self, url: str, headers: dict[str, str], body: bytes) -> Json:
        timeout = aiohttp.ClientTimeout(total=self._patience.ack_seconds)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout) as session,
                session.post(url, headers=headers, data=body) as response,
            ):
                text = await response.text()
                status, content_type = response.status, response.content_type
        except (aiohttp.ClientError, TimeoutError) as exc:
            raise NotAcknowledged(f"no answer from {url}: {exc!r}") from exc
        if status != 200:  # noqa: PLR2004  Slack takes this one status and no other
            raise NotAcknowledged(f"{url} answered {status}: {text[:200]}")
        if content_type == "application/json" and text:
            answer: Json = json.loads(text)
            return answer
        return {"text": text} if text else {}


def _encoded(delivery: Delivery) -> tuple[str, bytes]:
    form = "application/x-www-form-urlencoded"
    match delivery.kind:
        case "interactive":
            return form, urlencode({"payload": json.dumps(delivery.payload)}).encode()
        case "slash_commands":
            return form, urlencode(delivery.payload).encode()
        case "events_api":
            return "application/json", json.dumps(delivery.payload).encode()
