"""Gathers the one snapshot that a decision sees: from the forge, the storage and Slack."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from typing import Protocol

from bot.base_files import BaseFiles, owners_at_base, policy_at_base
from bot.clock import Clock
from bot.forge_history import all_known
from bot.forges.base import Forge, Takeable
from bot.forges.entry import Entries
from bot.learning import Learning, theirs
from bot.policies import Policies
from bot.reconciling import Reconciler
from routing.chasing.preferences import Preferences, all_as_they_say
from routing.events import MergeRequestTouched
from routing.facts import Facts, History
from routing.forge_words import words_of
from routing.identities import accounts_in
from routing.knowledge.closeness import Past
from routing.knowledge.expertise import Expertise, expertise_near
from routing.model import (
    Change,
    ForgeReview,
    MergedRequest,
    PastChange,
    Ref,
    SaidByOthers,
    State,
)
from routing.people import People, Person
from routing.policy import Policy
from routing.record import Review
from routing.rules.domains import touched_domains
from storage.database import Rooms, Storage

WINDOW = timedelta(days=365)
"""How far back the history is read: what is older says nothing any more."""
LATELY = timedelta(days=90)
"""Over so many days the risk's count of recent changes goes."""
ASKED_DIRECTORIES, ASKED_FILES = 4, 6

Said = Mapping[str, Preferences]
"""What people said of themselves, by their ids."""

Pins = Mapping[tuple[str, str], str]
"""As in `People`."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of people besides their file, and at which revisions it was read."""

    revisions: tuple[int, int] | None = None
    said: Said = field(default_factory=dict)
    pins: Pins = field(default_factory=dict)


