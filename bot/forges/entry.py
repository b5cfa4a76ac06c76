"""Who may enter a project on its forge, asked once an hour: nobody else can be asked to review."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Protocol, runtime_checkable

import structlog

from bot.clock import Clock, Onward
from bot.errors import CountersignError
from bot.forges.base import Forge
from routing.people import Person

log = structlog.get_logger()

FRESH = timedelta(hours=1)
"""So long an answer is taken for granted; whoever came meanwhile is asked an hour later."""


@runtime_checkable
class Gatekeeper(Protocol):
    """A forge that tells who may enter."""

    async def members(self, project: str) -> frozenset[str]:
        """Logins, in lower case, of everybody who may review there."""
        ...


class Entries:
    """Remembers who may enter which project."""

    def __init__(self, clock: Clock) -> None:
        self._clock = Onward(clock)
        self._known: dict[tuple[str, str], tuple[datetime, frozenset[str] | None]] = {}

    async def without(
        self, forge: Forge, project: str, people: tuple[Person, ...]
    ) -> frozenset[str]:
        """Ids of the people who have an account on the forge that may not enter the project.

        Where the forge does not say who may, nobody is taken for locked out.
        """
        if not isinstance(forge, Gatekeeper):
            return frozenset()
        members = await self._members(forge, forge.name, project)
        if not members:
            return frozenset()
        return frozenset(one.id for one in people if _locked_out(one.logins, forge.name, members))

    async def _members(self, forge: Gatekeeper, name: str, project: str) -> frozenset[str] | None:
        now, known = self._clock.now(), self._known.get((name, project))
        if known is not None and now - known[0] < FRESH:
            return known[1]
        members: frozenset[str] | None = None
        try:
            members = await forge.members(project)
        except CountersignError as exc:
            log.info("members_unknown", project=project, problem=str(exc))
        self._known[name, project] = (now, members)
        return members


def _locked_out(logins: Mapping[str, str], forge: str, members: frozenset[str]) -> bool:
    login = logins.get(forge)
    return login is not None and login.lower() not in members
