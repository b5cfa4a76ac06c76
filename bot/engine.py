"""The engine: takes what happened, gathers the facts, lets the core decide, keeps it at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot.clock import Clock
from bot.errors import Refused, Retryable
from bot.facts import Gatherer, Snapshot
from bot.failing_closed import shut, shut_unread
from bot.forges.archive import name_of
from bot.insights.reading import read_insights
from bot.open_digests import keep_posted, note_digests
from bot.open_directs import keep_direct, note_directs
from bot.own_word import keep_own_word, note_silences
from bot.worker import Nudge, backoff
from routing.chasing.digest import compose_digest, compose_own_digest
from routing.effects import Effect, PostInsights
from routing.events import (
    ApprovalGiven,
    AuthorDeclared,
    AwaySaid,
    CardPosted,
    ChangesRequested,
    Click,
    DigestDue,
    DigestPosted,
    DirectPosted,
    EffectAbandoned,
    EscalationDue,
    GateWritten,
    HoursSaid,
    InsightsDue,
    MarkCleared,
    MergeQueued,
    MergeRequestTouched,
    OverrideGiven,
    PathsSaid,
    PersonalEvent,
    PipelineBegan,
    ReconcileDue,
    ReviewAssigned,
    ReviewClaimed,
    ReviewDeclined,
    ReviewSnoozed,
)
from routing.links import pinned_entry
from routing.model import PastChange, Ref, State
from routing.reconciling import Look
from routing.record import Review
from routing.repairs import names_repair
from routing.review import Decision, Outcome, advance, close_early, note_outcome
from routing.shared_heads import share_gates
from routing.taking_in import DecidingEvent
from storage.database import Rooms, Storage, StorageFailed
from storage.forgotten import ErasedMeanwhile
from storage.inbox import Arrival, Urgency, subject_of
from storage.reviews import Unreadable

log = structlog.get_logger()

LONGEST_WAIT = timedelta(minutes=2)
"""Between two tries for facts that cannot be had: soon after an outage all is decided."""
WEEKS = 12
WEEKS_BACK = timedelta(weeks=WEEKS)
"""What the week's figures for leads are shown beside."""


