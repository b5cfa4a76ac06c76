"""The composition root: joins the parts to one bot, starts it, and brings it down in order."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Self

import structlog
from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import Clock
from bot.dispatcher import Dispatcher
from bot.doctor import Doctor
from bot.engine import Engine
from bot.facts import Gatherer
from bot.forge_history import ForgeHistory
from bot.forges.base import Forge, Metered
from bot.forges.guarantees import Finding
from bot.forges.hooks import Hook
from bot.policies import Policies
from bot.proof.notary import Notary
from bot.proof.verifying import UNSIGNED
from bot.schedule import Schedule
from bot.slack.answering import Answering, Reception
from bot.slack.at_home import HomeTab
from bot.slack.directory import SlackDirectory
from bot.slack.gateway import SlackHttp, SlackSocket, bolt_app
from bot.slack.links import Links
from bot.slack.listeners import Listeners
from bot.slack.messenger import SlackMessenger
from bot.slack.statuses import Statuses
from bot.troubles import Parts, troubles_of
from bot.watchman import Watchman
from bot.web.access import Access
from bot.web.addresses import Addresses
from bot.web.door import Door
from bot.web.health import Health
from bot.web.metrics import Measured, Metrics, Worked
from bot.web.openid import SlackOpenId
from bot.web.seals import Seals
from bot.web.server import Handler, small, web_application
from bot.web.site import Site
from bot.web.webhooks import ForgeWebhook
from bot.worker import Worker
from storage.database import Storage, StorageFailed
from storage.inbox import Arrival
from storage.outbox import Task

log = structlog.get_logger()

GRACE_SECONDS = 4.0
"""How long work in hand may take to finish at shutdown; what is not finished is not lost."""
PARTING_SECONDS = 1.0
"""How long each edge may take to hang up."""


@dataclass(frozen=True, slots=True)
class Front:
    """How the pages are reached: under which address, by which links, by which Slack app.

    `link_days` is how long a gate's link opens its page without signing in; `slack_app` are the
    client id and secret for "Sign in with Slack".
    """

    public_url: str | None = None
    link_days: int = 30
    slack_app: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Edges:
    """What the bot is connected to. Slack comes by HTTP (signing secret), a socket, or both.

    `hooks` are the forges that deliver, each to `/webhooks/` and its name.
    """

    forges: Mapping[str, Forge]
    slack: AsyncWebClient
    signing_secret: str | None = None
    app_token: str | None = None
    hooks: tuple[Hook, ...] = ()
    metrics_token: str | None = None
    front: Front = Front()


class Countersign:
    """The bot. `async with` runs everything but the listening socket; `web` is its application."""

    def __init__(
        self,
        edges: Edges,
        storage: Storage,
        policies: Policies,
        clock: Clock,
        notary: Notary | None = None,
    ) -> None:
        self._edges = edges
        self._notary = notary
        self._storage = storage
        self._policies = policies
        self._clock = clock
        self._directory = SlackDirectory(edges.slack, clock)
        gatherer = Gatherer(edges.forges, storage, policies, self._directory, clock)
        front, seals = edges.front, Seals(storage, clock)
        page = f"{front.public_url}/insights" if front.public_url else None
        messenger = SlackMessenger(edges.slack, storage, policies, clock, page)
        addresses = Addresses(seals, front.public_url, front.link_days)
        self._engine: Worker[Arrival] = Worker(
            Engine(storage, gatherer, clock, self._effects_waiting), clock
        )
        self._dispatcher: Worker[Task] = Worker(
            Dispatcher(storage, edges.forges, messenger, clock, self._events_waiting, addresses.of),
            clock,
        )
        self._past = ForgeHistory(edges.forges.values(), storage, clock)
        self.schedule = Schedule(
            storage, policies, tuple(edges.forges), clock, self._events_waiting
        )
        bolt = bolt_app(edges.slack, edges.signing_secret)
        doctor = Doctor(
            edges.slack, policies, edges.forges, self.troubles, app_token=edges.app_token
        )
        reception = Reception(storage, policies, self._directory, clock, self._events_waiting)
        Listeners(storage, policies, self._directory, clock, self._events_waiting).listen(bolt)
        Answering(reception, gatherer, doctor).listen(bolt)
        HomeTab(reception).listen(bolt)
        self._statuses = Statuses(edges.slack, reception)
        self._reading: asyncio.Task[None] | None = None
        Links(reception).listen(bolt)
        self._socket = SlackSocket(bolt, edges.app_token, edges.slack) if edges.app_token else None
        posts: dict[str, Handler] = {}
        if edges.signing_secret:
            posts["/slack/events"] = small(SlackHttp(bolt, edges.signing_secret, clock).handle)
        for hook in edges.hooks:
            address = ForgeWebhook(hook, storage, clock, self._events_waiting)
            posts[f"/webhooks/{hook.forge}"] = address.handle
        health = Health(self.troubles)
        metrics = Metrics(self.measured, edges.metrics_token)
        openid = (
            SlackOpenId(edges.slack.base_url, front.slack_app, clock) if front.slack_app else None
        )
        self._watchman = Watchman(edges.slack, openid)
        self._parts = Parts(
            policies=policies,
            storage=storage,
            engine=self._engine,
            dispatcher=self._dispatcher,
            schedule=self.schedule,
            forges=edges.forges,
            unseen=gatherer.unseen,
            slack=edges.slack,
            socket=self._socket,
            openid=openid,
            notary=notary,
            clock=clock,
        )
        vouched = notary.vouched if notary is not None else lambda: UNSIGNED
        door = Door(Access(seals, self._directory, openid, front.public_url))
        site = Site(storage, door, clock, vouched)
        self.web: web.Application = web_application(
            posts,
            {"/healthz": health.alive, "/readyz": health.ready, "/metrics": metrics.page},
            site.routes(),
        )

    async def start(self) -> None:
        """Prove that every edge answers, then begin to work.

        Raises:
            CountersignError: an edge does not answer or does not take our credentials, or the
                ledger is not as its checkpoints say.
        """
        if self._notary is not None:
            await self._notary.start()
        workspace = await self._directory.sign_in()
        log.info("slack_signed_in", workspace=workspace)
        for name, forge in self._edges.forges.items():
            log.info("forge_signed_in", forge=name, account=await forge.check())
        self._engine.start()
        self._dispatcher.start()
        if self._socket is not None:
            await self._socket.connect()
        self.schedule.start()
        await self.schedule.tick(starting=True)
        self._reading = asyncio.create_task(self._statuses.read())
        self._past.start()
        self._watchman.start()

    async def stop(self) -> None:
        """Stop the intake, let work in hand finish, and let go of everything."""
        if self._reading is not None:
            self._reading.cancel()
        await asyncio.gather(self._watchman.stop(), self._past.stop())
        await self.schedule.stop()
        if self._socket is not None:
            await _parting("slack", self._socket.close())
        await asyncio.gather(self._engine.stop(GRACE_SECONDS), self._dispatcher.stop(GRACE_SECONDS))
        if self._notary is not None:
            await self._notary.stop()
        await asyncio.gather(
            *(_parting(name, forge.close()) for name, forge in self._edges.forges.items())
        )

    async def __aenter__(self) -> Self:
        try:
            await self.start()
        except BaseException:
            await self.stop()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()

    def nudge(self) -> None:
        """Something was put into the inbox by somebody else."""
        self._events_waiting()

    async def settled(self) -> None:
        """Return once everything that is due has been decided and carried out."""
        if self._reading is not None:
            await self._reading
        while True:
            await self._engine.idle()
            await self._dispatcher.idle()
            moment = await self.next_moment()
            if moment is None or moment > self._clock.now():
                return
            self._events_waiting()
            self._effects_waiting()

    async def next_moment(self) -> datetime | None:
        """When the next thing that waits is due; None when nothing does."""
        moments = await self._storage.run(
            lambda rooms: (rooms.inbox.next_moment(), rooms.outbox.next_moment())
        )
        return min((one for one in moments if one is not None), default=None)

    async def troubles(self) -> tuple[Finding, ...]:
        """What is wrong right now, by part."""
        return await troubles_of(self._parts)

    async def measured(self) -> Measured:
        """The numbers of this moment."""
        try:
            depths = await self._storage.run(lambda rooms: rooms.gauge.read())
        except StorageFailed:
            depths = None
        quotas = {
            name: forge.quota()
            for name, forge in self._edges.forges.items()
            if isinstance(forge, Metered)
        }
        return Measured(
            now=self._clock.now(),
            depths=depths,
            workers={
                "inbox": Worked(self._engine.items, self._engine.seconds),
                "outbox": Worked(self._dispatcher.items, self._dispatcher.seconds),
            },
            quotas={name: quota for name, quota in quotas.items() if quota is not None},
            socket=self._socket.connected if self._socket is not None else None,
            problems=len(await self.troubles()),
        )

    def _events_waiting(self) -> None:
        self._engine.nudge()

    def _effects_waiting(self) -> None:
        self._dispatcher.nudge()


async def _parting(name: str, closing: Awaitable[None]) -> None:
    """Hang up; who hangs on longer than that is left hanging, for it holds nothing of ours."""
    try:
        await asyncio.wait_for(closing, PARTING_SECONDS)
    except TimeoutError:
        log.warning("left_hanging", edge=name)
