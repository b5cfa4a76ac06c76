"""What must not slip past, from the first delivery to the gate: the same on both forges."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import pytest

from routing.model import Ref
from tests.both_forges import GITLAB, BothForges
from tests.world import AI_MESSAGE, GITHUB, POLICY, SLACK

PAYMENT = {"payments/refund.py": "x = 1\n" * 12}
PAGE = {"web/page.md": "Hi\n"}
GLASS = "override: {from: {min_tenure: 3y}}\nrules:\n"


class Side(Protocol):
    """A forge as people use it; `who` are our ids."""

    name: str

    async def opens(self, who: str, files: Mapping[str, str], message: str) -> int:
        """Somebody opens a merge request of one commit."""
        ...

    def gate(self, number: int) -> str | None:
        """What the gate shows on the head."""
        ...

    async def approves(self, who: str, number: int) -> None:
        """Somebody approves there."""
        ...

    async def pushes(self, who: str, number: int, author: str) -> None:
        """Somebody pushes a commit of somebody's."""
        ...

    async def amends(self, who: str, number: int, files: Mapping[str, str]) -> None:
        """Somebody replaces everything by one commit, and rewrites title and description."""
        ...


@dataclass
class OnGitHub:
    """GitHub."""

    world: BothForges
    name: str = "github"

    async def opens(self, who: str, files: Mapping[str, str], message: str) -> int:
        return await self.world.opens(who, files, message=message)

    def gate(self, number: int) -> str | None:
        return self.world.github.gate(number)

    async def approves(self, who: str, number: int) -> None:
        await self.world.reviews(who, number, "APPROVE")

    async def pushes(self, who: str, number: int, author: str) -> None:
        self.world.github.push(number, {"a.md": "1\n"}, GITHUB[author], by=GITHUB[who])
        await self.world.settled()

    async def amends(self, who: str, number: int, files: Mapping[str, str]) -> None:
        self.world.github.force_push(number, dict(files), GITHUB[who], "Retry refunds")
        self.world.github.edit(number, title="Retry refunds", body="By hand.")
        await self.world.settled()


@dataclass
class OnGitLab:
    """GitLab."""

    world: BothForges
    name: str = "gitlab"

    async def opens(self, who: str, files: Mapping[str, str], message: str) -> int:
        self.world.gitlab.open_merge_request(
            GITLAB[who], "feature", files=dict(files), title=message
        )
        await self.world.settled()
        return 1

    def gate(self, number: int) -> str | None:
        return self.world.gitlab.gate(number)

    async def approves(self, who: str, number: int) -> None:
        await self.world.approves_on_gitlab(who, number)

    async def pushes(self, who: str, number: int, author: str) -> None:
        self.world.gitlab.push(number, {"a.md": "1\n"}, GITLAB[author], by=GITLAB[who])
        await self.world.settled()

    async def amends(self, who: str, number: int, files: Mapping[str, str]) -> None:
        self.world.gitlab.force_push(number, dict(files), GITLAB[who], "Retry refunds")
        self.world.gitlab.edit(number, title="Retry refunds", description="By hand.")
        await self.world.settled()


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[BothForges]:
    async with BothForges(tmp_path, policy=POLICY.replace("rules:\n", GLASS, 1)) as world:
        yield world


@pytest.fixture(params=[OnGitHub, OnGitLab])
def side(world: BothForges, request: pytest.FixtureRequest) -> Side:
    found: Side = request.param(world)
    return found


async def test_amending_the_mark_of_ai_away_asks_for_no_less(side: Side) -> None:
    number = await side.opens("ana", PAYMENT, AI_MESSAGE)
    await side.amends("ana", number, PAYMENT)
    await side.approves("kim", number)
    assert side.gate(number) == "pending"
    await side.approves("dana", number)
    assert side.gate(number) == "success"


@pytest.mark.parametrize(("who", "author"), [("dana", "ana"), ("ana", "dana")])
async def test_whoever_pushed_or_wrote_any_of_it_cannot_sign_it(
    side: Side, who: str, author: str
) -> None:
    number = await side.opens("ana", PAGE, "Say hi")
    await side.pushes(who, number, author)
    await side.approves("dana", number)
    assert side.gate(number) == "pending"
    await side.approves("omar", number)
    assert side.gate(number) == "success"


async def test_the_approval_of_somebody_who_leaves_stops_counting_within_minutes(
    side: Side, world: BothForges
) -> None:
    number = await side.opens("ana", PAGE, "Say hi")
    await side.approves("dana", number)
    assert side.gate(number) == "success"
    user = world.slack.workspace.users[SLACK["dana"]]
    world.slack.workspace.add_user(replace(user, deleted=True))
    await world.pass_time(minutes=5)
    await world.pass_time(minutes=5)
    assert side.gate(number) == "pending"


async def test_a_policy_made_stricter_takes_the_success_back(side: Side, world: BothForges) -> None:
    number = await side.opens("ana", PAGE, "Say hi")
    await side.approves("kim", number)
    assert side.gate(number) == "success"
    stricter = POLICY.replace("{anyone: true}", "{min_tenure: 5y}")
    assert stricter != POLICY
    world.policy_file.write_text(stricter, "utf-8")
    await world.pass_time(minutes=1)
    assert side.gate(number) == "pending"


async def test_an_override_takes_two_and_ends_after_an_hour(side: Side, world: BothForges) -> None:
    number = await side.opens("ana", PAYMENT, AI_MESSAGE)
    review = await world.storage.run(
        lambda rooms: rooms.reviews.get(Ref(side.name, "acme/shop", number))
    )
    assert review is not None
    words = f"override {review.url} payments are down"
    await world.slack.people.slash(SLACK["dana"], "#reviews", "/review", words)
    await world.settled()
    await world.clicks("dana", "override.second", world.cards()[0])
    assert side.gate(number) == "pending"
    await world.clicks("omar", "override.second", world.cards()[0])
    assert side.gate(number) == "success"
    await world.pass_time(hours=1)
    assert side.gate(number) == "pending"
