"""A forge over a clone on this machine: for the demo and the tests, without any account.

Files and commits are git's own; what a real forge would keep beside them (merge requests,
reviews, statuses, comments) lives in memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.clock import Clock
from bot.errors import Refused
from bot.git.change import read_ai_notes, read_commits, read_files
from bot.git.clone import Clone
from bot.git.history import read_history
from routing.effects import GateState, SetGate
from routing.forge_words import short_name
from routing.model import (
    Account,
    Change,
    ForgeReview,
    MergeRequest,
    PastChange,
    Ref,
    ReviewState,
    State,
)

NAME = "local"


@dataclass
class Request:
    """A merge request and what people have left on it."""

    request: MergeRequest
    pinned: str | None = None
    reviews: list[ForgeReview] = field(default_factory=list)
    requested: set[str] = field(default_factory=set)
    comments: dict[str, str] = field(default_factory=dict)
    gates: dict[str, SetGate] = field(default_factory=dict)


class LocalForge:
    """Implements `Forge` for one clone; below `url` its merge requests can be looked at.

    Under another `name` ("gitlab") it stands for that forge, whose words and rules then hold.
    """

    def __init__(
        self, clone: Clone, clock: Clock, project: str | None = None, name: str = NAME
    ) -> None:
        self.name = name
        self.clone = clone
        self.url = f"file://{clone.path.resolve()}"
        self._clock = clock
        self._project = project or clone.path.resolve().name
        self._requests: dict[Ref, Request] = {}

    # What people do here.

    async def open(
        self, branch: str, base: str, title: str, author: Account, body: str = ""
    ) -> Ref:
        """Open a merge request for a branch of the clone."""
        number = len(self._requests) + 1
        ref = Ref(self.name, self._project, number)
        request = MergeRequest(
            ref=ref,
            project_id=f"local:{self._project}",
            title=title,
            body=body,
            author=author,
            state=State.OPEN,
            draft=False,
            head_sha=await self._tip(branch),
            head_branch=branch,
            base_branch=base,
            base_sha=await self._tip(base),
            url=f"{self.url}/{number}",
            opened_at=self._clock.now(),
        )
        self._requests[ref] = Request(request)
        return ref

    def review(self, ref: Ref, account: Account, state: ReviewState) -> None:
        """Leave a review on the head and for the base as they stand now."""
        kept = self._kept(ref)
        kept.reviews.append(
            ForgeReview(
                f"{ref.number}.{len(kept.reviews) + 1}",
                account,
                state,
                kept.request.head_sha,
                kept.request.base_branch,
                self._clock.now(),
            )
        )
        kept.requested.discard(account.login)

    def end(self, ref: Ref, state: State) -> None:
        """Merge or close it, or open it again. A gate that is shut keeps it from being merged.

        Raises:
            Refused: the gate does not say success.
        """
        kept = self._kept(ref)
        if state is State.MERGED and self.gate(ref) is not GateState.SUCCESS:
            raise Refused(f"{short_name(ref)} cannot be merged: its gate is not open")
        merged = self._clock.now() if state is State.MERGED else None
        kept.request = replace(kept.request, state=state, merged_at=merged)

    def change_request(
        self, ref: Ref, *, base: str | None = None, draft: bool | None = None
    ) -> None:
        """Retarget it, or make it a draft or ready."""
        kept = self._kept(ref)
        request = kept.request
        kept.request = replace(
            request,
            base_branch=request.base_branch if base is None else base,
            draft=request.draft if draft is None else draft,
        )

    def pin_base(self, ref: Ref, sha: str) -> None:
        """Have it go into its base branch as that stood at a commit, wherever it stands now."""
        kept = self._kept(ref)
        kept.pinned = sha
        kept.request = replace(kept.request, base_sha=sha)

    # What there is to see.

    def gate(self, ref: Ref) -> GateState | None:
        """What the gate says on the head as it stands now; None where nothing was set."""
        kept = self._kept(ref)
        gate = kept.gates.get(kept.request.head_sha)
        return gate.state if gate else None

    def gate_description(self, ref: Ref) -> str:
        """The gate's line on the head as it stands now."""
        kept = self._kept(ref)
        gate = kept.gates.get(kept.request.head_sha)
        return gate.description if gate else "no status yet"

    def gate_url(self, ref: Ref) -> str | None:
        """The gate's "Details" link on the head as it stands now."""
        kept = self._kept(ref)
        gate = kept.gates.get(kept.request.head_sha)
        return gate.url if gate else None

    def requested(self, ref: Ref) -> frozenset[str]:
        """Logins of those who are asked."""
        return frozenset(self._kept(ref).requested)

    def comments(self, ref: Ref) -> Sequence[str]:
        """Comments, oldest first."""
        return list(self._kept(ref).comments.values())

    def requests(self) -> Sequence[MergeRequest]:
        """Every merge request, by number."""
        return [self._requests[ref].request for ref in sorted(self._requests)]

    async def refresh(self, ref: Ref) -> MergeRequest:
        """Read the branch's tip again: somebody may have pushed."""
        kept = self._kept(ref)
        kept.request = replace(
            kept.request,
            head_sha=await self._tip(kept.request.head_branch),
            base_sha=kept.pinned or await self._tip(kept.request.base_branch),
        )
        return kept.request

    # What Countersign asks: see `bot.forges.base.Forge`.

    async def check(self) -> str:
        """Make sure that the clone is one."""
        await self.clone.check()
        return "nobody in particular"

    async def projects(self) -> Sequence[str]:
        """The one project."""
        return (self._project,)

    async def open_merge_requests(self, project: str) -> Sequence[Ref]:
        """Every open merge request."""
        if project != self._project:
            raise Refused(f"{project} is not the project of this clone, {self._project}")
        return [
            ref
            for ref, kept in sorted(self._requests.items())
            if kept.request.state is State.OPEN and ref.project == project
        ]

    async def change(self, ref: Ref) -> Change:
        """The merge request with files and commits as the clone has them now."""
        request = await self.refresh(ref) if self._open(ref) else self._kept(ref).request
        fork = await self.clone.merge_base(request.base_sha, request.head_sha)
        files = await read_files(self.clone, fork, request.head_sha)
        commits = await read_commits(self.clone, request.base_sha, request.head_sha)
        notes = await read_ai_notes(self.clone, [one.sha for one in commits])
        return Change(request, files, commits, notes=notes)

    async def reviews(self, ref: Ref) -> Sequence[ForgeReview]:
        """All reviews, oldest first."""
        return tuple(self._kept(ref).reviews)

    async def requested_reviewers(self, ref: Ref) -> frozenset[str]:
        """Logins of those asked."""
        return self.requested(ref)

    async def read_file(self, project: str, branch: str, sha: str, path: str) -> str | None:
        """A file at a commit."""
        del project, branch
        return await self.clone.file_at(sha, path)

    async def past_changes(
        self, project: str, sha: str, paths: Sequence[str], since: datetime
    ) -> Sequence[PastChange]:
        """Changes since then that `sha` has; all of them, a clone is quick to read."""
        del project, paths
        found = [change async for change, _ in read_history(self.clone, None, sha)]
        return [change for change in found if change.at >= since]

    async def set_gate(self, gate: SetGate) -> bool:
        """Keep the status, unless a success was decided for another head or base."""
        kept = self._kept(gate.ref)
        if gate.state is GateState.SUCCESS:
            if not self._open(gate.ref):
                return False
            now = await self.refresh(gate.ref)
            if (now.head_sha, now.base_branch) != (gate.sha, gate.base_branch):
                return False
        kept.gates[gate.sha] = gate
        return True

    async def request_reviewers(self, ref: Ref, logins: Iterable[str]) -> tuple[str, ...]:
        """Ask these people; nobody is refused here."""
        self._kept(ref).requested |= set(logins)
        return ()

    async def withdraw_reviewers(self, ref: Ref, logins: Iterable[str]) -> None:
        """Ask them no more."""
        self._kept(ref).requested -= set(logins)

    async def comment(self, ref: Ref, body: str, key: str, *, thread: bool = False) -> None:
        """Keep a comment once."""
        del thread  # there are none here
        self._kept(ref).comments.setdefault(key, body)

    async def close(self) -> None:
        """Nothing to let go of."""

    async def _tip(self, branch: str) -> str:
        """A branch's commit; a tag of the same name changes nothing."""
        return await self.clone.commit_of(f"refs/heads/{branch}")

    def _open(self, ref: Ref) -> bool:
        return self._kept(ref).request.state is State.OPEN

    def _kept(self, ref: Ref) -> Request:
        try:
            return self._requests[ref]
        except KeyError as exc:
            raise Refused(f"there is no merge request {ref.number} in {ref.project}") from exc
