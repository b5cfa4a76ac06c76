"""GitLab's webhooks, with either of its authenticities, as a test may drop, double, reorder them.

Bodies are modelled on https://docs.gitlab.com/user/project/integrations/webhook_events/
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from tests.standins.deliveries import Deliveries
from tests.standins.gitlab import views
from tests.standins.gitlab.pipelines import Pipelines
from tests.standins.gitlab.state import MergeRequest, Note, Person, Pipeline

NAMES = {
    "merge_request": "Merge Request Hook",
    "note": "Note Hook",
    "pipeline": "Pipeline Hook",
    "push": "Push Hook",
}
SIGNING = "whsec_"


@dataclass
class Delivery:
    """One webhook call; with a `whsec_…` secret it is signed, else it carries the secret."""

    id: str
    event: str
    body: bytes
    secret: str
    at: datetime
    answer: int | None = None

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers that GitLab sends."""
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "GitLab/18.6.0",
            "X-Gitlab-Event": self.event,
            "X-Gitlab-Instance": views.WEB,
            "X-Gitlab-Event-UUID": self.id,
            "Idempotency-Key": self.id,
        }
        if not self.secret.startswith(SIGNING):
            return headers | {"X-Gitlab-Token": self.secret}
        stamp = str(int(self.at.timestamp()))
        key = base64.b64decode(self.secret.removeprefix(SIGNING))
        said = f"{self.id}.{stamp}.".encode() + self.body
        signature = base64.b64encode(hmac.new(key, said, hashlib.sha256).digest()).decode()
        return headers | {
            "webhook-id": self.id,
            "webhook-timestamp": stamp,
            "webhook-signature": f"v1,{signature}",
        }


class Hooks(Deliveries):
    """GitLab's deliveries."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        super().__init__()
        self.now = now

    def tell(
        self,
        where: Pipelines,
        kind: str,
        found: MergeRequest | None,
        by: Person | None,
        extra: Mapping[str, object],
    ) -> None:
        """Something happened: make the delivery, and send it where that is automatic."""
        if self.url is None:
            return
        payload: dict[str, object] = {
            "object_kind": kind,
            "event_type": kind,
            "user": views.user(by) if by else None,
            "project": {
                "id": where.id,
                "name": where.path.rpartition("/")[2],
                "path_with_namespace": where.path,
                "default_branch": "main",
                "web_url": f"{views.WEB}/{where.path}",
            },
        }
        match kind:
            case "merge_request" if found is not None:
                attributes = _attributes(where, found) | {
                    key: extra[key] for key in ("action", "oldrev") if key in extra
                }
                payload |= {"object_attributes": attributes, "changes": extra.get("changes", {})}
            case "note" if found is not None:
                note = extra["note"]
                body = note.body if isinstance(note, Note) else ""
                payload["object_attributes"] = {"note": body, "noteable_type": "MergeRequest"}
                payload["merge_request"] = _attributes(where, found)
            case "pipeline" if found is not None:
                place = extra["pipeline"]
                shown = views.pipeline(where, place) if isinstance(place, Pipeline) else {}
                payload["object_attributes"] = shown
                payload["merge_request"] = None
                if isinstance(place, Pipeline) and place.of_merge_request:
                    payload["merge_request"] = {
                        "id": found.id,
                        "iid": found.iid,
                        "source_branch": found.source,
                        "source_project_id": where.id,
                        "target_branch": found.target,
                        "target_project_id": where.id,
                        "state": found.state,
                    }
            case _:
                payload |= {**extra, "event_name": "push", "total_commits_count": 1}
                payload["commits"] = [_pushed(where, str(extra["after"]))]
        self.queue(NAMES[kind], json.dumps(payload).encode())

    def queue(self, event: str, body: bytes) -> Delivery:
        """Put a delivery of any body in line."""
        delivery = Delivery(self.next_id(), event, body, self.secret, self.now())
        self.put(delivery)
        return delivery


def _attributes(where: Pipelines, found: MergeRequest) -> dict[str, object]:
    return {
        "id": found.id,
        "iid": found.iid,
        "title": found.title,
        "state": found.state,
        "draft": found.draft,
        "source_branch": found.source,
        "target_branch": found.target,
        "source_project_id": where.id,
        "target_project_id": where.id,
        "author_id": found.author.id,
        "last_commit": {"id": found.head, "message": where.git.commits[found.head].message},
        "url": f"{views.WEB}/{where.path}/-/merge_requests/{found.iid}",
    }


def _pushed(where: Pipelines, sha: str) -> dict[str, object]:
    commit = where.git.commits[sha]
    before = where.git.commits[commit.parents[0]].tree if commit.parents else {}
    paths = before.keys() | commit.tree.keys()
    touched = sorted(path for path in paths if before.get(path) != commit.tree.get(path))
    return {"id": sha, "added": [], "modified": touched, "removed": []}