class Engine:
    """The inbox's queue: `bot.worker.Worker` calls it.

    `effects_waiting` is called after effects were put into the outbox.
    """

    def __init__(
        self, storage: Storage, gatherer: Gatherer, clock: Clock, effects_waiting: Nudge
    ) -> None:
        self._storage = storage
        self._gatherer = gatherer
        self._clock = clock
        self._effects_waiting = effects_waiting

    async def take(self, busy: Collection[str]) -> Arrival | None:
        """The next event that may be decided on."""
        now = self._clock.now()
        return await self._storage.run(lambda rooms: rooms.inbox.next(now, busy))

    async def next_moment(self) -> datetime | None:
        """When the next waiting event may be tried."""
        return await self._storage.run(lambda rooms: rooms.inbox.next_moment())

    def lane(self, item: Arrival) -> str:
        """Events of one merge request are decided one after the other."""
        return subject_of(item.event)

    async def work(self, item: Arrival) -> None:
        """Decide on one event. Whatever fails on the way leaves the gate shut."""
        try:
            await self._work(item)
        except ErasedMeanwhile:
            log.info("event_taken_anew", event_key=item.key, why="somebody was erased meanwhile")

    async def _work(self, item: Arrival) -> None:
        try:
            await self._decide(item)
        except Retryable as exc:
            await self._put_off(item, exc)
        except (StorageFailed, ErasedMeanwhile):
            raise  # the event is safe where it is; it is tried again
        except Unreadable as exc:
            log.error("review_unreadable", event_key=item.key, problem=str(exc))  # noqa: TRY400 - said in full
            await self._fail_closed(item, exc)
        except Refused as exc:
            log.warning("event_buried", event_key=item.key, problem=str(exc))
            await self._fail_closed(item, exc)
        except Exception as exc:
            log.exception("event_failed", event_key=item.key)
            await self._fail_closed(item, exc)

    async def _write(self, item: Arrival, work: Callable[[Rooms], None]) -> None:
        """Keep what came of an event, unless what was read for it may name somebody erased since.

        Raises:
            ErasedMeanwhile: it may; nothing was kept, and the event waits to be taken anew.
        """

        def whole(rooms: Rooms) -> None:
            rooms.forgotten.hold_to(item.erasures)
            work(rooms)

        await self._storage.run(whole)

    async def _decide(self, item: Arrival) -> None:
        match item.event:
            case ReconcileDue(forge):
                await self._reconcile(item, forge)
            case DigestDue(channel):
                await self._compose(item, channel)
            case InsightsDue(channel, week):
                insights = await read_insights(self._storage, week - WEEKS_BACK, WEEKS)
                worth = insights.weeks[-1].opened > 0
                post = PostInsights(channel, insights.weeks)
                await self._keep(item, None, (post,) if worth else ())
            case DigestPosted() | DirectPosted() as posted:
                await self._stands(item, posted)
            case PipelineBegan(forge, project, sha):
                await self._look_again(item, forge, project, sha)
            case AwaySaid() | HoursSaid() | PathsSaid() as said:
                await self._listen(item, said)
            case CardPosted() | GateWritten() | EffectAbandoned() as outcome:
                await self._note(item, outcome)
            case (
                MergeRequestTouched()
                | ApprovalGiven()
                | ChangesRequested()
                | ReviewDeclined()
                | ReviewSnoozed()
                | ReviewClaimed()
                | ReviewAssigned()
                | AuthorDeclared()
                | MarkCleared()
                | MergeQueued()
                | OverrideGiven()
                | EscalationDue()
            ) as event:
                await self._advance(item, event)

    async def _reconcile(self, item: Arrival, forge: str) -> None:
        """Have what may have changed looked at; those that waited meanwhile ask nothing more."""
        waiting = await self._storage.run(lambda rooms: rooms.inbox.reconciles_waiting(forge))
        whole = any(due.whole for due in waiting.values())
        worth = await self._gatherer.worth_a_look(forge, whole=whole)
        now = self._clock.now()

        def keep(rooms: Rooms) -> None:
            for event in worth:
                rooms.inbox.put(f"{item.key} {event.ref}", event, now, Urgency.FOUND)
            for seq in {item.seq, *waiting}:
                rooms.inbox.done(seq)

        await self._write(item, keep)

    async def _compose(self, item: Arrival, channel: str) -> None:
        """The channel's digest, or the person's; the one before stays as it is now."""
        reviews = await self._storage.run(lambda rooms: rooms.reviews.open())
        person = self._gatherer.person(channel)
        digest = (
            compose_own_digest(person, reviews)
            if person is not None
            else compose_digest(channel, reviews)
        )
        await self._storage.run(lambda rooms: rooms.digests.forget(channel))
        await self._keep(item, None, (digest,) if digest else ())

    async def _stands(self, item: Arrival, posted: DigestPosted | DirectPosted) -> None:
        """A message stands in Slack from now on, and is kept true."""
        now = self._clock.now()

        def keep(rooms: Rooms) -> None:
            match posted:
                case DigestPosted():
                    rooms.outbox.put(keep_posted(rooms, posted, now), now)
                case DirectPosted():
                    rooms.outbox.put(keep_direct(rooms, posted, now), now)
            rooms.inbox.done(item.seq)

        await self._write(item, keep)
        self._effects_waiting()

    async def _look_again(self, item: Arrival, forge: str, project: str, sha: str) -> None:
        """Have every merge request of a commit looked at, each in its own turn."""
        now = self._clock.now()

        def keep(rooms: Rooms) -> None:
            for review in rooms.reviews.with_head(forge, project, sha):
                rooms.inbox.put(f"{item.key} {review.ref}", MergeRequestTouched(review.ref), now)
            rooms.inbox.done(item.seq)

        await self._write(item, keep)

    async def _listen(self, item: Arrival, said: PersonalEvent) -> None:
        """Somebody said something of themselves; strangers' words are let go."""
        person = self._gatherer.person(said.slack)
        now = self._clock.now()

        def keep(rooms: Rooms) -> None:
            if person is not None:
                keep_own_word(rooms, said, person, now)
            rooms.inbox.done(item.seq)

        await self._write(item, keep)

    async def _note(self, item: Arrival, outcome: Outcome) -> None:
        review = await self._review(outcome.ref)
        if review is None:
            await self._storage.run(lambda rooms: rooms.inbox.done(item.seq))
            return
        await self._keep(item, note_outcome(review, outcome))

    async def _advance(self, item: Arrival, event: DecidingEvent) -> None:
        review = await self._review(event.ref)
        if isinstance(event, MergeRequestTouched) and review is not None:
            shut = close_early(review, event)
            if shut is not None:
                await self._write(item, lambda rooms: self._store(rooms, shut))
                self._effects_waiting()
                review = shut.review
        click = event.click if not isinstance(event, Hint) else None
        clicker = click.slack if click is not None else None
        # Whatever said "look again" until now is answered by the look that follows.
        hints = await self._storage.run(lambda rooms: rooms.inbox.hints_waiting(event.ref))
        item = replace(item, answered=tuple(hints))
        snapshot = await self._gatherer.gather(event.ref, review, clicker)
        now = self._clock.now()
        # A large organisation's decision takes a tenth of a second: not on the event loop.
        decision = await asyncio.to_thread(
            advance, review, event, snapshot.facts, snapshot.policy, now
        )
        await self._keep(item, decision, snapshot=snapshot, before=review, click=click)

    async def _review(self, ref: Ref) -> Review | None:
        return await self._storage.run(lambda rooms: rooms.reviews.get(ref))

    async def _keep(
        self,
        item: Arrival,
        decision: Decision | None,
        effects: tuple[Effect, ...] = (),
        *,
        snapshot: Snapshot | None = None,
        before: Review | None = None,
        click: Click | None = None,
    ) -> None:
        """One transaction: review, ledger, outbox, pins, history, and the event is done."""
        now = self._clock.now()

        def keep(rooms: Rooms) -> None:
            if decision is not None:
                self._store(rooms, decision, click)
            rooms.outbox.put(effects, now)
            if snapshot is not None and decision is not None:
                fresh = rooms.pins.add(snapshot.new_pins, now)
                pinned = (pinned_entry(*key, account) for key, account in fresh.items())
                rooms.ledger.append(None, pinned, now)
                _note_look(rooms, item, decision.review)
                if decision.review.state is State.MERGED and not _was_merged(before):
                    scope = f"{decision.review.ref.forge}/{decision.review.ref.project}"
                    rooms.history.add(scope, [_learned(decision.review, snapshot)])
            for seq in (item.seq, *item.answered):
                rooms.inbox.done(seq)

        await self._write(item, keep)
        self._effects_waiting()

    def _store(self, rooms: Rooms, decision: Decision, click: Click | None = None) -> None:
        now, after = self._clock.now(), decision.review
        before = rooms.reviews.get(after.ref)
        rooms.reviews.save(after, now)
        rooms.ledger.append(after.ref, decision.trail, now)
        effects = share_gates(
            decision.effects, before, after, lambda sha: rooms.reviews.beside(after.ref, sha)
        )
        silences = note_silences(rooms, before, after)
        edits: tuple[Effect, ...] = (
            *note_digests(rooms, before, after, now),
            *note_directs(rooms, before, after, self._clicked(click)),
        )
        rooms.outbox.put((*effects, *silences, *edits), now)

    def _clicked(self, click: Click | None) -> tuple[str, Click] | None:
        """Whose click it was; None for a stranger's, and where nobody clicked."""
        person = self._gatherer.person(click.slack) if click is not None else None
        return (person.id, click) if person is not None and click is not None else None

    async def _put_off(self, item: Arrival, exc: Retryable) -> None:
        wait = backoff(item.attempts, exc, LONGEST_WAIT)
        log.warning(
            "event_put_off", event_key=item.key, seconds=wait.total_seconds(), problem=str(exc)
        )
        now = self._clock.now()
        await self._write(
            item, lambda rooms: rooms.inbox.retry(item.seq, now + wait, str(exc), now)
        )

    async def _fail_closed(self, item: Arrival, exc: Exception) -> None:
        """What cannot be decided is set aside, an open gate shut, and both are said."""
        problem = f"{type(exc).__name__}: {exc}"
        subject = None if isinstance(item.event, Nobodys) else item.event.ref
        now = self._clock.now()

        def keep(rooms: Rooms) -> None:
            try:
                review = rooms.reviews.get(subject) if subject is not None else None
            except Unreadable:
                # What comes of shutting it is no reason to shut it once more.
                if subject is not None and not isinstance(item.event, Outcome):
                    shut_unread(rooms, subject, now)
                if isinstance(item.event, Hint | Outcome):
                    rooms.inbox.done(item.seq)  # the next look brings the same
                else:
                    rooms.inbox.bury(item.seq, problem)  # somebody's word: people have to know
                return
            rooms.inbox.bury(item.seq, problem)
            if review is not None and review.state is State.OPEN and review.gate is not None:
                shut(rooms, review, problem, now)

        await self._write(item, keep)
        self._effects_waiting()


