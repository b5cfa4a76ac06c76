"""The dispatcher: carries effects out, at least once; what came of them returns by the inbox."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from bot.clock import Clock
from bot.errors import CountersignError, NotYet, Refused, Retryable
from bot.forges.base import Forge
from bot.forges.markdown import escape_markdown
from bot.open_directs import below
from bot.worker import Nudge, backoff
from routing.effects import (
    Effect,
    PostComment,
    PostDigest,
    PostInsights,
    ReplyPrivately,
    RequestReviewers,
    SetGate,
    ShowCard,
    ShowDigest,
    ShowDirect,
    TellChannel,
    TellPerson,
    TellThread,
    WithdrawReviewers,
)
from routing.events import (
    DigestPosted,
    DirectPosted,
    EffectAbandoned,
    Event,
    GateWritten,
    MergeRequestTouched,
)
from routing.forge_words import words_of
from routing.model import Ref
from storage.database import Rooms, Storage, StorageFailed
from storage.outbox import Task

log = structlog.get_logger()

LONGEST_WAIT = timedelta(minutes=3)
TRIES = 46
"""After so many tries (about two hours) a message is given up. A gate never is."""

STILL_AT_IT = timedelta(seconds=20)
"""What was asked of the other side is done within this time, or not at all: no call of ours is
waited for longer than ten seconds, and it may go on for as long again."""
ENDED = "the bot ended in the middle of it"

Message = (
    ShowCard
    | TellThread
    | ShowDirect
    | ReplyPrivately
    | TellChannel
    | PostDigest
    | ShowDigest
    | PostInsights
)
"""Effects that somebody sees in Slack."""


RIDERS = 5
"""So many things are said besides the first, in one message."""

Address = Callable[[Ref], Awaitable[str | None]]
"""Where a merge request's page is, as its gate carries it."""


async def nowhere(_ref: Ref) -> str | None:
    """The address while there are no pages."""
    return None


class Messenger(Protocol):
    """Says things to people."""

    async def quiet_until(self, person: str) -> datetime | None:
        """When somebody is next at work; None when they are, or nobody knows."""
        ...

    async def tell(
        self, things: Sequence[TellPerson], key: str, *, again: bool = False
    ) -> Event | None:
        """Tell one person several things in one message; otherwise like `say`."""
        ...

    async def say(self, message: Message, key: str, *, again: bool = False) -> Event | None:
        """Deliver a message; `key` names it so that it is not delivered twice.

        `again` says that it may have been delivered before and nobody knows: look first.
        Returns what is to be remembered. Raises `Retryable` or `Refused`.
        """
        ...


