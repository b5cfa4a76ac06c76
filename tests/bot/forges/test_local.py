"""The forge over a clone: what it must do like every forge, and what people do on it."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest

from bot.clock import StoryClock
from bot.errors import Refused
from bot.forges.local import LocalForge
from bot.git.clone import Clone
from routing.effects import GateState, SetGate
from routing.model import Account, Ref, ReviewState, State
from tests.bot.forges.contract import ReadingContract, Scene, WritingContract
from tests.bot.git.repository import Repository, Signed
from tests.builders import NOW

T = TypeVar("T")


def an_account(login: str) -> Account:
    return Account("local", f"local:{login}", login)


@dataclass
class LocalScene:
    """The contract's scene on a clone. `elsewhere` runs what the forge awaits, beside the test."""

    forge: LocalForge
    repository: Repository
    elsewhere: ThreadPoolExecutor
    project: str = "shop"
    heads: dict[Ref, str] = field(default_factory=dict)

    def _now(self, work: Coroutine[Any, Any, T]) -> T:
        return self.elsewhere.submit(asyncio.run, work).result()

    def open(self, author: str, head: str, files: Mapping[str, str], base: str = "main") -> Ref:
        tip = [self.repository.sha(base)]
        self.repository.commit(files, branch=head, signed=Signed(author), parents=tip)
        ref = self._now(self.forge.open(head, base, "A change", an_account(author)))
        self.heads[ref] = head
        return ref

    def push(self, ref: Ref, files: Mapping[str, str], author: str) -> str:
        return self.repository.commit(files, branch=self.heads[ref], signed=Signed(author))

    def force_push(self, ref: Ref, files: Mapping[str, str], author: str) -> str:
        return self.repository.commit(
            files,
            branch=self.heads[ref],
            signed=Signed(author),
            parents=[self.repository.sha("main")],
        )

    def branch(self, name: str) -> None:
        self.repository.branch(name)

    def write(self, branch: str, path: str, text: str, author: str = "cy") -> str:
        return self.repository.commit({path: text}, branch=branch, signed=Signed(author))

    def tag(self, name: str, sha: str) -> None:
        self.repository.tag(name, sha)

    def retarget(self, ref: Ref, base: str) -> None:
        self.forge.change_request(ref, base=base)

    def draft(self, ref: Ref) -> None:
        self.forge.change_request(ref, draft=True)

    def close(self, ref: Ref) -> None:
        self.forge.end(ref, State.CLOSED)

    def merge(self, ref: Ref) -> None:
        request = self._now(self.forge.change(ref)).merge_request
        gate = SetGate(ref, request.head_sha, request.base_branch, GateState.SUCCESS, "approved")
        self._now(self.forge.set_gate(gate))
        self.forge.end(ref, State.MERGED)

    def approve(self, ref: Ref, by: str) -> None:
        self.forge.review(ref, an_account(by), ReviewState.APPROVED)

    def gate(self, ref: Ref) -> str | None:
        gate = self.forge.gate(ref)
        return gate.value if gate else None

    def comments(self, ref: Ref) -> list[str]:
        return list(self.forge.comments(ref))

    def say(self, ref: Ref, by: str, text: str) -> None:
        self._now(self.forge.comment(ref, text, f"said by {by}"))

    def requested(self, ref: Ref) -> set[str]:
        return set(self.forge.requested(ref))

    def gates_written(self, ref: Ref) -> int:
        """A clone keeps the last gate of a head only."""
        return int(self.forge.gate(ref) is not None)


@pytest.fixture
def clock() -> StoryClock:
    return StoryClock(NOW)


@pytest.fixture
def scene(tmp_path: Path, clock: StoryClock) -> Iterator[LocalScene]:
    repository = Repository(tmp_path / "shop")
    repository.commit({"README.md": "# Shop\n"}, signed=Signed("cy"))
    forge = LocalForge(Clone(repository.path), clock)
    with ThreadPoolExecutor(1) as elsewhere:
        yield LocalScene(forge, repository, elsewhere)


