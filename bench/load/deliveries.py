"""Signed deliveries of 20 KB about two hundred pull requests, as bytes ready to be sent."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.builders import HEAD

SECRET = "a webhook secret"  # noqa: S105 - it opens nothing
BODY = 20 * 1024
REQUESTS = 200
AGAIN = 50
"""Every so many deliveries one is sent a second time, as whoever presses "Redeliver" does."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One delivery: the id that GitHub gives it, and the whole HTTP request."""

    id: str
    raw: bytes


@dataclass
class Deliveries:
    """An endless supply about so many `requests`. What is given `back` comes next."""

    requests: int = REQUESTS
    back: deque[Delivery] = field(default_factory=deque)

    def __post_init__(self) -> None:
        self._bodies = [_body(number) for number in range(1, self.requests + 1)]
        self._fresh = self._made()

    def next(self) -> Delivery:
        """The next one to send."""
        return self.back.popleft() if self.back else next(self._fresh)

    def _made(self) -> Iterator[Delivery]:
        count, run = 0, os.urandom(6).hex()
        while True:
            body, digest = self._bodies[count % self.requests]
            count += 1
            id_ = f"{run}-{count}"
            head = (
                "POST /webhooks/github HTTP/1.1\r\nHost: localhost\r\n"
                "Content-Type: application/json\r\n"
                f"Content-Length: {len(body)}\r\nX-GitHub-Event: pull_request\r\n"
                f"X-GitHub-Delivery: {id_}\r\nX-Hub-Signature-256: sha256={digest}\r\n\r\n"
            )
            delivery = Delivery(id_, head.encode() + body)
            yield delivery
            if count % AGAIN == 0:
                yield delivery


def _body(number: int) -> tuple[bytes, str]:
    """A delivery's body and its signature."""
    pull = {"number": number, "head": {"sha": HEAD * 4}, "base": {"ref": "main"}, "body": ""}
    payload = {"action": "synchronize", "number": number, "pull_request": pull}
    payload |= {"repository": {"full_name": "acme/shop"}}
    pull["body"] = "x" * (BODY - len(json.dumps(payload)))
    body = json.dumps(payload).encode()
    return body, hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