class Dispatcher:
    """The outbox's queue: `bot.worker.Worker` calls it.

    `events_waiting` is called after an outcome was put into the inbox. `address` is asked when a
    gate is written: no decision depends on it, so a new one never makes a gate another.
    """

    def __init__(
        self,
        storage: Storage,
        forges: Mapping[str, Forge],
        messenger: Messenger,
        clock: Clock,
        events_waiting: Nudge,
        address: Address = nowhere,
    ) -> None:
        self._storage = storage
        self._forges = forges
        self._address = address
        self._messenger = messenger
        self._clock = clock
        self._events_waiting = events_waiting
        self._inherited: int | None = None
        self._begun = set[int]()

    async def take(self, busy: Collection[str]) -> Task | None:
        """The most urgent effect whose time has come."""
        now = self._clock.now()
        if self._inherited is None:
            self._inherited = await self._storage.run(lambda rooms: rooms.outbox.last())
        return await self._storage.run(lambda rooms: rooms.outbox.next(now, busy))

    async def next_moment(self) -> datetime | None:
        """When the next waiting effect may be tried."""
        return await self._storage.run(lambda rooms: rooms.outbox.next_moment())

    def lane(self, item: Task) -> str:
        """Two writes of the same thing go one after the other."""
        return item.lane

    async def work(self, item: Task) -> None:
        """Carry one effect out, put it off, or give it up and say so."""
        if await self._sleeps(item):
            return
        begun = item.seq in self._begun
        again = begun or item.attempts > 0 or item.seq <= (self._inherited or 0)
        self._begun.add(item.seq)
        began = self._clock.now()
        try:
            outcomes = await self._try(item, again=again)
        except NotYet as exc:
            if not begun:  # nothing was done now, but what was done before stays so
                self._begun.discard(item.seq)
            await self._hold(item, self._clock.now() + timedelta(seconds=exc.after))
        except Retryable as exc:
            if item.attempts < TRIES or isinstance(item.effect, SetGate):
                await self._put_off(item, exc, began)
            else:
                await self._give_up(item, exc)
        except Refused as exc:
            await self._give_up(item, exc)
        except StorageFailed:
            raise  # the effect is safe where it is; the worker tries again
        except Exception as exc:
            log.exception("effect_failed", effect=item.effect.kind)
            await self._give_up(item, Refused(f"{type(exc).__name__}: {exc}"))
        else:
            await self._finish(item, outcomes)

    async def _try(self, item: Task, *, again: bool) -> Sequence[Event]:
        try:
            return tuple(await self._carry_out(item, again=again))
        except asyncio.CancelledError:
            await self._leave(item)
            raise

    async def _carry_out(self, item: Task, *, again: bool) -> Iterable[Event]:
        match item.effect:
            case SetGate(ref, sha) as gate:
                addressed = replace(gate, url=await self._address(ref))
                if await self._forges[ref.forge].set_gate(addressed):
                    return (GateWritten(ref, sha, gate.state.value),)
                moved = f"the {words_of(ref.forge).request} has another head or base by now"
                return (EffectAbandoned(ref, gate.kind, moved), MergeRequestTouched(ref))
            case RequestReviewers(ref, logins):
                refused = await self._forges[ref.forge].request_reviewers(ref, logins)
                if refused:
                    log.warning("reviewers_not_taken", ref=str(ref), logins=refused)
            case WithdrawReviewers(ref, logins):
                await self._forges[ref.forge].withdraw_reviewers(ref, logins)
            case PostComment(ref, key, lead, said, thread):
                forge = self._forges[ref.forge]
                await forge.comment(ref, _quoted(lead, said), key, thread=thread)
            case (
                ShowCard()
                | TellThread()
                | TellPerson()
                | ShowDirect()
                | ReplyPrivately()
                | TellChannel()
                | PostDigest()
                | ShowDigest()
                | PostInsights()
            ) as message:
                outcome = await self._say(item, message, again=again)
                return (outcome,) if outcome is not None else ()
        return ()

    async def _say(self, item: Task, message: Message | TellPerson, *, again: bool) -> Event | None:
        """Say it, with what else waits for the same person or the same thread."""
        match message:
            case TellPerson():
                riders = await self._riders(item)
                told = [message, *(one for one in riders if isinstance(one, TellPerson))]
                return await self._messenger.tell(told, item.key, again=again)
            case TellThread(ref, text):
                riders = await self._riders(item)
                lines = [text, *(one.text for one in riders if isinstance(one, TellThread))]
                message = TellThread(ref, "\n".join(lines))
            case _:
                pass
        return await self._messenger.say(message, item.key, again=again)

    async def _sleeps(self, item: Task) -> bool:
        """Whether the message is for somebody who is not at work: it waits until they are."""
        if not isinstance(item.effect, TellPerson):
            return False
        until = await self._messenger.quiet_until(item.effect.person)
        if until is None:
            return False
        await self._hold(item, until)
        return True

    async def _hold(self, item: Task, until: datetime) -> None:
        now = self._clock.now()
        await self._storage.run(lambda rooms: rooms.outbox.hold(item.seq, until, now))

    async def _riders(self, item: Task) -> Sequence[Effect]:
        """What waits for the same person or thread, and belongs to the same place there."""

        def choose(rooms: Rooms) -> Sequence[Effect]:
            place = _place(rooms, item.effect)
            riders = rooms.outbox.riders(item, RIDERS, lambda one: _place(rooms, one) == place)
            return [rider.effect for rider in riders]

        return await self._storage.run(choose)

    async def _finish(self, item: Task, outcomes: Collection[Event]) -> None:
        now = self._clock.now()

        def keep(rooms: Rooms) -> None:
            for number, outcome in enumerate(outcomes):
                if isinstance(outcome, DigestPosted | DirectPosted) and _erased_since(item, rooms):
                    continue  # what it says may name them; it is not kept up to date then
                rooms.inbox.put(f"{item.key}-outcome-{number}", outcome, now)
            if isinstance(item.effect, TellPerson | TellThread):
                for rider in rooms.outbox.riders(item, 0):
                    rooms.outbox.done(rider.seq)
            rooms.outbox.done(item.seq)

        await self._storage.run(keep)
        self._begun.discard(item.seq)
        if outcomes:
            self._events_waiting()

    async def _put_off(self, item: Task, exc: Retryable, began: datetime) -> None:
        """Try again later: not before as much time has passed again as there was no answer.

        The other side may still be at it, and what is looked for too early is done twice.
        """
        now = self._clock.now()
        wait = backoff(item.attempts, exc, LONGEST_WAIT)
        if not isinstance(item.effect, SetGate):
            wait = max(wait, min(now - began, STILL_AT_IT))
        log.warning(
            "effect_put_off",
            effect=item.effect.kind,
            seconds=wait.total_seconds(),
            problem=str(exc),
        )

        def keep(rooms: Rooms) -> None:
            rooms.outbox.retry(item.seq, now + wait, _problem(exc, item, rooms), now)

        await self._storage.run(keep)
        self._begun.discard(item.seq)  # from now on its attempts say so, even if none comes

    async def _leave(self, item: Task) -> None:
        """The bot ends in the middle of it, and the other side may still be at it.

        Whoever goes on has to wait for that, or would look for it too early and do it twice. A
        gate is not waited with: to say it twice harms nobody.
        """
        if not isinstance(item.effect, SetGate):
            now = self._clock.now()
            until = now + STILL_AT_IT
            await self._storage.run(lambda rooms: rooms.outbox.retry(item.seq, until, ENDED, now))

    async def _give_up(self, item: Task, exc: CountersignError) -> None:
        log.error("effect_abandoned", effect=item.effect.kind, problem=str(exc))
        now = self._clock.now()

        def keep(rooms: Rooms) -> None:
            self._begun.discard(item.seq)
            problem = _problem(exc, item, rooms)
            rooms.outbox.bury(item.seq, problem)
            for event in _abandoned(item.effect, problem):
                rooms.inbox.put(f"{item.key}-abandoned", event, now)

        await self._storage.run(keep)
        self._events_waiting()


def _erased_since(item: Task, rooms: Rooms) -> bool:
    """Whether somebody was erased while an effect was carried out: it may name them."""
    return rooms.forgotten.revision() != item.erasures


def _problem(exc: CountersignError, item: Task, rooms: Rooms) -> str:
    return "see the log" if _erased_since(item, rooms) else str(exc)


def _place(rooms: Rooms, effect: Effect) -> tuple[str, str] | None:
    """The direct message below which this is said, if it is."""
    return below(rooms, effect) if isinstance(effect, TellPerson) else None


def _quoted(lead: str, said: str) -> str:
    """A comment: our lead, and below it a person's words as they wrote them, made harmless."""
    lines = (f"> {escape_markdown(line)}" for line in said.splitlines())
    return "\n".join([escape_markdown(lead), "", *lines])


def _abandoned(effect: Effect, problem: str) -> Iterable[Event]:
    match effect:
        case PostDigest() | ShowDigest() | ShowDirect() | PostInsights():
            return
        case _:
            yield EffectAbandoned(effect.ref, effect.kind, problem)
