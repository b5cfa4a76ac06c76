"""What Countersign asks of a forge, in the words of `routing.model`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from routing.effects import SetGate
from routing.model import Change, ForgeReview, PastChange, Ref, SaidByOthers


@runtime_checkable
class Metered(Protocol):
    """A forge that counts our calls."""

    def quota(self) -> tuple[int, int] | None:
        """Calls left and the limit, as its last answer said; None before the first."""
        ...


@dataclass(frozen=True, slots=True)
class Sighting:
    """A merge request as a forge's list of what is open shows it.

    `trace` is text that changes with whatever the list shows of it; None while that is too fresh
    to be told from what comes after it. `base_sha` is the base branch's tip, None where it is gone.
    """

    ref: Ref
    base_branch: str
    base_sha: str | None
    trace: str | None


@runtime_checkable
class Listing(Protocol):
    """A forge whose list shows enough to tell which merge requests have changed."""

    async def listed(self, project: str) -> Sequence[Sighting]:
        """Every open merge request, drafts included. Raises as every method of a forge."""
        ...


@runtime_checkable
class Takeable(Protocol):
    """A forge on which others can say our gate as well."""

    async def said_by_others(self, ref: Ref, sha: str) -> SaidByOthers | None:
        """Who said the gate of this head last, where that was not us; raises as every method."""
        ...


@runtime_checkable
class Watched(Protocol):
    """A forge that notices when it cannot be asked."""

    @property
    def outage(self) -> str | None:
        """Why the last call had no answer, or was not let in; None when it had one."""
        ...


class Forge(Protocol):
    """A place where merge requests live.

    Every method may raise `Retryable` (outage, rate limit, timeout) or `Refused` (the forge
    said no, the thing does not exist). None blocks the event loop.
    """

    name: str

    async def check(self) -> str:
        """Prove that the credentials work; returns who we are there, for the log."""
        ...

    async def projects(self) -> Sequence[str]:
        """The projects this forge is configured for."""
        ...

    async def open_merge_requests(self, project: str) -> Sequence[Ref]:
        """Every open merge request, drafts included."""
        ...

    async def change(self, ref: Ref) -> Change:
        """The merge request with its files and commits; what is missing is named in `gaps`."""
        ...

    async def reviews(self, ref: Ref) -> Sequence[ForgeReview]:
        """All reviews left on the forge, oldest first."""
        ...

    async def requested_reviewers(self, ref: Ref) -> frozenset[str]:
        """Logins of the people whose review is requested now."""
        ...

    async def read_file(self, project: str, branch: str, sha: str, path: str) -> str | None:
        """A file's text at commit `sha`, which must be the tip or an ancestor of the branch.

        Returns None when the file does not exist there.
        """
        ...

    async def past_changes(
        self, project: str, sha: str, paths: Sequence[str], since: datetime
    ) -> Sequence[PastChange]:
        """Changes that touched these paths and are part of `sha`, newest first, bounded."""
        ...

    async def set_gate(self, gate: SetGate) -> bool:
        """Set the commit status `countersign`; idempotent.

        Returns False, having set nothing, when a success was asked for and the merge request
        meanwhile has another head or base.
        """
        ...

    async def request_reviewers(self, ref: Ref, logins: Iterable[str]) -> tuple[str, ...]:
        """Ask these people for their review; returns those whom the forge would not take."""
        ...

    async def withdraw_reviewers(self, ref: Ref, logins: Iterable[str]) -> None:
        """Take requests for review back; people not asked are passed over."""
        ...

    async def comment(self, ref: Ref, body: str, key: str, *, thread: bool = False) -> None:
        """Post a comment once: `key` is written into it invisibly and looked for first.

        With `thread` it is one that somebody has to resolve, where the forge knows such.
        """
        ...

    async def close(self) -> None:
        """Let go of connections and threads."""
        ...
