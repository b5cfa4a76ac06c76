"""GitLab's webhooks without a socket: is it theirs, what does it say, have we seen it.

A webhook proves itself by a signing token (HMAC-SHA256 of `id.timestamp.body`, as Standard
Webhooks describe it) or by a static token in a header.
Sources: https://docs.gitlab.com/user/project/integrations/webhooks/ and
https://docs.gitlab.com/user/project/integrations/webhook_events/
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from bot.base_files import is_read_at_base
from bot.forges.gitlab.pipelines import EXTERNAL
from bot.forges.hooks import delivery_key
from bot.forges.payloads import BRANCH, SHA, Unusable, object_in, read_object, text_in
from routing.events import Event, MergeRequestTouched, PipelineBegan, ReconcileDue
from routing.model import Ref

SIGNING = "whsec_"
"""What a signing secret begins with; any other is a static token."""
CLOSE = timedelta(minutes=5)
"""How far a signed delivery's time may be from ours."""
VERSION = "v1,"
SIGNATURES_READ = 10

PROJECT = re.compile(r"[A-Za-z0-9_.-]{1,255}(?:/[A-Za-z0-9_.-]{1,255}){1,20}")
WORD = re.compile(r"[a-z_]{1,50}")
HEADS = "refs/heads/"
COMMITS_LISTED = 20
"""A push's delivery names no more of its commits."""

KINDS = {
    "Merge Request Hook": "merge_request",
    "Note Hook": "note",
    "Confidential Note Hook": "note",
    "Pipeline Hook": "pipeline",
    "Push Hook": "push",
}
"""The unsigned header, and the signed kind that it has to fit."""

BEGINNING = frozenset({"created", "waiting_for_resource", "preparing", "pending", "running"})
"""States of a pipeline that has not ended."""


