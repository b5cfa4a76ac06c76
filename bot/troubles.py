"""What is wrong right now with each part of the running bot, and what to do about it.

`/readyz` says it to platforms, `/review doctor` to people.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import Clock
from bot.forges.base import Forge, Watched
from bot.forges.guarantees import Finding, Standing
from bot.kept import DATABASE, of_disk, of_kept
from bot.policies import Policies
from bot.proof.notary import Notary
from bot.schedule import Schedule
from bot.slack.gateway import SlackSocket
from bot.slack.watched import WatchedClient
from bot.web.openid import SlackOpenId
from bot.worker import Worker
from routing.forge_words import words_of
from storage.database import Rooms, Storage, StorageFailed
from storage.inbox import Arrival
from storage.outbox import Task

LATE = timedelta(minutes=5)
"""Work that has been due for so long is stuck, or there is more of it than can be done."""
ASTRAY, NOTHING = timedelta(minutes=4), timedelta(0)
"""So far a clock may be from Slack's; requests signed five minutes from it are refused."""
PATIENCE = 5.0
"""Seconds that the database may take to answer."""

CLOCK = "clock"
BY_ITSELF = "it goes on by itself when that is over"
START_AGAIN = "start the bot again, and look at its log: nothing is lost"
DISK = (
    "see that its disk has room, that it may be written to, and that nobody else has locked it; "
    "nothing is taken in until then"
)


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a bot; `unseen` are forges whose open merge requests cannot be listed."""

    policies: Policies
    storage: Storage
    engine: Worker[Arrival]
    dispatcher: Worker[Task]
    schedule: Schedule
    forges: Mapping[str, Forge]
    unseen: Mapping[str, str]
    slack: AsyncWebClient
    socket: SlackSocket | None
    openid: SlackOpenId | None
    notary: Notary | None
    clock: Clock


async def troubles_of(parts: Parts) -> tuple[Finding, ...]:
    """Everything that is wrong, by part; nothing when all is well."""
    return (
        *of_files(parts.policies),
        *of_storage(parts.storage),
        *await _of_database(parts),
        *_of_workers(parts),
        *_of_schedule(parts.schedule),
        *_of_forges(parts.forges, parts.unseen),
        *_of_slack(parts.slack, parts.socket),
        *of_clock(parts.slack),
        *_of_openid(parts.openid),
        *_of_notary(parts.notary),
    )


def of_files(policies: Policies) -> Iterator[Finding]:
    """The files as they are on the disk."""
    for problem in policies.problems:
        yield _open("files", f"not in force: {problem}", "mend it: it is read again at once")


def of_storage(storage: Storage) -> Iterator[Finding]:
    """Whether the database can be written."""
    if storage.failure is not None:
        yield _open(DATABASE, storage.failure, DISK)
    else:
        yield from of_disk(storage.path)


async def _of_database(parts: Parts) -> Sequence[Finding]:
    """What stands in it: reviews that cannot be read, work that is overdue."""

    def look(rooms: Rooms) -> list[Finding]:
        now = parts.clock.now()
        return [
            *of_kept(rooms),
            *_overdue("inbox", rooms.inbox.next_moment(), now),
            *_overdue("outbox", rooms.outbox.next_moment(), now),
        ]

    try:
        async with asyncio.timeout(PATIENCE):
            return await parts.storage.read(look)
    except TimeoutError:
        return [_open(DATABASE, f"it does not answer within {PATIENCE:.0f} seconds", DISK)]
    except StorageFailed as exc:
        return [_open(DATABASE, str(exc), DISK)]


def _overdue(queue: str, moment: datetime | None, now: datetime) -> Iterator[Finding]:
    if moment is not None and now - moment > LATE:
        minutes = (now - moment) // timedelta(minutes=1)
        said = f"what comes first in it is due since {minutes} minutes: it is stuck or overrun"
        yield _open(queue, said, f"if this does not end, {START_AGAIN}")


def _of_workers(parts: Parts) -> Iterator[Finding]:
    for queue, worker in (("inbox", parts.engine), ("outbox", parts.dispatcher)):
        if worker.has_ended:
            yield _open(queue, "nobody works on it any more", START_AGAIN)
        elif worker.failure is not None and worker.failure != parts.storage.failure:
            yield _open(queue, worker.failure, BY_ITSELF)


def _of_schedule(schedule: Schedule) -> Iterator[Finding]:
    if schedule.trouble is not None:
        yield _open("schedule", schedule.trouble, f"if this does not end, {START_AGAIN}")


def _of_forges(forges: Mapping[str, Forge], unseen: Mapping[str, str]) -> Iterator[Finding]:
    for name, forge in forges.items():
        outage = forge.outage if isinstance(forge, Watched) else None
        said = outage or unseen.get(name)
        if said is not None:
            cure = f"it is tried again and again; is {words_of(name).forge} reached from here?"
            yield _open(name, said, cure)


def _of_slack(slack: AsyncWebClient, socket: SlackSocket | None) -> Iterator[Finding]:
    if isinstance(slack, WatchedClient) and slack.trouble is not None:
        cure = (
            f"{BY_ITSELF}; where the token is not taken, copy SLACK_BOT_TOKEN anew from "
            "OAuth & Permissions and start the bot again"
        )
        yield _open("Slack", slack.trouble, cure)
    if socket is not None and not socket.connected:
        cure = (
            "a new one is asked for every minute; is Socket Mode on, and SLACK_APP_TOKEN right "
            "(scope connections:write)?"
        )
        yield _open("Slack", "its socket is down: no click arrives", cure)


def of_clock(slack: AsyncWebClient) -> Iterator[Finding]:
    """Whether this machine's clock is right, as Slack dated its last answer."""
    if isinstance(slack, WatchedClient) and abs(slack.ahead) > ASTRAY:
        minutes = abs(slack.ahead) // timedelta(minutes=1)
        where = "ahead of" if slack.ahead > NOTHING else "behind"
        cure = (
            "set it, best by NTP: at five minutes everything that Slack and GitLab sign is refused "
            "as too old or not yet due"
        )
        yield _open(CLOCK, f"this machine's is {minutes} minutes {where} Slack's", cure)


def _of_openid(openid: SlackOpenId | None) -> Iterator[Finding]:
    if openid is not None and openid.trouble is not None:
        cure = (
            f"{BY_ITSELF}; where Slack refuses the app, copy SLACK_CLIENT_ID and "
            "SLACK_CLIENT_SECRET anew from Basic Information and start the bot again"
        )
        yield _open("sign-in", f"nobody can sign in to the pages: {openid.trouble}", cure)


def _of_notary(notary: Notary | None) -> Iterator[Finding]:
    if notary is not None and notary.failure is not None:
        cure = "see that COUNTERSIGN_CHECKPOINTS may be written to and its disk has room"
        yield _open("ledger", notary.failure, f"{cure}; it is tried again every minute")


def _open(part: str, said: str, cure: str) -> Finding:
    return Finding(part, Standing.OPEN, said.rstrip("."), cure)
