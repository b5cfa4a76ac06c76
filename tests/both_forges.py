"""The world of the end-to-end tests with a GitLab beside the GitHub, and one bot for both.

What a test does on GitHub it does by `World`; the methods here are the same for GitLab.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from bot.allowance import Allowance
from bot.forges.base import Forge
from bot.forges.gitlab.adapter import open_gitlab
from bot.forges.gitlab.webhooks import GitLabHook
from bot.forges.hooks import Hook
from routing.model import Ref
from tests.standins.gitlab.site import GitLabStandIn
from tests.world import PEOPLE, POLICY, World

GITLAB = {"ana": "ana.ito", "dana": "dana.ng", "omar": "omar.d", "kim": "kim.roy"}
SIGNING = "whsec_" + base64.b64encode(b"a signing secret of the tests").decode()


class BothForges(World):
    """Use as `async with BothForges(tmp_path) as world`."""

    def __init__(self, folder: Path, *, policy: str = POLICY, people: str = PEOPLE) -> None:
        super().__init__(folder, policy=policy, people=people)
        self.gitlab = GitLabStandIn(now=self._moment, bot="project_1_bot_0a1b")

    def _moment(self) -> datetime:
        """A moment later than every other: GitLab tells the order of things by their times."""
        self.clock.move_to(self.clock.now() + timedelta(milliseconds=1))
        return self.clock.now()

    async def __aenter__(self) -> Self:
        """Start everything."""
        await self.gitlab.__aenter__()
        for who, login in GITLAB.items():
            self.gitlab.add_person(login, email=f"{who}@example.com")
        return await super().__aenter__()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop everything."""
        await super().__aexit__(kind, error, trace)
        await self.gitlab.__aexit__(kind, error, trace)

    def open_forges(self) -> list[tuple[Forge, Hook]]:
        """A GitHub and a GitLab."""
        forge = open_gitlab(
            [self.gitlab.path],
            token=self.gitlab.token,
            url=self.gitlab.url,
            allowance=Allowance(self.clock, self.limits.get("gitlab", ())),
        )
        return [*super().open_forges(), (forge, GitLabHook("gitlab", [SIGNING], ["acme/shop"]))]

    def connect_hooks(self) -> None:
        """Have both deliver to the bot."""
        super().connect_hooks()
        self.gitlab.hooks_to(f"{self.url}/webhooks/gitlab", SIGNING, automatic=True)

    async def settled(self) -> None:
        """Return once every delivery has arrived and everything due is done."""
        await self.gitlab.quiet()
        await super().settled()

    # What people do on GitLab.

    async def opens_on_gitlab(
        self,
        who: str,
        files: Mapping[str, str],
        *,
        message: str = "Retry refunds",
        source: str = "feature",
    ) -> int:
        """Somebody opens a merge request; returns its number."""
        iid = self.gitlab.open_merge_request(
            GITLAB[who], source, files=dict(files), title=message.split("\n", 1)[0],
            description=message,
        )  # fmt: skip
        await self.settled()
        return iid

    async def pushes_to_gitlab(self, who: str, iid: int, files: Mapping[str, str]) -> None:
        """Somebody pushes to it."""
        self.gitlab.push(iid, dict(files), GITLAB[who])
        await self.settled()

    async def approves_on_gitlab(self, who: str, iid: int) -> None:
        """Somebody approves it there."""
        self.gitlab.approve(iid, GITLAB[who])
        await self.settled()

    async def gitlab_kinds(self, iid: int) -> list[str]:
        """The kinds of its ledger entries, in order."""
        ref = str(Ref("gitlab", "acme/shop", iid))
        entries = await self.storage.run(lambda rooms: list(rooms.ledger.entries(ref)))
        return [entry.kind for entry in entries]
