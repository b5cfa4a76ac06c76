"""The pipelines of a project and the commit statuses that hang on them.

Modelled on https://docs.gitlab.com/ci/pipelines/merged_results_pipelines/,
https://docs.gitlab.com/ci/pipelines/merge_trains/ and
https://docs.gitlab.com/ci/ci_cd_for_external_repos/external_commit_statuses/
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from itertools import count

from tests.standins.branches import Branches
from tests.standins.gitlab.state import MergeRequest, Person, Pipeline, Status, Tier

GATE = "countersign"
SHOWN = {"success": "success", "failed": "failure", "canceled": "failure"}
"""What a status comes to beside the merge button; all others are pending."""

Hook = Callable[["Pipelines", str, MergeRequest | None, Person | None, Mapping[str, object]], None]
"""Told of everything that happens: project, kind, merge request, who did it, extra payload."""


class Pipelines(Branches):
    """A repository whose commits are checked before they are merged.

    GitLab looks at one pipeline of a merge request only: the newest of its own that stands for
    its head, be it on the head or on what was made of it; else the newest of the head's branch,
    in the project where that is.
    """

    path: str
    id: int

    def __init__(
        self, people: dict[str, Person], now: Callable[[], datetime], ids: count[int]
    ) -> None:
        super().__init__(people, now)
        self.people = people
        self.ids = ids
        self.tier: Tier = "premium"
        self.settings: dict[str, bool] = {}
        self.merge_requests: dict[int, MergeRequest] = {}
        self.pipelines: list[Pipeline] = []
        self.statuses: list[Status] = []
        self.hook: Hook = lambda *_: None
        self._latest = now() - timedelta(days=1)

    def moment(self) -> datetime:
        """The time, later by a millisecond than what was told before: events have an order."""
        now = self.now()
        told = now.replace(microsecond=now.microsecond // 1000 * 1000)
        self._latest = max(told, self._latest + timedelta(milliseconds=1))
        return self._latest

    # --- what runs

    def start_pipeline(self, iid: int, status: str = "running") -> Pipeline:
        """Begin another pipeline for the head's branch."""
        found = self.merge_requests[iid]
        return self._begin(found, found.head, found.source, "push", status)

    def start_merge_request_pipeline(self, iid: int) -> Pipeline:
        """Begin a pipeline of the merge request's own on its head, as members may for a fork's."""
        found, ref = self.merge_requests[iid], f"refs/merge-requests/{iid}/head"
        return self._begin(found, found.head, ref, "merge_request_event")

    def start_merged_results(self, iid: int) -> Pipeline:
        """Begin a pipeline on what merging into the target, as that is now, would give."""
        self._switched_on("merge_pipelines_enabled")
        return self._begin_on_made(iid, "merge", self.git.branches[self.merge_requests[iid].target])

    def board_train(
        self, iid: int, behind: Pipeline | None = None, *, squashed: bool = False
    ) -> Pipeline:
        """Put it on the merge train, perhaps behind another, and begin its pipeline there.

        With squashing, the commit that GitLab makes does not have the head among its parents.
        """
        self._switched_on("merge_trains_enabled")
        below = behind.sha if behind else self.git.branches[self.merge_requests[iid].target]
        return self._begin_on_made(iid, "train", below, squashed=squashed)

    def _switched_on(self, setting: str) -> None:
        if self.tier == "free" or not self.settings.get(setting):
            raise RuntimeError(f"a {self.tier} project without {setting} has no such pipelines")

    def _begin_on_made(
        self, iid: int, kind: str, below: str, *, squashed: bool = False
    ) -> Pipeline:
        found = self.merge_requests[iid]
        who = found.author.username
        said = f"Merge branch '{found.source}' into '{found.target}'"
        sha = self._merged(below, found.head, who, said, committer=who, squashed=squashed)
        ref = f"refs/merge-requests/{iid}/{kind}"
        return self._begin(found, sha, ref, "merge_request_event", source_sha=found.head)

    def _begin(
        self,
        found: MergeRequest,
        sha: str,
        ref: str,
        source: str,
        status: str = "running",
        source_sha: str | None = None,
    ) -> Pipeline:
        pipeline = Pipeline(next(self.ids), sha, ref, source, status, source_sha)
        self.pipelines.append(pipeline)
        self.hook(self, "pipeline", found, found.author, {"pipeline": pipeline})
        return pipeline

    def head_pipeline(self, found: MergeRequest) -> Pipeline | None:
        """The pipeline that GitLab looks at before it merges."""
        return self._standing_for(found, found.head)

    def stored_pipeline(self, found: MergeRequest) -> Pipeline | None:
        """The pipeline that REST shows: where none stands for the head, that of an earlier one."""
        heads = (one.head_sha for one in found.versions[::-1])
        stand = (self._standing_for(found, head) for head in heads)
        return next((one for one in stand if one is not None), None)

    def _standing_for(self, found: MergeRequest, head: str) -> Pipeline | None:
        own = f"refs/merge-requests/{found.iid}/"
        mine = [
            one
            for one in self.pipelines
            if head in {one.sha, one.source_sha}
            and (one.ref.startswith(own) if one.of_merge_request else one.ref == found.source)
            and (one.of_merge_request or not found.from_fork)
        ]
        return max(mine, key=lambda one: (one.of_merge_request, one.id), default=None)

    # --- statuses

    def set_status(  # noqa: PLR0913 - GitLab's fields
        self,
        sha: str,
        state: str,
        *,
        by: str,
        ref: str,
        name: str = GATE,
        description: str | None = None,
        target_url: str | None = None,
        pipeline: Pipeline | None = None,
    ) -> Status:
        """Put a commit status on a pipeline of the commit, as any developer could."""
        here = (one for one in self.pipelines[::-1] if (one.sha, one.ref) == (sha, ref))
        place = pipeline or next(here, None)
        if place is None:
            place = Pipeline(next(self.ids), sha, ref, "external", "success")
            self.pipelines.append(place)
        earlier = [
            one
            for one in self.statuses
            if one.pipeline is place and one.name == name and not one.retried
        ]
        author = self.people[by]
        new = Status(
            next(self.ids), sha, ref, name, state, description, target_url, author, place,
            self.moment(),
        )  # fmt: skip
        for one in earlier:
            one.retried = True
        self.statuses.append(new)
        return new

    # --- what people see

    def gate(self, iid: int, name: str = GATE) -> str | None:
        """What the gate says beside the merge button, or None where it says nothing."""
        shown = self._shown(self.head_pipeline(self.merge_requests[iid]), name)
        return SHOWN.get(shown.state, "pending") if shown else None

    def gate_description(self, iid: int) -> str | None:
        """The sentence beside the gate on the head now."""
        shown = self._shown(self.head_pipeline(self.merge_requests[iid]))
        return shown.description if shown else None

    def gate_on(self, pipeline: Pipeline) -> str | None:
        """What the gate says on a pipeline, be it the one that is looked at or an earlier one."""
        shown = self._shown(pipeline)
        return SHOWN.get(shown.state, "pending") if shown else None

    def _shown(self, place: Pipeline | None, name: str = GATE) -> Status | None:
        found = (one for one in self.statuses[::-1] if one.name == name and not one.retried)
        return next((one for one in found if place is not None and one.pipeline is place), None)

    def pipeline_succeeded(self, iid: int) -> bool:
        """Whether it could be merged where "Pipelines must succeed" is switched on."""
        place = self.head_pipeline(self.merge_requests[iid])
        said = [one.state for one in self.statuses if one.pipeline is place and not one.retried]
        return place is not None and {place.status, *said} == {"success"}
