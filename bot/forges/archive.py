"""What a forge tells of everything that was merged, page by page, so that reading can go on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from routing.model import PastChange

NAMED = "merge request "


def name_of(number: int) -> str:
    """The name under which the history keeps a merge request, however it came to know it."""
    return f"{NAMED}{number}"


def number_of(name: str) -> int | None:
    """The number of the merge request that has this name; None for what is no merge request."""
    said = name.removeprefix(NAMED)
    return int(said) if name.startswith(NAMED) and said.isdecimal() else None


@dataclass(frozen=True, slots=True)
class MergedPage:
    """Some merge requests that were merged, the latest first, and where to read on.

    `commits` are the SHAs that came with them: what was known of those alone is told twice.
    `cursor` is None at the end. `rest_until` is set where going on at once would use up calls
    that the bot may need.
    """

    changes: tuple[PastChange, ...]
    commits: tuple[str, ...]
    cursor: str | None
    rest_until: datetime | None = None


@runtime_checkable
class Archive(Protocol):
    """A forge that can be asked for its past."""

    name: str

    async def projects(self) -> Sequence[str]:
        """The projects this forge is configured for."""
        ...

    async def merged(self, project: str, cursor: str | None) -> MergedPage:
        """The merge requests after `cursor`, which an earlier page gave; from the latest on.

        Raises `Retryable` or `Refused`, as every method of a forge.
        """
        ...
