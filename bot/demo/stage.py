"""The stage: the playground's Slack, a local forge over the demo's repository, and the bot."""

from __future__ import annotations

import socket
import tempfile
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from aiohttp import web

from bot.app import Countersign, Edges, Front
from bot.clock import StoryClock
from bot.demo.changes import change_routes
from bot.demo.repository import Commit, write_commits, write_empty_commit
from bot.demo.setting import CHANNEL, Setting, branch_of, story
from bot.forges.local import LocalForge
from bot.git.clone import Clone
from bot.git.main_line import Landed
from bot.playground.nouns import Message, User
from bot.playground.rendering import render_message_text
from bot.playground.server import Playground
from bot.slack.client import open_client
from bot.slack.commands import WORDS
from bot.slack.links import ROUTE
from bot.story_time import played_out
from bot.web.server import runner_of
from routing.events import MergeRequestTouched
from routing.forge_words import short_name
from routing.model import Account, Ref, ReviewState, State
from routing.people import Person
from storage.database import Storage

GITHUB = "github"


def slack_id(who: str) -> str:
    """Somebody's user id in the playground."""
    return f"U0{who.upper()}"


@dataclass
class Stage:
    """Everything that is there, and what the people of the story do with it.

    `pages` is where the bot's own pages are.
    """

    clock: StoryClock
    slack: Playground
    forge: LocalForge
    bot: Countersign
    storage: Storage
    setting: Setting
    pages: str
    deliveries: int = 0

    async def opens(self, who: str, branch: str, commit: Commit, title: str) -> Ref:
        """Somebody pushes a branch and opens a merge request."""
        await write_commits(self.setting.path, branch, [commit])
        ref = await self.forge.open(branch, self.setting.branch, title, self._account(who))
        await self.touched(ref)
        return ref

    async def reopens(self, change: Landed) -> Ref:
        """Somebody opens a change again that has landed, against the base it had then."""
        email, name = change.email.lower(), self.forge.name
        people = {mail: one.id for one in self.setting.people for mail in one.emails}
        known = people.get(email)
        author = self._account(known) if known else Account(name, email, change.author)
        branch = self.setting.branch
        ref = await self.forge.open(branch_of(change), branch, change.title, author)
        self.forge.pin_base(ref, change.parents[0])
        await self.touched(ref)
        return ref

    async def pushes(self, ref: Ref, commit: Commit) -> None:
        """Somebody pushes to the branch of a merge request."""
        request = await self.forge.refresh(ref)
        await write_commits(self.setting.path, request.head_branch, [commit])
        await self.forge.refresh(ref)
        await self.touched(ref)

    async def pushes_again(self, ref: Ref, change: Landed) -> None:
        """The author of a change that is open again pushes a commit without files: a new head."""
        request, author = await self.forge.refresh(ref), f"{change.author} <{change.email}>"
        await write_empty_commit(self.setting.path, request.head_branch, author, self.clock.now())
        await self.forge.refresh(ref)
        await self.touched(ref)

    async def reviews(self, who: str, ref: Ref, state: ReviewState) -> None:
        """Somebody reviews on the forge."""
        self.forge.review(ref, self._account(who), state)
        await self.touched(ref)

    async def ends(self, ref: Ref, state: State) -> None:
        """A merge request is merged or closed."""
        self.forge.end(ref, state)
        await self.touched(ref)

    async def clicks(self, who: str, message: Message, action: str) -> None:
        """Somebody presses a button of a message."""
        await self.slack.people.click(
            slack_id(who), message.channel, message.ts, f"review.{action}"
        )
        await played_out(self.bot, self.clock)

    async def submits(self, who: str, **filled: str) -> dict[str, str]:
        """Somebody fills in the dialog before them; returns the errors it shows."""
        user = slack_id(who)
        # A dialog opens after the click is acknowledged, as it does in Slack.
        await self.slack.until(lambda: self.slack.workspace.view_of(user))
        errors = await self.slack.people.submit_view(user, filled)
        await played_out(self.bot, self.clock)
        return errors

    async def commands(self, who: str, text: str) -> None:
        """Somebody types `/review …` in the channel."""
        await self.slack.people.slash(slack_id(who), CHANNEL, "/review", text)

    async def pass_time(self, span: timedelta) -> None:
        """Let time pass, and the bot do what has become due."""
        self.clock.move_to(self.clock.now() + span)
        await self.bot.schedule.tick()
        await played_out(self.bot, self.clock)

    async def touched(self, ref: Ref) -> None:
        """The forge says that something happened, and the bot does what follows."""
        self.deliveries += 1
        key, now = f"local delivery {self.deliveries}", self.clock.now()
        await self.storage.run(lambda rooms: rooms.inbox.put(key, MergeRequestTouched(ref), now))
        self.bot.nudge()
        await played_out(self.bot, self.clock)

    def text(self, message: Message) -> str:
        """A message as people read it."""
        return render_message_text(
            message, {str(one.slack): one.name for one in self.setting.people}
        )

    def messages(self) -> list[Message]:
        """Everything anybody can see: channel, threads, direct messages, ephemeral ones."""
        workspace = self.slack.workspace
        timelines = (workspace.timeline(channel) for channel in workspace.channels)
        return sorted(
            (message for timeline in timelines for message in timeline),
            key=lambda message: message.ts,
        )

    def card(self, ref: Ref) -> Message:
        """The card of a merge request."""
        name = f"{short_name(ref)} "
        return next(
            message
            for message in self.slack.workspace.messages(CHANNEL)
            if self.text(message).startswith(name)
        )

    def asked(self, ref: Ref) -> str:
        """Who is asked on the forge to review a merge request (the first by name)."""
        logins, name = self.forge.requested(ref), self.forge.name
        people = self.setting.people
        return min(person.id for person in people if person.logins[name] in logins)

    def _account(self, who: str) -> Account:
        people = {person.id: person for person in self.setting.people}
        name = self.forge.name
        return Account(name, f"{name}:{who}", people[who].logins[name])


