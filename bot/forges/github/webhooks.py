"""GitHub's webhooks without a socket: is it theirs, what does it say, have we seen it.

GitHub signs the body alone: https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.forges.hooks import delivery_key
from bot.forges.payloads import BRANCH, SHA, Unusable, object_in, read_object, text_in
from routing.events import Event, MergeQueued, MergeRequestTouched
from routing.model import Ref

PREFIX = b"sha256="

PROJECT = re.compile(r"[A-Za-z0-9_.-]{1,100}/[A-Za-z0-9_.-]{1,100}")

MERGE_GROUP = "merge_group"
QUEUE_BRANCH = re.compile(r"refs/heads/gh-readonly-queue/(.{1,200})/pr-([0-9]{1,9})-[0-9a-f]{40}")
"""The branch of a merge queue's entry names its pull request, the last one in it."""

TOUCHING = frozenset({"pull_request", "pull_request_review", MERGE_GROUP})
"""The event types that say something of a pull request we decide on."""


def verify(body: bytes, signature_header: str | None, secrets: Sequence[str]) -> bool:
    """Whether one of the secrets signed exactly this body (X-Hub-Signature-256).

    Never raises. Without any secret, nothing is genuine. Two secrets may be live while one is
    being replaced.
    """
    if signature_header is None:
        return False
    given = signature_header.encode("utf-8", "backslashreplace")
    genuine = False
    for secret in secrets:
        if secret:
            expected = (
                PREFIX
                + hmac.new(secret.encode("utf-8", "surrogatepass"), body, hashlib.sha256)
                .hexdigest()
                .encode()
            )
            genuine |= hmac.compare_digest(expected, given)
    return genuine


def parse(event_type: str, body: bytes, forge: str) -> Event | None:
    """What a genuine delivery says, or None where it is of no interest to us.

    The type stands in an unsigned header, so it must fit the signed body. Raises `Unusable`,
    and nothing else, for a body that cannot be what its type says.
    """
    if body.startswith(b"payload="):
        raise Unusable("The webhook sends forms; set its content type to application/json.")
    payload = read_object(body)
    looks_like = _looks_like(payload)
    if event_type not in TOUCHING and looks_like is None:
        return None
    if event_type != looks_like:
        raise Unusable(f"The delivery says it is {event_type[:50]!r}, but its body is not.")
    if event_type == MERGE_GROUP:
        return _queued(payload, forge)
    pull = object_in(payload, "pull_request")
    number = pull.get("number")
    if type(number) is not int or number < 1 or payload.get("number", number) != number:
        raise Unusable("The pull request has no usable number.")
    return MergeRequestTouched(
        ref=Ref(forge, text_in(object_in(payload, "repository"), "full_name", PROJECT), number),
        head_sha=text_in(object_in(pull, "head"), "sha", SHA),
        base_branch=text_in(object_in(pull, "base"), "ref", BRANCH),
    )


def _queued(payload: Mapping[str, object], forge: str) -> Event | None:
    if payload.get("action") != "checks_requested":
        return None
    group = object_in(payload, "merge_group")
    branch = QUEUE_BRANCH.fullmatch(text_in(group, "head_ref", QUEUE_BRANCH))
    number = int(branch[2]) if branch is not None else 0
    if number < 1:
        raise Unusable("The merge group names no pull request.")
    return MergeQueued(
        Ref(forge, text_in(object_in(payload, "repository"), "full_name", PROJECT), number),
        sha=text_in(group, "head_sha", SHA),
        onto=text_in(group, "base_sha", SHA),
        base_branch=text_in(group, "base_ref", BRANCH).removeprefix("refs/heads/"),
    )


def _looks_like(payload: Mapping[str, object]) -> str | None:
    """The touching event type whose body this is."""
    if MERGE_GROUP in payload and "action" in payload:
        return MERGE_GROUP
    if "pull_request" not in payload or "action" not in payload:
        return None
    if "review" in payload:
        return "pull_request_review"
    return "pull_request" if "number" in payload else None


@dataclass(frozen=True, slots=True)
class GitHubHook:
    """What one configured GitHub delivers; two secrets may be live while one replaces the other."""

    forge: str
    secrets: tuple[str, ...]

    def is_genuine(self, body: bytes, headers: Mapping[str, str], now: datetime) -> bool:
        """Whether GitHub signed exactly this; it signs no time."""
        del now
        return verify(body, headers.get("X-Hub-Signature-256"), self.secrets)

    def key(self, body: bytes, headers: Mapping[str, str]) -> str:
        """The delivery's id and what it says."""
        return delivery_key(headers.get("X-GitHub-Delivery"), body)

    def event(self, body: bytes, headers: Mapping[str, str]) -> Event | None:
        """What it says of a pull request."""
        return parse(headers.get("X-GitHub-Event", ""), body, self.forge)
