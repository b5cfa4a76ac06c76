"""GitLab, by stock python-gitlab against a stand-in that keeps state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from bot.forges.base import Forge, Takeable
from bot.forges.gitlab.adapter import GitLab
from routing.model import Ref
from tests.bot.forges.contract import ReadingContract, WritingContract
from tests.bot.forges.contract_of_gates import QueueContract, TakeableContract
from tests.standins.gitlab.site import GitLabStandIn


@dataclass
class GitLabScene:
    """The contract's scene, on the stand-in."""

    gitlab: GitLabStandIn
    forge: Forge
    project: str = "acme/shop"

    def open(self, author: str, head: str, files: Mapping[str, str], base: str = "main") -> Ref:
        number = self.gitlab.open_merge_request(author, head, target=base, files=files)
        return Ref("gitlab", self.project, number)

    def push(self, ref: Ref, files: Mapping[str, str], author: str) -> str:
        return self.gitlab.push(ref.number, files, author)

    def force_push(self, ref: Ref, files: Mapping[str, str], author: str) -> str:
        return self.gitlab.force_push(ref.number, files, author)

    def branch(self, name: str) -> None:
        self.gitlab.branch(name)

    def write(self, branch: str, path: str, text: str, author: str = "cy") -> str:
        return self.gitlab.write_file(branch, path, text, author)

    def tag(self, name: str, sha: str) -> None:
        self.gitlab.tag(name, sha)

    def retarget(self, ref: Ref, base: str) -> None:
        self.gitlab.retarget(ref.number, base)

    def draft(self, ref: Ref) -> None:
        self.gitlab.set_draft(ref.number, draft=True)

    def close(self, ref: Ref) -> None:
        self.gitlab.close(ref.number)

    def merge(self, ref: Ref) -> None:
        self.gitlab.merge(ref.number, "cy")

    def approve(self, ref: Ref, by: str) -> None:
        self.gitlab.approve(ref.number, by)

    def gate(self, ref: Ref) -> str | None:
        return self.gitlab.gate(ref.number)

    def comments(self, ref: Ref) -> list[str]:
        return self.gitlab.comments(ref.number)

    def say(self, ref: Ref, by: str, text: str) -> None:
        self.gitlab.say(ref.number, by, text)

    def requested(self, ref: Ref) -> set[str]:
        return self.gitlab.requested(ref.number)

    def gates_written(self, ref: Ref) -> int:
        head = self.gitlab.head(ref.number)
        return sum(status.sha == head for status in self.gitlab.statuses)

    @property
    def takeable(self) -> Takeable:
        assert isinstance(self.forge, Takeable)
        return self.forge

    def take_gate(self, ref: Ref, by: str) -> None:
        found = self.gitlab.merge_requests[ref.number]
        self.gitlab.set_status(found.head, "success", by=by, ref=found.source)

    def queue(self, ref: Ref) -> str:
        self.gitlab.settings["merge_trains_enabled"] = True
        return self.gitlab.board_train(ref.number).sha

    def queue_gate(self, sha: str) -> str | None:
        (pipeline,) = (one for one in self.gitlab.pipelines if one.sha == sha)
        return self.gitlab.gate_on(pipeline)


@pytest.fixture
def scene(gitlab: GitLabStandIn, adapter: GitLab) -> GitLabScene:
    return GitLabScene(gitlab, adapter)


class TestReadingGitLab(ReadingContract):
    """GitLab tells what every forge tells."""


class TestWritingGitLab(WritingContract):
    """GitLab does what every forge does."""


class TestQueueOfGitLab(QueueContract):
    """GitLab's merge trains."""


class TestTakingGitLab(TakeableContract):
    """A commit status of GitLab's can be set by others."""
