"""The whole bot between a playground workspace and a forge in memory, for the benches of Slack."""

from __future__ import annotations

from pathlib import Path
from typing import Self

from aiohttp import web

from bot.app import Countersign, Edges
from bot.clock import Clock
from bot.doctor import channels_of
from bot.playground.nouns import User
from bot.playground.server import Playground
from bot.policies import Policies
from bot.slack.client import open_client
from bot.web.server import runner_of
from routing.events import MergeRequestTouched
from routing.model import Change
from storage.database import Storage
from tests.bot.fakes import MemoryForge, files_in


class Workplace:
    """Everybody of the people file is in the workspace, and in every channel of the policy.

    Slack is spoken with by stock `slack_sdk` and Bolt over HTTP; only the forge is a fake.
    """

    def __init__(
        self, folder: Path, files: tuple[str, str], clock: Clock, forge: MemoryForge
    ) -> None:
        policy, people = files
        self.clock = clock
        self.forge = forge
        self.slack = Playground(clock)
        self.storage = Storage(folder / "countersign.db")
        self.policies: Policies = files_in(folder, policy, people)
        self._deliveries = 0

    async def __aenter__(self) -> Self:
        await self.slack.start()
        users = [one.slack for one in self.policies.current.people if one.slack is not None]
        for user in users:
            self.slack.workspace.add_user(User(user, user.lower(), user))
        for channel in channels_of(self.policies.current.policy):
            self.slack.workspace.add_channel(channel, users)
        client = open_client(self.slack.bot_token, self.slack.api_url)
        edges = Edges({self.forge.name: self.forge}, client, self.slack.signing_secret)
        self.bot = Countersign(edges, self.storage, self.policies, self.clock)
        await self.bot.start()
        self._runner = runner_of(self.bot.web)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.slack.deliver_to(f"http://127.0.0.1:{self._runner.addresses[0][1]}/slack/events")
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()
        await self.bot.stop()
        await self.slack.stop()
        self.storage.close()

    async def delivers(self, change: Change) -> None:
        """The merge request looks like this from now on, and the forge says so."""
        self.forge.shows(change)
        await self.delivers_again(change)

    async def delivers_again(self, change: Change) -> None:
        """Something about the merge request is another than before."""
        self._deliveries += 1
        key, event = f"delivery {self._deliveries}", MergeRequestTouched(change.merge_request.ref)
        now = self.clock.now()
        await self.storage.run(lambda rooms: rooms.inbox.put(key, event, now))
        self.bot.nudge()
