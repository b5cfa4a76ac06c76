"""GitHub's webhooks without a socket: is it theirs, what does it say, have we seen it.

GitHub signs the body alone: https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence

from bot.forges.payloads import Unusable, read_object
from routing.events import Event, MergeRequestTouched
from routing.model import Ref

__all__ = ["Unusable", "delivery_key", "parse", "verify"]

PREFIX = b"sha256="

PROJECT = re.compile(r"[A-Za-z0-9_.-]{1,100}/[A-Za-z0-9_.-]{1,100}")
SHA = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
BRANCH = re.compile(r"[^\x00-\x20\x7f~^:?*\[\\]{1,255}")
"""What git allows in a branch's name (git help check-ref-format)."""
DELIVERY = re.compile(r"[A-Za-z0-9-]{1,64}")

TOUCHING = frozenset({"pull_request", "pull_request_review"})
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
    pull = _object(payload, "pull_request")
    number = pull.get("number")
    if type(number) is not int or number < 1 or payload.get("number", number) != number:
        raise Unusable("The pull request has no usable number.")
    return MergeRequestTouched(
        ref=Ref(forge, _text(_object(payload, "repository"), "full_name", PROJECT), number),
        head_sha=_text(_object(pull, "head"), "sha", SHA),
        base_branch=_text(_object(pull, "base"), "ref", BRANCH),
    )


def delivery_key(delivery_id: str | None, body: bytes) -> str:
    """What makes a delivery unique: its id (an unsigned header) and what it says."""
    known = delivery_id if delivery_id and DELIVERY.fullmatch(delivery_id) else "unnamed"
    return f"{known}:{hashlib.sha256(body).hexdigest()}"


def _looks_like(payload: Mapping[str, object]) -> str | None:
    """The touching event type whose body this is."""
    if "pull_request" not in payload or "action" not in payload:
        return None
    if "review" in payload:
        return "pull_request_review"
    return "pull_request" if "number" in payload else None


def _object(payload: Mapping[str, object], key: str) -> Mapping[str, object]:
    value = payload.get(key)
    if not isinstance(value, dict):
        raise Unusable(f"The body has no object {key!r}.")
    return value


def _text(payload: Mapping[str, object], key: str, shape: re.Pattern[str]) -> str:
    value = payload.get(key)
    if not isinstance(value, str) or not shape.fullmatch(value):
        raise Unusable(f"The body has no usable {key!r}.")
    return value
