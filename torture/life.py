"""One life of the bot: from its start on the files as they are to the end of the script, or death.

Engine, dispatcher, storage, messenger are the real ones; only forge, Slack and clock are not.
"""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar, cast

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import StoryClock
from bot.dispatcher import Dispatcher
from bot.engine import Engine
from bot.facts import Gatherer
from bot.slack.messenger import SlackMessenger
from bot.worker import Worker
from storage.database import Rooms, Storage
from storage.inbox import Arrival
from storage.outbox import Task
from tests.bot.fakes import OpenDirectory, files_in
from tests.builders import NOW
from torture.outside import LoggedForge, LoggedSlack, Outside
from torture.script import PEOPLE, POLICY, Step, event_of, head_of

T = TypeVar("T")

BOUNDARIES = (
    "inbox stored",
    "decision made, not kept",
    "decision committed",
    "effect begun",
    "effect done",
    "card posted, not recorded",
    "gate set, not recorded",
)
COMMITS = {
    "Engine._write.<locals>.whole": "decision committed",
    "Dispatcher._finish.<locals>.keep": "effect done",
}
"""Which boundary lies behind the commit of which work."""
MADE = "decision made, not kept"
"""The one before a decision's commit."""


class Bomb:
    """Kills its own process the `nth` time that a boundary is reached; None: never."""

    def __init__(self, boundary: str | None = None, nth: int = 1) -> None:
        self._boundary = boundary
        self._left = nth

    def __call__(self, boundary: str) -> None:
        """The boundary is reached."""
        if boundary == self._boundary:
            self._left -= 1
            if not self._left:
                os.kill(os.getpid(), signal.SIGKILL)


class WatchedStorage(Storage):
    """Storage that says which boundary was passed when a commit is through."""

    def __init__(self, path: Path, at: Bomb) -> None:
        super().__init__(path)
        self._at = at

    async def run(self, work: Callable[[Rooms], T]) -> T:
        """As always, and say so."""
        boundary = COMMITS.get(getattr(work, "__qualname__", ""))
        if boundary == "decision committed":
            self._at(MADE)
        result = await super().run(work)
        if boundary is not None:
            self._at(boundary)
        return result


def live(folder: Path, script: Sequence[Step], bomb: Bomb, born: float) -> None:
    """Run to the end of the script; `born` is `time.monotonic()` when the process was begun."""
    structlog.configure(processors=[_silence])
    asyncio.run(_live(folder, script, bomb, born))


def _silence(*_: object) -> Any:
    raise structlog.DropEvent


async def _live(folder: Path, script: Sequence[Step], bomb: Bomb, born: float) -> None:
    outside = Outside(folder / "outside.jsonl", bomb)
    lives = len(list(outside.all("born")))
    outside.happens("born")
    clock = StoryClock(NOW + timedelta(minutes=lives))
    storage = WatchedStorage(folder / "countersign.db", bomb)
    forge = LoggedForge(outside, script)
    forges = {"github": forge}
    policies = files_in(folder, POLICY, PEOPLE)
    slack = cast("AsyncWebClient", LoggedSlack(outside))
    messenger = SlackMessenger(slack, storage, policies, clock)
    gatherer = Gatherer(forges, storage, policies, OpenDirectory(), clock)
    workers: list[Worker[Any]] = []

    def nudge() -> None:
        for worker in workers:
            worker.nudge()

    engine: Worker[Arrival] = Worker(Engine(storage, gatherer, clock, nudge), clock, pause=0.01)
    dispatcher: Worker[Task] = Worker(
        Dispatcher(storage, forges, messenger, clock, nudge), clock, pause=0.01
    )
    workers += [engine, dispatcher]
    engine.start()
    dispatcher.start()
    outside.happens("ready", seconds=time.monotonic() - born)
    await _tell(script, outside, forge, storage, engine)
    await _settle(storage, engine, dispatcher, clock)
    outside.happens("end")
    await engine.stop(1)
    await dispatcher.stop(1)
    storage.close()
    outside.close()


async def _tell(
    script: Sequence[Step],
    outside: Outside,
    forge: LoggedForge,
    storage: Storage,
    engine: Worker[Arrival],
) -> None:
    """People go on where they were; what was not acknowledged is sent again."""
    done = {line["number"] for line in outside.all("step")}
    acknowledged = {line["number"] for line in outside.all("acknowledged")}
    for number, step in enumerate(script):
        if number in acknowledged:
            continue
        if number not in done:
            outside.happens("step", number=number)
            if step.kind == "click":
                outside.happens("click", who=step.who, sha=head_of(step))
            forge.took(step)
        event, key = event_of(step), f"delivery {number}"
        await storage.run(lambda rooms, key=key, event=event: rooms.inbox.put(key, event, NOW))  # type: ignore[misc]  # mypy knows no defaults of lambdas
        outside.at("inbox stored")
        outside.happens("acknowledged", number=number)
        engine.nudge()
        await asyncio.sleep(0.002)


async def _settle(
    storage: Storage, engine: Worker[Arrival], dispatcher: Worker[Task], clock: StoryClock
) -> None:
    """Let everything be decided and carried out, whatever was put off until later included."""
    while True:
        await engine.idle()
        await dispatcher.idle()
        moments = await storage.run(
            lambda rooms: [rooms.inbox.next_moment(), rooms.outbox.next_moment()]
        )
        left = [moment for moment in moments if moment is not None]
        if not left:
            return
        clock.move_to(max(min(left), clock.now()))
        engine.nudge()
        dispatcher.nudge()
