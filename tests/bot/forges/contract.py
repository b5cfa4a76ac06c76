"""What every forge must do, whichever it is: subclass these with a `scene` fixture.

A scene is a forge together with a way to change what is there, as people would.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Protocol

import pytest

from bot.clock import StoryClock
from bot.errors import Refused
from bot.forges.base import Forge
from routing.effects import GateState, SetGate
from routing.model import FileStatus, Ref, ReviewState, State


class Scene(Protocol):
    """A forge with one project that has a branch `main` holding README.md ("# Shop").

    The people ana, bo and cy may write there; their addresses are LOGIN@example.com. `dee` has
    an account but no access.
    """

    forge: Forge
    project: str

    def open(self, author: str, head: str, files: Mapping[str, str], base: str = "main") -> Ref:
        """Push a branch and open a merge request."""
        ...

    def push(self, ref: Ref, files: Mapping[str, str], author: str) -> str:
        """Push a commit; returns the new head."""
        ...

    def force_push(self, ref: Ref, files: Mapping[str, str], author: str) -> str:
        """Replace the branch by one commit; returns the new head."""
        ...

    def branch(self, name: str) -> None:
        """Make a branch where main is."""
        ...

    def write(self, branch: str, path: str, text: str, author: str = "cy") -> str:
        """Commit a file to a branch; returns the SHA."""
        ...

    def tag(self, name: str, sha: str) -> None:
        """Tag a commit."""
        ...

    def retarget(self, ref: Ref, base: str) -> None:
        """Point the merge request at another base."""
        ...

    def draft(self, ref: Ref) -> None:
        """Say that it is not ready."""
        ...

    def close(self, ref: Ref) -> None:
        """Close without merging."""
        ...

    def merge(self, ref: Ref) -> None:
        """Merge it."""
        ...

    def approve(self, ref: Ref, by: str) -> None:
        """Leave an approving review."""
        ...

    def gate(self, ref: Ref) -> str | None:
        """What the gate shows on the head."""
        ...

    def comments(self, ref: Ref) -> list[str]:
        """What people read in the conversation."""
        ...

    def say(self, ref: Ref, by: str, text: str) -> None:
        """Comment as somebody."""
        ...

    def requested(self, ref: Ref) -> set[str]:
        """Whose review is requested."""
        ...

    def gates_written(self, ref: Ref) -> int:
        """How many statuses stand on the head, old ones included."""
        ...


def _a_minute_passes(clock: StoryClock) -> None:
    clock.move_to(clock.now() + timedelta(minutes=1))


class ReadingContract:
    """What a forge tells."""

    async def test_an_open_merge_request_is_listed(self, scene: Scene) -> None:
        ref = scene.open("ana", "feat", {"a.py": "1\n"})
        assert list(await scene.forge.open_merge_requests(scene.project)) == [ref]

    async def test_a_draft_is_listed_too(self, scene: Scene) -> None:
        ref = scene.open("ana", "feat", {"a.py": "1\n"})
        scene.draft(ref)
        assert list(await scene.forge.open_merge_requests(scene.project)) == [ref]
        assert (await scene.forge.change(ref)).merge_request.draft

    async def test_a_closed_merge_request_is_not_listed(self, scene: Scene) -> None:
        scene.close(scene.open("ana", "feat", {"a.py": "1\n"}))
        assert list(await scene.forge.open_merge_requests(scene.project)) == []

    async def test_every_page_of_the_list_is_read(self, scene: Scene) -> None:
        refs = [scene.open("ana", f"feat-{number}", {"a.py": "1\n"}) for number in range(101)]
        assert set(await scene.forge.open_merge_requests(scene.project)) == set(refs)

    async def test_a_change_has_its_author_files_and_commits(self, scene: Scene) -> None:
        ref = scene.open("ana", "feat", {"src/a.py": "one\ntwo\n"})
        scene.push(ref, {"README.md": "# The shop\n"}, "bo")
        change = await scene.forge.change(ref)
        assert change.merge_request.author.login == "ana"
        seen = {(file.path, file.status, file.additions, file.deletions) for file in change.files}
        assert seen == {
            ("src/a.py", FileStatus.ADDED, 2, 0),
            ("README.md", FileStatus.MODIFIED, 1, 1),
        }
        assert [commit.author.email for commit in change.commits] == [
            "ana@example.com",
            "bo@example.com",
        ]
        assert change.commits[-1].sha == change.merge_request.head_sha
        assert change.gaps == ()

    async def test_the_patch_shows_what_changed(self, scene: Scene) -> None:
        ref = scene.open("ana", "feat", {"a.py": "one\n"})
        (file,) = (await scene.forge.change(ref)).files
        assert file.status is FileStatus.ADDED
        assert file.patch is not None
        assert "+one" in file.patch.split("\n")

    async def test_a_push_moves_the_head(self, scene: Scene) -> None:
        ref = scene.open("ana", "feat", {"a.py": "1\n"})
        before = (await scene.forge.change(ref)).merge_request.head_sha
        head = scene.push(ref, {"a.py": "2\n"}, "ana")
        assert (await scene.forge.change(ref)).merge_request.head_sha == head != before

    async def test_a_force_push_leaves_only_the_new_commit(self, scene: Scene) -> None:
        ref = scene.open("ana", "feat", {"a.py": "1\n"})
        head = scene.force_push(ref, {"b.py": "2\n"}, "bo")
        change = await scene.forge.change(ref)
        assert [commit.sha for commit in change.commits] == [head]
        assert change.paths == ("b.py",)

    async def test_another_base_is_seen(self, scene: Scene) -> None:
        scene.branch("release")
        ref = scene.open("ana", "feat", {"a.py": "1\n"})
        scene.retarget(ref, "release")
        assert (await scene.forge.change(ref)).merge_request.base_branch == "release"

    async def test_the_base_commit_is_the_tip_of_the_base_branch_now(self, scene: Scene) -> None:
        ref = scene.open("ana", "feat", {"a.py": "1\n"})
        tip = scene.write("main", "policy.yml", "version: 1\n")
        assert (await scene.forge.change(ref)).merge_request.base_sha == tip

    async def test_a_tag_named_like_the_base_branch_changes_nothing(self, scene: Scene) -> None:
        ref = scene.open("ana", "feat", {"policy.yml": "lenient\n"})
        tip = scene.write("main", "policy.yml", "strict\n")
        scene.tag("main", (await scene.forge.change(ref)).merge_request.head_sha)
        assert (await scene.forge.change(ref)).merge_request.base_sha == tip
        text = await scene.forge.read_file(scene.project, "main", tip, "policy.yml")
        assert text == "strict\n"

    async def test_merged_and_closed_are_told_apart(self, scene: Scene) -> None:
        merged = scene.open("ana", "one", {"a.py": "1\n"})
        closed = scene.open("ana", "two", {"b.py": "1\n"})
        scene.merge(merged)
        scene.close(closed)
        assert (await scene.forge.change(merged)).merge_request.state is State.MERGED
        assert (await scene.forge.change(closed)).merge_request.state is State.CLOSED

    async def test_a_missing_merge_request_is_refused(self, scene: Scene) -> None:
        ref = scene.open("ana", "feat", {"a.py": "1\n"})
        with pytest.raises(Refused):
            await scene.forge.change(Ref(ref.forge, ref.project, 4711))

    async def test_a_project_that_is_not_configured_is_refused(self, scene: Scene) -> None:
        with pytest.raises(Refused):
            await scene.forge.open_merge_requests("somebody/else")

    async def test_a_file_that_is_not_there_is_none(self, scene: Scene) -> None:
        tip = scene.write("main", "policy.yml", "version: 1\n")
        assert await scene.forge.read_file(scene.project, "main", tip, "none.yml") is None

    async def test_an_earlier_commit_of_the_branch_can_be_read(self, scene: Scene) -> None:
        old = scene.write("main", "policy.yml", "version: 1\n")
        scene.write("main", "policy.yml", "version: 2\n")
        text = await scene.forge.read_file(scene.project, "main", old, "policy.yml")
        assert text == "version: 1\n"

    async def test_an_approval_tells_who_and_at_which_head(self, scene: Scene) -> None:
        ref = scene.open("ana", "feat", {"a.py": "1\n"})
        seen = (await scene.forge.change(ref)).merge_request.head_sha
        scene.approve(ref, "bo")
        scene.push(ref, {"a.py": "2\n"}, "ana")
        (review,) = await scene.forge.reviews(ref)
        assert (review.account.login, review.state, review.sha) == (
            "bo",
            ReviewState.APPROVED,
            seen,
        )

    async def test_an_approval_tells_for_which_base_it_was_left(
        self, scene: Scene, clock: StoryClock
    ) -> None:
        scene.branch("release")
        ref = scene.open("ana", "feat", {"a.py": "1\n"}, base="release")
        scene.approve(ref, "bo")
        _a_minute_passes(clock)
        scene.retarget(ref, "main")
        _a_minute_passes(clock)
        scene.approve(ref, "cy")
        bases = {one.account.login: one.base for one in await scene.forge.reviews(ref)}
        assert bases == {"bo": "release", "cy": "main"}

    async def test_a_way_there_and_back_is_remembered(
        self, scene: Scene, clock: StoryClock
    ) -> None:
        scene.branch("release")
        ref = scene.open("ana", "feat", {"a.py": "1\n"})
        _a_minute_passes(clock)
        scene.retarget(ref, "release")
        _a_minute_passes(clock)
        scene.approve(ref, "bo")
        _a_minute_passes(clock)
        scene.retarget(ref, "main")
        (review,) = await scene.forge.reviews(ref)
        assert review.base == "release"

    async def test_history_names_who_wrote_these_paths(self, scene: Scene) -> None:
        scene.write("main", "src/pay.py", "1\n", author="bo")
        tip = scene.write("main", "web/page.js", "1\n", author="cy")
        opened = (await scene.forge.change(scene.open("ana", "feat", {"x": "1\n"}))).merge_request
        changes = await scene.forge.past_changes(
            scene.project, tip, ["src/pay.py"], opened.opened_at - timedelta(days=1)
        )
        assert [change.authors for change in changes] == [("mail:bo@example.com",)]
        assert "src/pay.py" in {path for path, _, _ in changes[0].files}

    async def test_history_has_only_what_the_given_commit_stands_on(self, scene: Scene) -> None:
        tip = scene.write("main", "src/pay.py", "1\n", author="bo")
        ref = scene.open("ana", "feat", {"src/pay.py": "2\n"})
        scene.write("main", "src/pay.py", "3\n", author="cy")
        opened = (await scene.forge.change(ref)).merge_request.opened_at
        changes = await scene.forge.past_changes(
            scene.project, tip, ["src/pay.py"], opened - timedelta(days=1)
        )
        assert [change.id for change in changes] == [tip]


class WritingContract:
    """What a forge does for us: each thing once, however often it is asked."""

    def gate_of(
        self, ref: Ref, sha: str, state: GateState = GateState.SUCCESS, base: str = "main"
    ) -> SetGate:
        return SetGate(ref, sha, base, state, "Bo Lindqvist approved.", "https://c.test/reviews")

    async def test_the_gate_shows_what_was_set(self, scene: Scene) -> None:
        ref = scene.open("ana", "feat", {"a.py": "1\n"})
        head = (await scene.forge.change(ref)).merge_request.head_sha
        assert await scene.forge.set_gate(self.gate_of(ref, head, GateState.PENDING))
        assert scene.gate(ref) == "pending"
        assert await scene.forge.set_gate(self.gate_of(ref, head))
        assert scene.gate(ref) == "success"

    async def test_setting_the_same_gate_again_writes_nothing(self, scene: Scene) -> None:
        ref = scene.open("ana", "feat", {"a.py": "1\n"})
        head = (await scene.forge.change(ref)).merge_request.head_sha
        for _ in range(3):
            assert await scene.forge.set_gate(self.gate_of(ref, head))
        assert scene.gates_written(ref) == 1

    async def test_a_gate_with_other_words_or_another_address_is_written(
        self, scene: Scene
    ) -> None:
        ref = scene.open("ana", "feat", {"a.py": "1\n"})
        head = (await scene.forge.change(ref)).merge_request.head_sha
        gate = self.gate_of(ref, head)
        reworded = replace(gate, description="Cy approved.")
        for changed in (gate, reworded, replace(reworded, url=None)):
            assert await scene.forge.set_gate(changed)
        assert scene.gates_written(ref) == 3

    async def test_a_success_for_an_old_head_is_not_set(self, scene: Scene) -> None:
        ref = scene.open("ana", "feat", {"a.py": "1\n"})
        old = (await scene.forge.change(ref)).merge_request.head_sha
        scene.push(ref, {"a.py": "2\n"}, "ana")
        assert not await scene.forge.set_gate(self.gate_of(ref, old))
        assert scene.gate(ref) is None

    async def test_a_success_for_another_base_is_not_set(self, scene: Scene) -> None:
        scene.branch("release")
        ref = scene.open("ana", "feat", {"a.py": "1\n"})
        head = (await scene.forge.change(ref)).merge_request.head_sha
        scene.retarget(ref, "release")
        assert not await scene.forge.set_gate(self.gate_of(ref, head, base="main"))
        assert scene.gate(ref) is None

    async def test_a_success_for_a_closed_merge_request_is_not_set(self, scene: Scene) -> None:
        ref = scene.open("ana", "feat", {"a.py": "1\n"})
        head = (await scene.forge.change(ref)).merge_request.head_sha
        scene.close(ref)
        assert not await scene.forge.set_gate(self.gate_of(ref, head))
        assert scene.gate(ref) is None

    async def test_a_draft_may_have_a_success(self, scene: Scene) -> None:
        ref = scene.open("ana", "feat", {"a.py": "1\n"})
        scene.draft(ref)
        head = (await scene.forge.change(ref)).merge_request.head_sha
        assert await scene.forge.set_gate(self.gate_of(ref, head))

    async def test_closing_the_gate_of_an_old_head_is_allowed(self, scene: Scene) -> None:
        ref = scene.open("ana", "feat", {"a.py": "1\n"})
        old = (await scene.forge.change(ref)).merge_request.head_sha
        scene.push(ref, {"a.py": "2\n"}, "ana")
        assert await scene.forge.set_gate(self.gate_of(ref, old, GateState.PENDING))

    async def test_asked_reviewers_are_requested(self, scene: Scene) -> None:
        ref = scene.open("ana", "feat", {"a.py": "1\n"})
        assert await scene.forge.request_reviewers(ref, ["bo", "cy"]) == ()
        assert scene.requested(ref) == {"bo", "cy"}
        assert await scene.forge.requested_reviewers(ref) == {"bo", "cy"}

    async def test_one_who_cannot_be_asked_does_not_keep_the_others_out(self, scene: Scene) -> None:
        ref = scene.open("ana", "feat", {"a.py": "1\n"})
        refused = await scene.forge.request_reviewers(ref, ["bo", "dee", "nobody", "cy"])
        assert refused == ("dee", "nobody")
        assert scene.requested(ref) == {"bo", "cy"}

    async def test_withdrawing_leaves_the_others_asked(self, scene: Scene) -> None:
        ref = scene.open("ana", "feat", {"a.py": "1\n"})
        await scene.forge.request_reviewers(ref, ["bo", "cy"])
        await scene.forge.withdraw_reviewers(ref, ["bo", "dee"])
        assert scene.requested(ref) == {"cy"}

    async def test_a_comment_is_posted_once_for_each_key(self, scene: Scene) -> None:
        ref = scene.open("ana", "feat", {"a.py": "1\n"})
        for key in ("one", "two", "one"):
            await scene.forge.comment(ref, f"The text of {key}.", key)
        first, second = scene.comments(ref)
        assert "The text of one." in first
        assert "The text of two." in second

    async def test_somebody_elses_copy_of_our_marker_silences_nothing(self, scene: Scene) -> None:
        ref = scene.open("ana", "feat", {"a.py": "1\n"})
        await scene.forge.comment(ref, "First.", "one")
        (ours,) = scene.comments(ref)
        other = scene.open("ana", "other", {"a.py": "1\n"})
        scene.say(other, "ana", ours)
        await scene.forge.comment(other, "First.", "one")
        assert len(scene.comments(other)) == 2

    async def test_a_marker_in_what_we_repeat_silences_nothing(self, scene: Scene) -> None:
        ref = scene.open("ana", "feat", {"a.py": "1\n"})
        await scene.forge.comment(ref, "First.", "one")
        (ours,) = scene.comments(ref)
        other = scene.open("ana", "other", {"a.py": "1\n"})
        await scene.forge.comment(other, ours, "two")
        await scene.forge.comment(other, "First.", "one")
        assert len(scene.comments(other)) == 2
