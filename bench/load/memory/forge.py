"""A forge that answers at once and shows what it has delivered; it remembers what is open.

Whatever grows in the process is not this forge.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from pydantic import TypeAdapter

from bot.clock import Clock
from bot.errors import Refused
from bot.forges.base import Sighting
from bot.forges.github.webhooks import GitHubHook
from bot.forges.payloads import read_object
from routing.effects import GateState, SetGate
from routing.events import Event
from routing.model import Change, ForgeReview, PastChange, Ref, ReviewState, State
from tests.builders import AI_TRAILER, a_change, a_commit, a_file, on_the_forge

PROJECT = "acme/shop"
KEPT = 100
"""Merge requests it remembers: those that are open, and those that ended last."""
LINES = 30
BASE_SHA = "b" * 10


@dataclass(frozen=True, slots=True)
class Told:
    """A merge request as a delivery tells of it, with who said what of it on the forge."""

    number: int
    author: str
    head: str
    paths: tuple[str, ...]
    assisted: bool
    opened_at: datetime
    state: State = State.OPEN
    said: tuple[tuple[str, ReviewState, str], ...] = ()

    @property
    def url(self) -> str:
        """Its address."""
        return f"https://github.example/{PROJECT}/pull/{self.number}"

    def payload(self, action: str) -> dict[str, object]:
        """What GitHub would deliver, with all of it besides under a key of ours."""
        pull: dict[str, object] = {"number": self.number, "head": {"sha": self.head}}
        pull |= {"base": {"ref": "main"}}
        return {
            "action": action,
            "number": self.number,
            "pull_request": pull,
            "repository": {"full_name": PROJECT},
            "told": TOLD.dump_python(self, mode="json"),
        }


TOLD: TypeAdapter[Told] = TypeAdapter(Told)


class PassingForge:
    """Where merge requests pass through."""

    name = "github"

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._told: dict[Ref, Told] = {}

    def hears(self, told: Told) -> None:
        """People did this."""
        ref = Ref(self.name, PROJECT, told.number)
        self._told.pop(ref, None)
        self._told[ref] = told
        while len(self._told) > KEPT:
            del self._told[next(iter(self._told))]

    def _known(self, ref: Ref) -> Told:
        if ref not in self._told:
            raise Refused(f"there is no merge request {ref}")
        return self._told[ref]

    async def check(self) -> str:
        """Who we are."""
        return "countersign-bot"

    async def projects(self) -> Sequence[str]:
        """The one."""
        return (PROJECT,)

    async def open_merge_requests(self, project: str) -> Sequence[Ref]:
        """What did not end yet."""
        del project
        return [ref for ref, told in self._told.items() if told.state is State.OPEN]

    async def listed(self, project: str) -> Sequence[Sighting]:
        """The same, each with what tells whether it has changed."""
        shown = ((ref, self._told[ref]) for ref in await self.open_merge_requests(project))
        return [Sighting(ref, "main", BASE_SHA, repr(told)) for ref, told in shown]

    async def change(self, ref: Ref) -> Change:
        """As it was delivered last."""
        told = self._known(ref)
        message = "Do it" + (AI_TRAILER if told.assisted else "")
        change = a_change(
            told.author,
            ref=ref,
            head=told.head,
            title=f"Change {told.number}",
            files=[a_file(path, lines=LINES) for path in told.paths],
            commits=[a_commit(told.author, sha=told.head, message=message)],
            state=told.state,
        )
        merged = self._clock.now() if told.state is State.MERGED else None
        request = replace(
            change.merge_request, url=told.url, opened_at=told.opened_at, merged_at=merged
        )
        return replace(change, merge_request=request)

    async def reviews(self, ref: Ref) -> Sequence[ForgeReview]:
        """As they were delivered."""
        now = self._clock.now()
        said = self._known(ref).said
        return [on_the_forge(who, word, sha=head, at=now) for who, word, head in said]

    async def requested_reviewers(self, ref: Ref) -> frozenset[str]:
        """Nobody: it does not remember whom we asked for."""
        del ref
        return frozenset()

    async def read_file(self, project: str, branch: str, sha: str, path: str) -> str | None:
        """There are no files but those that are changed."""
        del project, branch, sha, path
        return None

    async def past_changes(
        self, project: str, sha: str, paths: Sequence[str], since: datetime
    ) -> Sequence[PastChange]:
        """There was nothing before."""
        del project, sha, paths, since
        return ()

    async def set_gate(self, gate: SetGate) -> bool:
        """Whether it still fits."""
        told = self._told.get(gate.ref)
        return gate.state is not GateState.SUCCESS or (told is not None and told.head == gate.sha)

    async def request_reviewers(self, ref: Ref, logins: Iterable[str]) -> tuple[str, ...]:
        """All of them are taken."""
        del ref, logins
        return ()

    async def withdraw_reviewers(self, ref: Ref, logins: Iterable[str]) -> None:
        """Done."""

    async def comment(self, ref: Ref, body: str, key: str, *, thread: bool = False) -> None:
        """Done."""

    async def close(self) -> None:
        """Nothing to let go of."""


class TellingHook:
    """GitHub's own hook, whose genuine deliveries the forge hears of."""

    def __init__(self, hook: GitHubHook, there: PassingForge) -> None:
        self._hook = hook
        self._there = there

    @property
    def forge(self) -> str:
        """The forge's name."""
        return self._hook.forge

    def is_genuine(self, body: bytes, headers: Mapping[str, str], now: datetime) -> bool:
        """As always."""
        return self._hook.is_genuine(body, headers, now)

    def key(self, body: bytes, headers: Mapping[str, str]) -> str:
        """As always."""
        return self._hook.key(body, headers)

    def event(self, body: bytes, headers: Mapping[str, str]) -> Event | None:
        """As always, and the forge is told."""
        event = self._hook.event(body, headers)
        self._there.hears(TOLD.validate_python(read_object(body)["told"]))
        return event