class TestReading(ReadingContract):
    """What it tells."""

    async def test_every_page_of_the_list_is_read(self, scene: Scene) -> None:
        """There are no pages here; the other forges show that they read on."""

    async def test_history_names_who_wrote_these_paths(self, scene: Scene) -> None:
        """A clone is quick to read: the history is told whole, whatever the paths."""
        scene.write("main", "src/pay.py", "1\n", author="bo")
        tip = scene.write("main", "web/page.js", "1\n", author="cy")
        since = NOW - timedelta(days=1)
        changes = await scene.forge.past_changes(scene.project, tip, ["src/pay.py"], since)
        authors = {path: one.authors for one in changes for path, _, _ in one.files}
        assert authors["src/pay.py"] == ("mail:bo@example.com",)

    async def test_history_has_only_what_the_given_commit_stands_on(self, scene: Scene) -> None:
        tip = scene.write("main", "src/pay.py", "1\n", author="bo")
        later = scene.write("main", "src/pay.py", "3\n", author="cy")
        since = NOW - timedelta(days=1)
        changes = await scene.forge.past_changes(scene.project, tip, ["src/pay.py"], since)
        assert tip in {change.id for change in changes}
        assert later not in {change.id for change in changes}

    async def test_a_tag_named_like_the_base_branch_changes_nothing(self, scene: Scene) -> None:
        await super().test_a_tag_named_like_the_base_branch_changes_nothing(scene)


class TestWriting(WritingContract):
    """What it does for us."""

    async def test_a_gate_with_other_words_or_another_address_is_written(
        self, scene: Scene
    ) -> None:
        """A clone keeps the last gate of a head: see below."""

    async def test_one_who_cannot_be_asked_does_not_keep_the_others_out(self, scene: Scene) -> None:
        """Nobody is refused here: a clone has no list of who may read it."""
        ref = scene.open("ana", "feat", {"a.py": "1\n"})
        assert await scene.forge.request_reviewers(ref, ["bo", "nobody"]) == ()


async def test_a_gate_has_the_words_that_were_set_last(scene: LocalScene) -> None:
    ref = scene.open("ana", "feat", {"a.py": "1\n"})
    head = (await scene.forge.change(ref)).merge_request.head_sha
    for words in ("Bo approved.", "Cy approved."):
        await scene.forge.set_gate(SetGate(ref, head, "main", GateState.SUCCESS, words))
        assert scene.forge.gate_description(ref) == words


async def test_what_has_no_open_gate_cannot_be_merged(scene: LocalScene) -> None:
    ref = scene.open("ana", "feat", {"a.py": "1\n"})
    with pytest.raises(Refused, match="its gate is not open"):
        scene.forge.end(ref, State.MERGED)


async def test_an_open_gate_of_an_old_head_does_not_let_the_new_one_pass(
    scene: LocalScene,
) -> None:
    ref = scene.open("ana", "feat", {"a.py": "1\n"})
    head = (await scene.forge.change(ref)).merge_request.head_sha
    await scene.forge.set_gate(SetGate(ref, head, "main", GateState.SUCCESS, "approved"))
    scene.push(ref, {"a.py": "2\n"}, "ana")
    await scene.forge.refresh(ref)
    with pytest.raises(Refused, match="its gate is not open"):
        scene.forge.end(ref, State.MERGED)


async def test_who_has_answered_is_not_asked_any_more(scene: LocalScene) -> None:
    ref = scene.open("ana", "feat", {"a.py": "1\n"})
    await scene.forge.request_reviewers(ref, ["bo", "cy"])
    scene.approve(ref, "bo")
    assert scene.requested(ref) == {"cy"}


async def test_what_was_never_opened_is_refused(scene: LocalScene) -> None:
    ref = Ref("local", "shop", 99)
    with pytest.raises(Refused, match="no merge request 99"):
        await scene.forge.change(ref)
    with pytest.raises(Refused, match="no merge request 99"):
        await scene.forge.reviews(ref)


async def test_a_branch_that_is_not_there_cannot_be_opened(scene: LocalScene) -> None:
    with pytest.raises(Refused, match="nowhere"):
        await scene.forge.open("nowhere", "main", "A change", an_account("ana"))


async def test_each_merge_request_has_a_number_of_its_own(scene: LocalScene) -> None:
    refs = [scene.open("ana", f"feat-{number}", {"a.py": "1\n"}) for number in range(3)]
    assert [ref.number for ref in refs] == [1, 2, 3]
    assert [request.ref for request in scene.forge.requests()] == refs