Nobodys = (
    AwaySaid
    | HoursSaid
    | PathsSaid
    | DigestDue
    | DigestPosted
    | DirectPosted
    | InsightsDue
    | ReconcileDue
    | PipelineBegan
)
"""Events that are not about one merge request."""

Hint = MergeRequestTouched | MergeQueued | EscalationDue
"""Events behind which stands no click."""


def _note_look(rooms: Rooms, item: Arrival, review: Review) -> None:
    """What the list showed before this look needs no other, for as long as the review is open."""
    event = item.event
    if review.state is not State.OPEN:
        rooms.looks.forget(review.ref)
    elif isinstance(event, MergeRequestTouched) and event.trace is not None:
        rooms.looks.keep(review.ref, Look(event.trace, item.received_at))


def _was_merged(review: Review | None) -> bool:
    return review is not None and review.state is State.MERGED


def _learned(review: Review, snapshot: Snapshot) -> PastChange:
    """What the history gains by a merge: its author, and those who approved it."""
    change = snapshot.facts.change
    merged_at = change.merge_request.merged_at or change.merge_request.opened_at
    return PastChange(
        name_of(review.ref.number),
        merged_at,
        (review.author_person,) if review.author_person else (),
        tuple(one.person for one in review.approvals),
        tuple((file.path, file.additions, file.deletions) for file in change.files),
        any(map(names_repair, (change.merge_request.title, *change.merge_request.labels))),
    )