class GitLabHook:
    """What one configured GitLab delivers. Several secrets may be live while one replaces another.

    Once one of them is a signing secret, static tokens are taken no more: whoever has seen a
    token in a header could otherwise go on sending. A group's webhook tells of all its projects:
    those that are not configured are passed over.
    """

    def __init__(self, forge: str, secrets: Sequence[str], projects: Collection[str]) -> None:
        self.forge = forge
        self._projects = frozenset(projects)
        signing = [secret for secret in secrets if secret.startswith(SIGNING)]
        self._keys = tuple(key for secret in signing if (key := _key(secret)))
        self._tokens = () if signing else tuple(secret for secret in secrets if secret)

    def is_genuine(self, body: bytes, headers: Mapping[str, str], now: datetime) -> bool:
        """Whether GitLab sent exactly this."""
        if self._keys:
            return self._is_signed(body, headers, now)
        given = _bytes(headers.get("X-Gitlab-Token", ""))
        genuine = False
        for token in self._tokens:  # every one, so that the time tells nothing
            genuine |= hmac.compare_digest(_bytes(token), given)
        return genuine

    def _is_signed(self, body: bytes, headers: Mapping[str, str], now: datetime) -> bool:
        identity, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
        if not identity or not _is_close(stamp, now):
            return False
        said = _bytes(f"{identity}.{stamp}.") + body
        given = headers.get("webhook-signature", "").split(" ")[:SIGNATURES_READ]
        genuine = False
        for key in self._keys:
            expected = base64.b64encode(hmac.new(key, said, hashlib.sha256).digest())
            for signature in given:
                genuine |= hmac.compare_digest(_bytes(VERSION) + expected, _bytes(signature))
        return genuine

    def key(self, body: bytes, headers: Mapping[str, str]) -> str:
        """The delivery's id and what it says."""
        names = ("webhook-id", "Idempotency-Key", "X-Gitlab-Event-UUID")
        given = (headers.get(name) for name in names)
        return delivery_key(next((one for one in given if one), None), body)

    def event(self, body: bytes, headers: Mapping[str, str]) -> Event | None:
        """What it says of a merge request, a pipeline or the files that we read at the base."""
        kind = KINDS.get(headers.get("X-Gitlab-Event", ""))
        payload = read_object(body)
        if kind != payload.get("object_kind"):
            if kind is None and payload.get("object_kind") not in KINDS.values():
                return None
            raise Unusable("The delivery's X-Gitlab-Event does not fit its body.")
        project = text_in(object_in(payload, "project"), "path_with_namespace", PROJECT)
        return self._said(kind, project, payload) if project in self._projects else None

    def _said(self, kind: str | None, project: str, payload: Mapping[str, object]) -> Event | None:
        match kind:
            case "merge_request":
                return self._touched(project, object_in(payload, "object_attributes"))
            case "pipeline":
                return self._pipeline(project, payload)
            case "push":
                return ReconcileDue(self.forge) if _moves_the_rules(payload) else None
            case _ if payload.get("merge_request") is not None:
                return self._touched(project, object_in(payload, "merge_request"))
            case _:  # a note on something else
                return None

    def _touched(self, project: str, said: Mapping[str, object]) -> MergeRequestTouched:
        return MergeRequestTouched(
            ref=self._ref(project, said),
            head_sha=text_in(object_in(said, "last_commit"), "id", SHA),
            base_branch=text_in(said, "target_branch", BRANCH),
        )

    def _ref(self, project: str, said: Mapping[str, object]) -> Ref:
        number = said.get("iid")
        if type(number) is not int or number < 1:
            raise Unusable("The merge request has no usable number.")
        return Ref(self.forge, project, number)

    def _pipeline(
        self, project: str, payload: Mapping[str, object]
    ) -> MergeRequestTouched | PipelineBegan | None:
        """A pipeline of theirs has begun, of a merge request (or what is made of it) or a branch.

        External ones are made by statuses such as ours.
        """
        said = object_in(payload, "object_attributes")
        status, source = text_in(said, "status", WORD), text_in(said, "source", WORD)
        if status not in BEGINNING or source == EXTERNAL:
            return None
        if payload.get("merge_request") is not None:
            request = object_in(payload, "merge_request")
            here = request.get("target_project_id") == object_in(payload, "project").get("id")
            return MergeRequestTouched(self._ref(project, request)) if here else None
        return PipelineBegan(self.forge, project, text_in(said, "sha", SHA))


def _moves_the_rules(payload: Mapping[str, object]) -> bool:
    """Whether a push to the default branch touched the policy or the code owners."""
    branch = text_in(object_in(payload, "project"), "default_branch", BRANCH)
    if payload.get("ref") != HEADS + branch:
        return False
    commits, total = payload.get("commits"), payload.get("total_commits_count")
    if not isinstance(commits, list) or not isinstance(total, int):
        raise Unusable("The push has no usable list of commits.")
    more_than_shown = total > min(len(commits), COMMITS_LISTED)
    return more_than_shown or any(map(is_read_at_base, _paths(commits)))


def _paths(commits: Sequence[object]) -> Iterator[str]:
    for commit in commits:
        for change in ("added", "modified", "removed"):
            listed = commit.get(change) if isinstance(commit, dict) else None
            yield from (path for path in listed or () if isinstance(path, str))


def _key(secret: str) -> bytes:
    """The key inside a signing secret; empty where it holds none."""
    try:
        return base64.b64decode(secret.removeprefix(SIGNING), validate=True)
    except (binascii.Error, ValueError):
        return b""


def is_signing_secret_whole(secret: str) -> bool:
    """Whether a secret that begins like a signing secret can be used as one."""
    return not secret.startswith(SIGNING) or bool(_key(secret))


def _is_close(stamp: str, now: datetime) -> bool:
    if not (stamp.isascii() and stamp.isdecimal() and len(stamp) <= len("9999999999")):
        return False
    return abs(now.timestamp() - int(stamp)) <= CLOSE.total_seconds()


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
