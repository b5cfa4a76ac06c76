"""GitHub's webhooks: what happened, as signed deliveries that a test may drop, double, reorder."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

import aiohttp

from tests.standins.github_repository import Repository
from tests.standins.github_state import Comment, Person, Pull, Review
from tests.standins.github_views import GHOST, Json, Views

NAMESPACE = uuid.UUID("5d9f0f64-5a6b-4b43-9f6a-7d3a1a0c9e11")


@dataclass
class Delivery:
    """One webhook call; `answer` is the HTTP status it got, None before or when nobody answered."""

    id: str
    event: str
    body: bytes
    secret: str
    answer: int | None = None

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers that GitHub sends."""
        digest = hmac.new(self.secret.encode(), self.body, hashlib.sha256).hexdigest()
        return {
            "Content-Type": "application/json",
            "User-Agent": "GitHub-Hookshot/0000000",
            "X-GitHub-Delivery": self.id,
            "X-GitHub-Event": self.event,
            "X-Hub-Signature-256": f"sha256={digest}",
        }


class Hooks:
    """Where deliveries go, and those still waiting: an ordinary list for tests to rearrange."""

    def __init__(self, views: Views) -> None:
        self.views = views
        self.waiting: list[Delivery] = []
        self.sent: list[Delivery] = []
        self.url: str | None = None
        self.secret = ""
        self.automatic = False
        self._count = 0
        self._session: aiohttp.ClientSession | None = None
        self._under_way: set[asyncio.Task[object]] = set()

    def tell(
        self,
        repo: Repository,
        event: str,
        action: str,
        pull: Pull | None,
        extra: Mapping[str, object],
    ) -> None:
        """Something happened: make the delivery, and send it where that is automatic."""
        if self.url is None:
            return
        payload: Json = {"repository": self.views.repository(repo)}
        if action:
            payload["action"] = action
        payload["sender"] = self._sender(pull, extra)
        if pull is not None and event == "issue_comment":
            payload["issue"] = {"number": pull.number, "pull_request": {}}
        elif pull is not None:
            payload["pull_request"] = self.views.full_pull(repo, pull)
        if pull is not None and event == "pull_request":
            payload["number"] = pull.number
        payload |= {key: self._show(repo, value) for key, value in extra.items()}
        self.queue(event, json.dumps(payload).encode())

    def _sender(self, pull: Pull | None, extra: Mapping[str, object]) -> Json:
        for thing in extra.values():
            if isinstance(thing, Review | Comment) and thing.by is not None:
                return self.views.user(thing.by)
        return self.views.user(pull.author if pull and pull.author else GHOST)

    def _show(self, repo: Repository, value: object) -> object:
        if isinstance(value, Person):
            return self.views.user(value)
        if isinstance(value, Comment):
            return self.views.comment(repo, value)
        if isinstance(value, Review):
            # Webhooks spell the states of a review in lower case, the REST API in upper case.
            return self.views.review(value) | {"state": value.state.lower()}
        return value

    def queue(self, event: str, body: bytes) -> Delivery:
        """Put a delivery of any body in line."""
        self._count += 1
        identity = str(uuid.uuid5(NAMESPACE, str(self._count)))
        delivery = Delivery(identity, event, body, self.secret)
        self.waiting.append(delivery)
        if self.automatic:
            task = asyncio.get_running_loop().create_task(self.deliver())
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
        return delivery

    async def deliver(self) -> list[int | None]:
        """Send everything that waits, in order; returns what was answered."""
        answers = []
        while self.waiting:
            delivery = self.waiting.pop(0)
            await self.send(delivery)
            answers.append(delivery.answer)
        return answers

    async def send(self, delivery: Delivery) -> None:
        """Send one delivery, new or old. GitHub waits 10 s and never tries again by itself."""
        if self.url is None:
            raise RuntimeError("no webhook is configured: call hooks_to first")
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10))
        self.sent.append(delivery)
        try:
            async with self._session.post(
                self.url, data=delivery.body, headers=delivery.headers, allow_redirects=False
            ) as response:
                delivery.answer = response.status
        except (aiohttp.ClientError, TimeoutError):
            delivery.answer = None

    async def quiet(self) -> None:
        """Wait until nothing is under way any more."""
        while self._under_way:
            await asyncio.gather(*self._under_way)

    async def close(self) -> None:
        """Finish, and let the connection go."""
        await self.quiet()
        if self._session is not None:
            await self._session.close()