@asynccontextmanager
async def set_stage(
    clock: StoryClock, port: int = 0, setting: Setting | None = None
) -> AsyncIterator[Stage]:
    """Put everything up, in the story's setting where none is given, and take it away again."""
    async with AsyncExitStack() as stack:
        if setting is None:
            setting = await stack.enter_async_context(story(clock.now(), GITHUB))
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="countersign-demo-"))
        storage = Storage(Path(folder) / "countersign.db")
        stack.callback(storage.close)
        forge = LocalForge(Clone(setting.path), clock, setting.project, setting.forge)
        slack = Playground(clock, port)
        slack.workspace.commands = {f"/review {word}": about for word, about in WORDS.items()}
        slack.workspace.shortcuts = {ROUTE: "Route this"}
        slack.more_routes += change_routes(forge)
        await stack.enter_async_context(slack)
        _let_in(slack, setting.people)
        forge.url = f"{slack.base_url}/changes"
        door = socket.create_server(("127.0.0.1", port + 1 if port else 0))
        pages = f"http://127.0.0.1:{door.getsockname()[1]}"
        edges = Edges(
            forges={forge.name: forge},
            slack=open_client(slack.bot_token, slack.api_url),
            app_token=slack.app_token,
            front=Front(pages, slack_app=(slack.openid.client_id, slack.openid.client_secret)),
        )
        bot = Countersign(edges, storage, setting.policies, clock)
        await stack.enter_async_context(bot)
        await stack.enter_async_context(_open(bot.web, door))
        await played_out(bot, clock)
        yield Stage(clock, slack, forge, bot, storage, setting, pages)


@asynccontextmanager
async def _open(application: web.Application, door: socket.socket) -> AsyncIterator[None]:
    """Serve the bot's own pages behind this door."""
    runner = runner_of(application, 1.0)
    await runner.setup()
    try:
        await web.SockSite(runner, door).start()
        yield
    finally:
        await runner.cleanup()


def _let_in(slack: Playground, people: Iterable[Person]) -> None:
    for one in people:
        email = next(iter(one.emails), None)
        slack.workspace.add_user(User(str(one.slack), one.id, one.name, email))
    slack.workspace.add_channel(CHANNEL, [str(one.slack) for one in people])
