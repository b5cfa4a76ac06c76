"""Whether what a policy names is there: asked of every forge that can tell.

A forge that can tell implements `Naming`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol, runtime_checkable

from bot.forges.base import Forge
from bot.policies import Rulebook
from routing.files.forge_names import Names, unknown_names


@runtime_checkable
class Naming(Protocol):
    """A forge that can tell what a project has by name."""

    async def names(self, project: str) -> Names:
        """Its labels, branches and teams. Raises `Retryable` or `Refused`."""
        ...


async def names_nobody_has(rulebook: Rulebook, forges: Iterable[Forge]) -> Sequence[str]:
    """What the files name and none of a forge's projects has, in sentences.

    Raises `Retryable` or `Refused`.
    """
    known: dict[str, dict[str, Names]] = {}
    for forge in forges:
        if isinstance(forge, Naming):
            for project in await forge.projects():
                known.setdefault(forge.name, {})[project] = await forge.names(project)
    return tuple(
        sentence
        for name, projects in known.items()
        for sentence in unknown_names(rulebook.policy, rulebook.people, name, projects)
    )
