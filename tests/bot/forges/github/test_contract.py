"""GitHub, by stock PyGithub against a stand-in that keeps state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from bot.forges.base import Forge, Takeable
from bot.forges.github.adapter import GitHub
from routing.model import Ref
from tests.bot.forges.contract import ReadingContract, WritingContract
from tests.bot.forges.contract_of_gates import QueueContract, TakeableContract
from tests.standins.github.site import GitHubStandIn


@dataclass
class GitHubScene:
    """The contract's scene, on the stand-in."""

    github: GitHubStandIn
    forge: Forge
    project: str = "acme/shop"

    def open(self, author: str, head: str, files: Mapping[str, str], base: str = "main") -> Ref:
        number = self.github.open_pull(author, head, base=base, files=files)
        return Ref("github", self.project, number)

    def push(self, ref: Ref, files: Mapping[str, str], author: str) -> str:
        return self.github.push(ref.number, files, author)

    def force_push(self, ref: Ref, files: Mapping[str, str], author: str) -> str:
        return self.github.force_push(ref.number, files, author)

    def branch(self, name: str) -> None:
        self.github.branch(name)

    def write(self, branch: str, path: str, text: str, author: str = "cy") -> str:
        return self.github.write_file(branch, path, text, author)

    def tag(self, name: str, sha: str) -> None:
        self.github.tag(name, sha)

    def retarget(self, ref: Ref, base: str) -> None:
        self.github.retarget(ref.number, base)

    def draft(self, ref: Ref) -> None:
        self.github.convert_to_draft(ref.number)

    def close(self, ref: Ref) -> None:
        self.github.close(ref.number)

    def merge(self, ref: Ref) -> None:
        self.github.merge(ref.number, "cy")

    def approve(self, ref: Ref, by: str) -> None:
        self.github.review(ref.number, by, "APPROVE")

    def gate(self, ref: Ref) -> str | None:
        return self.github.gate(ref.number)

    def comments(self, ref: Ref) -> list[str]:
        return self.github.comments(ref.number)

    def say(self, ref: Ref, by: str, text: str) -> None:
        self.github.say(ref.number, by, text)

    def requested(self, ref: Ref) -> set[str]:
        return self.github.requested(ref.number)

    def gates_written(self, ref: Ref) -> int:
        return len(self.github.statuses.get(self.github.head(ref.number), []))

    @property
    def takeable(self) -> Takeable:
        assert isinstance(self.forge, Takeable)
        return self.forge

    def take_gate(self, ref: Ref, by: str) -> None:
        self.github.set_status(self.github.head(ref.number), "success", by=by)

    def queue(self, ref: Ref) -> str:
        return self.github.queue(ref.number)

    def queue_gate(self, sha: str) -> str | None:
        return self.github.status_of(sha)


@pytest.fixture
def scene(github: GitHubStandIn, forge: GitHub) -> GitHubScene:
    return GitHubScene(github, forge)


class TestReadingGitHub(ReadingContract):
    """GitHub tells what every forge tells."""


class TestWritingGitHub(WritingContract):
    """GitHub does what every forge does."""


class TestQueueOfGitHub(QueueContract):
    """GitHub's merge queue."""


class TestTakingGitHub(TakeableContract):
    """A commit status of GitHub's can be set by others."""