class Directory(Protocol):
    """Who is who in Slack."""

    async def without_say(self, users: Iterable[str]) -> frozenset[str]:
        """Those of these user ids that may not decide: deactivated, guests, strangers, bots.

        Raises `Retryable` when Slack cannot be asked: unknown is not approved.
        """
        ...


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The facts, the policy in force for this change, and the accounts seen first now."""

    facts: Facts
    policy: Policy
    new_pins: Pins


class Gatherer:
    """Reads everything that one decision needs, at one time."""

    def __init__(
        self,
        forges: Mapping[str, Forge],
        storage: Storage,
        policies: Policies,
        directory: Directory,
        clock: Clock,
    ) -> None:
        self._forges = forges
        self._storage = storage
        self._policies = policies
        self._directory = directory
        self._clock = clock
        self._learning = Learning(storage)
        self._listed: tuple[Person, ...] = ()
        self._kept = Kept()
        self._people = People(())
        self._entries = Entries(clock)
        self._base_files = BaseFiles(clock)
        self._reconciler = Reconciler(forges, storage, self._base_files, clock)

    @property
    def unseen(self) -> Mapping[str, str]:
        """The forges whose open merge requests could not be listed at the last look, and why."""
        return self._reconciler.unseen

    def person(self, slack: str) -> Person | None:
        """Who has this Slack user id, by the people file in force."""
        return next((one for one in self._policies.current.people if one.slack == slack), None)

    async def worth_a_look(self, forge: str, *, whole: bool) -> Sequence[MergeRequestTouched]:
        """What is open on the forge and may have changed, whoever told of it; see `Reconciler`.

        Among it is what somebody approved who has left Slack, or become a guest there, since.
        """
        believed = await self._storage.run(lambda rooms: rooms.reviews.open(forge))
        by_id = {one.id: one for one in self._policies.current.people}
        signers = {
            review.ref: {who.slack for one in review.approvals if (who := by_id.get(one.person))}
            for review in believed
        }
        everybody = {slack for some in signers.values() for slack in some if slack}
        gone = await self._directory.without_say(sorted(everybody))
        doubtful = {
            review.ref
            for review in believed
            # One without a gate waits for it to be written.
            if review.gate is None or signers[review.ref] & gone
        }
        refs = [review.ref for review in believed]
        return await self._reconciler.worth_a_look(forge, refs, doubtful, whole=whole)

    async def gather(self, ref: Ref, review: Review | None, clicker: str | None) -> Snapshot:
        """The snapshot for a merge request; `clicker` is the Slack user who acts, if any.

        Raises:
            Retryable: the forge or Slack cannot be asked now.
            Refused: the forge knows no such merge request.
        """
        forge, rulebook = self._forges[ref.forge], self._policies.current
        change, reviews, said_by_others = await asyncio.gather(
            forge.change(ref), forge.reviews(ref), _said_by_others(forge, review)
        )
        over = change.merge_request.state is not State.OPEN
        if over and not (review is not None and review.wants_follow_up):
            change, reviews = await self._veiled(change, reviews)
        request = change.merge_request

        read = self._base_files.at(forge, ref.project, request.base_branch, request.base_sha)
        policy, problems = await policy_at_base(
            read, rulebook.policy, request.base_branch, rulebook.people
        )
        owners = await owners_at_base(read, change.paths, words_of(ref.forge).dialect)
        known = self._kept
        kept = await self._storage.run(lambda rooms: _kept_now(rooms, known))
        people = self._everybody(rulebook.people, kept)
        history = await self._history(forge, change, policy, people)
        now = self._clock.now()
        asks, loads, opted_out, silent = await self._storage.run(
            lambda rooms: (
                rooms.asks.open(ref),
                rooms.asks.loads(ref, now),
                rooms.preferences.opted_out(),
                rooms.preferences.silent(),
            )
        )
        facts = Facts(
            change=change,
            people=people,
            history=history,
            owners=owners,
            open_asks=asks,
            loads=loads,
            opted_out=opted_out,
            silent=silent,
            forge_reviews=tuple(reviews),
            left_slack=await self._directory.without_say(
                _speakers(people, review, reviews, clicker)
            ),
            no_access=await self._entries.without(forge, ref.project, people.everyone),
            problems=problems,
            said_by_others=said_by_others,
        )
        seen = (*accounts_in(change), *(one.account for one in reviews))
        return Snapshot(facts, policy, people.new_pins(seen))

    async def _veiled(
        self, change: Change, reviews: Sequence[ForgeReview]
    ) -> tuple[Change, Sequence[ForgeReview]]:
        """What is over, without people who were erased since: only what is open needs them."""
        found = MergedRequest(change, tuple(reviews))
        veiled = await self._storage.run(lambda rooms: rooms.forgotten.veil(found))
        return veiled.change, veiled.reviews

    def _everybody(self, people: tuple[Person, ...], kept: Kept) -> People:
        """The people of the file as they say; as long as nothing is new, those laid out before."""
        if people is not self._listed or kept is not self._kept:
            self._listed, self._kept = people, kept
            self._people = People(all_as_they_say(people, kept.said), kept.pins)
        return self._people

    async def _history(
        self, forge: Forge, change: Change, policy: Policy, people: People
    ) -> History:
        ref, since = change.merge_request.ref, self._clock.now() - WINDOW
        scope = f"{ref.forge}/{ref.project}"
        if not await self._storage.run(lambda rooms: all_known(rooms.history, scope)):
            await self._read_on(forge, change, scope)
        past = await self._storage.run(lambda rooms: rooms.history.near(scope, change.paths, since))
        now = self._clock.now()
        measured = await asyncio.to_thread(measure, past, change, policy, people, now)
        return replace(measured, weighed=await self._learning.weigh(scope, change, people, now))

    async def _read_on(self, forge: Forge, change: Change, scope: str) -> None:
        """Ask the forge for the history of directories that nobody asked for before."""
        request = change.merge_request
        directories = sorted({str(PurePosixPath(path).parent) for path in change.paths})
        known = await self._storage.run(
            lambda rooms: {one for one in directories if rooms.history.mark(scope, one)}
        )
        fresh = [one for one in directories if one not in known]
        if not fresh:
            return
        now = self._clock.now()
        asked = fresh[:ASKED_DIRECTORIES]  # the others are asked about at the next look
        found = await forge.past_changes(
            request.ref.project, request.base_sha, _worth_asking(change, asked), now - WINDOW
        )

        def keep(rooms: Rooms) -> None:
            rooms.history.add(scope, found)
            for directory in asked:
                rooms.history.set_mark(scope, directory, request.base_sha, now)

        await self._storage.run(keep)


def _kept_now(rooms: Rooms, known: Kept) -> Kept:
    """What is `known`, unless it has changed since: ten thousand pins hardly ever do."""
    revisions = (rooms.preferences.revision(), rooms.pins.revision())
    if revisions == known.revisions:
        return known
    return Kept(revisions, rooms.preferences.said(), rooms.pins.all())


async def _said_by_others(forge: Forge, review: Review | None) -> SaidByOthers | None:
    """Who took the gate that we had set, where a forge lets them."""
    if review is None or review.gate is None or review.state is not State.OPEN:
        return None
    if not isinstance(forge, Takeable):
        return None
    return await forge.said_by_others(review.ref, review.binding.head_sha)


def _worth_asking(change: Change, directories: Sequence[str]) -> tuple[str, ...]:
    """The directories and the files most changed: a forge answers a few questions, not hundreds."""
    largest = sorted(change.files, key=lambda file: (-file.additions - file.deletions, file.path))
    places = [f"{one}/" for one in directories if one != "."]
    return (*places, *(file.path for file in largest[:ASKED_FILES]))


def measure(
    past: Sequence[PastChange], change: Change, policy: Policy, people: People, now: datetime
) -> History:
    """Everybody's expertise for the change, for all of it and for each domain it touches.

    The addresses of one person are theirs together; the change itself teaches nobody anything.
    """
    mine = theirs(past, people)
    laid_out = Past(mine)
    touched = touched_domains(policy.domains, change.paths)
    domains: dict[str, Mapping[str, Expertise]] = {
        domain.name: expertise_near(laid_out, paths, now) for domain, paths in touched.items()
    }
    paths = frozenset(change.paths)
    same_files = [one for one in mine if any(path in paths for path, _, _ in one.files)]
    lately = [one for one in same_files if now - LATELY <= one.at < now]
    return History(
        whole=expertise_near(laid_out, change.paths, now),
        domains=domains,
        writers=frozenset(who for one in same_files for who in one.authors),
        lately=len(lately),
        repairs=sum(one.fix for one in lately),
        changes_known=len(past),
    )


def _speakers(
    people: People,
    review: Review | None,
    on_the_forge: Iterable[ForgeReview],
    clicker: str | None,
) -> frozenset[str]:
    """Slack users whose word is at stake: who acts now, and whoever has said something."""
    said = review.opinions if review is not None else ()
    known = (
        *(people.by_id.get(one.person) for one in said),
        *(people.of_account(one.account) for one in on_the_forge),
    )
    ids = {person.slack for person in known if person is not None and person.slack}
    return frozenset(ids | ({clicker} if clicker else set()))
