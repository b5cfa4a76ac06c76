"""GitHub's webhooks: what happened, as signed deliveries that a test may drop, double, reorder."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass

from tests.standins.deliveries import Deliveries
from tests.standins.github.repository import Repository
from tests.standins.github.state import Comment, Person, Pull, Review
from tests.standins.github.views import GHOST, Json, Views


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


class Hooks(Deliveries):
    """GitHub's deliveries."""

    def __init__(self, views: Views) -> None:
        super().__init__()
        self.views = views

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
        delivery = Delivery(self.next_id(), event, body, self.secret)
        self.put(delivery)
        return delivery
