"""What forges must do whose gates others can say as well, or that make commits of their own.

Subclass these with a `scene` fixture, as those of `contract`.
"""

from __future__ import annotations

from typing import Protocol

from bot.forges.base import Takeable
from routing.effects import GateState, SetGate
from routing.model import Ref, SaidByOthers
from tests.bot.forges.contract import Scene


class QueueScene(Scene, Protocol):
    """A scene on a forge that makes commits of its own of what waits to be merged."""

    def queue(self, ref: Ref) -> str:
        """Have the merge request wait; returns the SHA of the commit that is made of it."""
        ...

    def queue_gate(self, sha: str) -> str | None:
        """What the gate shows on such a commit."""
        ...


class TakeableScene(Scene, Protocol):
    """A scene on a forge where others can say our gate."""

    @property
    def takeable(self) -> Takeable:
        """The forge."""
        ...

    def take_gate(self, ref: Ref, by: str) -> None:
        """Set our status to success, as somebody who may push."""
        ...


class TakeableContract:
    """What a forge tells where others can say our gate as well."""

    async def test_our_own_gate_and_none_at_all_are_nobody_elses(
        self, scene: TakeableScene
    ) -> None:
        ref = scene.open("ana", "feat", {"a.py": "1\n"})
        head = (await scene.forge.change(ref)).merge_request.head_sha
        assert await scene.takeable.said_by_others(ref, head) is None
        await scene.forge.set_gate(SetGate(ref, head, "main", GateState.PENDING, "Who approves?"))
        assert await scene.takeable.said_by_others(ref, head) is None

    async def test_whoever_says_it_in_our_place_is_named_until_we_say_it_again(
        self, scene: TakeableScene
    ) -> None:
        ref = scene.open("ana", "feat", {"a.py": "1\n"})
        head = (await scene.forge.change(ref)).merge_request.head_sha
        gate = SetGate(ref, head, "main", GateState.PENDING, "Who approves?")
        await scene.forge.set_gate(gate)
        scene.take_gate(ref, "bo")
        assert await scene.takeable.said_by_others(ref, head) == SaidByOthers("success", "bo")
        await scene.forge.set_gate(gate)
        assert await scene.takeable.said_by_others(ref, head) is None
        assert scene.gate(ref) == "pending"


class QueueContract:
    """What a forge does with the gate of a commit that it made itself, to be merged."""

    async def gate_of(self, scene: QueueScene, ref: Ref, sha: str, state: GateState) -> SetGate:
        head = (await scene.forge.change(ref)).merge_request.head_sha
        return SetGate(ref, sha, "main", state, "Bo Lindqvist approved.", head=head)

    async def test_the_gate_stands_there_and_not_on_the_head(self, scene: QueueScene) -> None:
        ref = scene.open("ana", "feat", {"a.py": "1\n"})
        sha = scene.queue(ref)
        for state in (GateState.PENDING, GateState.SUCCESS, GateState.FAILURE):
            assert await scene.forge.set_gate(await self.gate_of(scene, ref, sha, state))
            assert scene.queue_gate(sha) == state.value
        assert scene.gates_written(ref) == 0

    async def test_a_success_for_a_head_that_was_left_is_not_set(self, scene: QueueScene) -> None:
        ref = scene.open("ana", "feat", {"a.py": "1\n"})
        sha = scene.queue(ref)
        gate = await self.gate_of(scene, ref, sha, GateState.SUCCESS)
        scene.push(ref, {"a.py": "2\n"}, "ana")
        assert not await scene.forge.set_gate(gate)
        assert scene.queue_gate(sha) is None

    async def test_a_success_for_another_base_is_not_set(self, scene: QueueScene) -> None:
        scene.branch("release")
        ref = scene.open("ana", "feat", {"a.py": "1\n"})
        sha = scene.queue(ref)
        gate = await self.gate_of(scene, ref, sha, GateState.SUCCESS)
        scene.retarget(ref, "release")
        assert not await scene.forge.set_gate(gate)
        assert scene.queue_gate(sha) is None

    async def test_shutting_it_for_a_head_that_was_left_is_allowed(self, scene: QueueScene) -> None:
        ref = scene.open("ana", "feat", {"a.py": "1\n"})
        sha = scene.queue(ref)
        gate = await self.gate_of(scene, ref, sha, GateState.FAILURE)
        scene.push(ref, {"a.py": "2\n"}, "ana")
        assert await scene.forge.set_gate(gate)
        assert scene.queue_gate(sha) == "failure"
