"""The world of the end-to-end tests: a GitHub, a Slack and the bot between them, over real HTTP.

Tests say what people do and look at what people see. Time stands still until it is told to move.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

import aiohttp
from aiohttp import web

from bot.allowance import Allowance, Limit
from bot.app import Countersign, Edges, Front
from bot.clock import StoryClock
from bot.forges.base import Forge
from bot.forges.github.adapter import open_github
from bot.forges.github.webhooks import GitHubHook
from bot.forges.hooks import Hook
from bot.playground.nouns import BOT_USER_ID, Message, User
from bot.playground.rendering import render_message_text
from bot.playground.server import Playground
from bot.policies import Policies
from bot.proof.notary import Notary
from bot.slack.client import open_client
from bot.story_time import played_out
from bot.web.server import runner_of
from routing.model import Ref
from storage.database import Storage
from storage.ledger import Opened
from tests.standins.github.site import GitHubStandIn

MONDAY_TEN = datetime(2026, 11, 16, 10, 0, tzinfo=UTC)
SECRET = "a webhook secret"


FILES = Path(__file__).parent / "data" / "world"
POLICY = (FILES / "policy.yml").read_text("utf-8")
PEOPLE = (FILES / "people.yml").read_text("utf-8")

SLACK = {"ana": "U0ANA", "dana": "U0DANA", "omar": "U0OMAR", "kim": "U0KIM"}
GITHUB = {"ana": "ana-ito", "dana": "dana-ng", "omar": "omar-d", "kim": "kim-roy"}

AI_MESSAGE = "Retry refunds\n\nCo-Authored-By: Claude <noreply@anthropic.com>"


class World:
    """Use as `async with World(tmp_path) as world`. `socket` makes Slack come by Socket Mode."""

    def __init__(
        self, folder: Path, *, policy: str = POLICY, people: str = PEOPLE, socket: bool = False
    ) -> None:
        self.folder = folder
        self.policy_file = folder / "policy.yml"
        self.people_file = folder / "people.yml"
        self.policy_file.write_text(policy, "utf-8")
        self.people_file.write_text(people, "utf-8")
        self.clock = StoryClock(MONDAY_TEN)
        self.github = GitHubStandIn(now=self.clock.now)
        self.slack = Playground(self.clock)
        self.storage = Storage(folder / "countersign.db")
        self.front = Front()
        self.paced = False
        self.limits: Mapping[str, Sequence[Limit]] = {}
        self.notary: Notary | None = None
        self._socket = socket

    async def __aenter__(self) -> Self:
        """Start everything."""
        await self.github.__aenter__()
        await self.slack.start()
        for who, login in GITHUB.items():
            self.github.add_person(login, email=f"{who}@example.com")
        for who, user in SLACK.items():
            self.slack.workspace.add_user(User(user, who, who.title()))
        self.slack.workspace.add_channel("#reviews", SLACK.values())
        await self.start_bot()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop everything."""
        await self.stop_bot()
        await self.slack.stop()
        await self.github.__aexit__(kind, error, trace)
        self.storage.close()

    async def start_bot(self) -> None:
        """Start the bot on the database as it is."""
        self.policies = Policies(self.policy_file, self.people_file)
        forges = self.open_forges()
        edges = Edges(
            forges={forge.name: forge for forge, _ in forges},
            slack=open_client(
                self.slack.bot_token, self.slack.api_url, self.clock if self.paced else None
            ),
            signing_secret=None if self._socket else self.slack.signing_secret,
            app_token=self.slack.app_token if self._socket else None,
            hooks=tuple(hook for _, hook in forges),
            front=self.front,
        )
        self.bot = Countersign(edges, self.storage, self.policies, self.clock, self.notary)
        await self.bot.start()
        self._runner = runner_of(self.bot.web)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"
        self.connect_hooks()
        self.slack.deliver_to(None if self._socket else f"{self.url}/slack/events")
        await self.settled()

    def open_forges(self) -> list[tuple[Forge, Hook]]:
        """The forges that the bot is set up for."""
        forge = open_github(
            ["acme/shop"],
            token=self.github.token,
            api_url=self.github.url,
            allowance=Allowance(self.clock, self.limits.get("github", ())),
        )
        return [(forge, GitHubHook("github", (SECRET,)))]

    def connect_hooks(self) -> None:
        """Have the forges deliver to the bot."""
        self.github.hooks_to(f"{self.url}/webhooks/github", SECRET, automatic=True)

    async def stop_bot(self) -> None:
        """Stop the bot; the database stays."""
        await self._runner.cleanup()
        await self.bot.stop()

    async def settled(self) -> None:
        """Return once every delivery has arrived and everything due is done."""
        await self.github.quiet()
        await played_out(self.bot, self.clock)

    async def pass_time(self, **span: float) -> None:
        """Let time pass (`hours=4`), tick, and let the bot do what is due."""
        self.clock.move_to(self.clock.now() + timedelta(**span))
        await self.bot.schedule.tick()
        await self.settled()

    # What people do.

    async def opens(
        self,
        who: str,
        files: Mapping[str, str],
        *,
        message: str = "Retry refunds",
        head: str = "feature",
        draft: bool = False,
    ) -> int:
        """Somebody opens a pull request; returns its number."""
        number = self.github.open_pull(
            GITHUB[who], head, files=dict(files), title=message, draft=draft
        )
        await self.settled()
        return number

    async def pushes(self, who: str, number: int, files: Mapping[str, str]) -> None:
        """Somebody pushes to it."""
        self.github.push(number, dict(files), GITHUB[who])
        await self.settled()

    async def reviews(self, who: str, number: int, event: str) -> int:
        """Somebody reviews on GitHub: APPROVE, REQUEST_CHANGES, COMMENT."""
        review = self.github.review(number, GITHUB[who], event)
        await self.settled()
        return review

    async def clicks(self, who: str, action: str, message: Message | None = None) -> None:
        """Somebody clicks a button (`approve`) on the newest card, or on `message`."""
        card = message or self.card()
        await self.slack.people.click(SLACK[who], card.channel, card.ts, f"review.{action}")
        await self.settled()

    async def chooses(self, who: str, choice: str, message: Message | None = None) -> None:
        """Somebody chooses `claim` or `assign` in the menu behind the newest card's buttons."""
        card = message or self.card()
        menu = next(
            element
            for block in card.blocks
            for element in block.get("elements", [])
            if element["type"] == "overflow"
        )
        values = [one["value"] for one in menu["options"]]
        option = next(value for value in values if value.startswith(f"review.{choice} "))
        await self.slack.people.click(SLACK[who], card.channel, card.ts, "review.more", option)
        await self.settled()

    async def approves(self, who: str) -> None:
        """Somebody clicks Approve on the newest card."""
        await self.clicks(who, "approve")

    async def home(self, who: str) -> str:
        """Somebody opens their Home tab and reads it."""
        await self.slack.people.open_home(SLACK[who])
        await self.slack.until(lambda: self.slack.workspace.home(SLACK[who]))
        return self.home_now(who)

    def home_now(self, who: str) -> str:
        """The Home tab as it was published last."""
        view = self.slack.workspace.home(SLACK[who])
        assert view is not None
        return render_message_text(Message("", "", "", blocks=tuple(view.blocks)))

    async def modal(self, who: str, other_than: str = "") -> str:
        """The modal somebody has before them, as they read it, once it says something else."""

        def shown() -> str:
            view = self.slack.workspace.view_of(SLACK[who])
            blocks = tuple(view.blocks) if view is not None else ()
            return render_message_text(Message("", "", "", blocks=blocks))

        await self.slack.until(lambda: shown() not in ("", other_than))
        return shown()

    async def submits(self, who: str, **filled: str | list[str]) -> dict[str, str]:
        """Somebody fills in the modal before them and submits it; returns the errors shown."""
        # Slack shows a modal some time after the click that asked for it was answered.
        await self.slack.until(lambda: self.slack.workspace.view_of(SLACK[who]))
        errors = await self.slack.people.submit_view(SLACK[who], filled)
        await self.settled()
        return errors

    # What people see.

    def card(self) -> Message:
        """The newest card in #reviews."""
        return self.cards()[-1]

    def cards(self) -> list[Message]:
        """Messages in #reviews that carry buttons or did."""
        return self.slack.workspace.messages("#reviews")

    def text(self, message: Message) -> str:
        """A message as people read it."""
        return render_message_text(message)

    def dms(self, who: str) -> list[str]:
        """Direct messages of the bot to somebody, as text."""
        return [self.text(message) for message in self.slack.workspace.dms(SLACK[who])]

    def own(self, who: str) -> list[Message]:
        """Direct messages of the bot to somebody that stand by themselves."""
        said = self.slack.workspace.dms(SLACK[who])
        return [one for one in said if one.user == BOT_USER_ID and not one.is_reply]

    def below(self, who: str) -> list[str]:
        """What is said in the threads of these, as text."""
        parents = self.own(who)
        workspace = self.slack.workspace
        return [self.text(m) for one in parents for m in workspace.thread(one.channel, one.ts)]

    def told(self, who: str) -> list[str]:
        """What only this person sees in channels."""
        return [self.text(message) for message in self.slack.workspace.ephemerals(SLACK[who])]

    def thread(self) -> list[str]:
        """The history under the newest card, line by line."""
        card = self.card()
        said = self.slack.workspace.thread(card.channel, card.ts)
        return [line for one in said for line in self.text(one).splitlines()]

    async def problems(self) -> list[str]:
        """What a platform reads on `/readyz`: nothing, and 200; or what is wrong, and 503."""
        async with aiohttp.ClientSession() as http, http.get(f"{self.url}/readyz") as answer:
            said = await answer.json()
            assert answer.status == (503 if said["problems"] else 200)
            return list(said["problems"])

    async def until_ready(self) -> None:
        """Return once all is well: what is broken mends by itself."""
        async with asyncio.timeout(30):
            while await self.problems():
                self.bot.nudge()
                await asyncio.sleep(0.02)

    async def ledger(self, number: int) -> list[Opened]:
        """What the ledger has on a pull request."""
        ref = str(Ref("github", "acme/shop", number))
        return await self.storage.run(lambda rooms: list(rooms.ledger.entries(ref)))

    async def kinds(self, number: int) -> list[str]:
        """The kinds of its ledger entries, in order."""
        return [entry.kind for entry in await self.ledger(number)]
