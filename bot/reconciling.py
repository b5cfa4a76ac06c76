"""Finds what has to be looked at although nobody told: a lost delivery costs minutes, no more.

A forge whose list shows what has changed (`Listing`) is asked for that list, and only what
shows something else than before its last look is looked at; of every other forge, everything open.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence

import structlog

from bot.base_files import BaseFiles, asked_at_base
from bot.clock import Clock
from bot.errors import NotYet, Refused, Retryable
from bot.forges.base import Forge, Listing, Sighting
from routing.events import MergeRequestTouched
from routing.forge_words import words_of
from routing.model import Ref
from routing.reconciling import is_worth_a_look
from storage.database import Storage

log = structlog.get_logger()


class Reconciler:
    """Compares what the forges show with what was looked at.

    `unseen` are the forges whose open merge requests could not be listed at the last look, and why.
    """

    def __init__(
        self, forges: Mapping[str, Forge], storage: Storage, base_files: BaseFiles, clock: Clock
    ) -> None:
        self._forges = forges
        self._storage = storage
        self._base_files = base_files
        self._clock = clock
        self.unseen: dict[str, str] = {}

    async def worth_a_look(
        self, forge: str, believed: Iterable[Ref], doubtful: Iterable[Ref], *, whole: bool
    ) -> Sequence[MergeRequestTouched]:
        """What is open on the forge, or `believed` to be, and may have changed.

        What is `doubtful` is looked at whatever is shown; `whole` doubts everything. A project that
        the forge does not let us list is left out: it would not let us look either.

        Raises:
            Retryable: the forge cannot be asked now.
        """
        known = await self._storage.run(lambda rooms: rooms.looks.of(forge))
        began = self._clock.now()
        try:
            shown = await self._shown(self._forges[forge])
        except Retryable as exc:
            if not isinstance(exc, NotYet):
                self.unseen[forge] = str(exc)
            raise
        traces = {ref: trace for one in shown.values() for ref, trace in one.items()}
        unsure = {*(set(believed) - traces.keys()), *doubtful}  # not in the list: it was closed
        traces |= dict.fromkeys(ref for ref in unsure if ref.project in shown)
        return [
            MergeRequestTouched(ref, trace=trace)
            for ref, trace in sorted(traces.items(), key=lambda item: item[0])
            if whole or is_worth_a_look(ref, trace, known.get(ref), began)
        ]

    async def _shown(self, forge: Forge) -> Mapping[str, Mapping[Ref, str | None]]:
        """By project, everything open there, with all that a list tells of it."""
        shown: dict[str, Mapping[Ref, str | None]] = {}
        refusals: list[str] = []
        for project in await forge.projects():
            try:
                shown[project] = await self._shown_in(forge, project)
            except Refused as exc:
                log.warning("project_not_listed", forge=forge.name, problem=str(exc))
                refusals.append(str(exc))
        self.unseen.pop(forge.name, None)
        if refusals:
            self.unseen[forge.name] = "; ".join(refusals)
        return shown

    async def _shown_in(self, forge: Forge, project: str) -> Mapping[Ref, str | None]:
        if not isinstance(forge, Listing):
            return dict.fromkeys(await forge.open_merge_requests(project))
        return {one.ref: await self._trace(forge, one) for one in await forge.listed(project)}

    async def _trace(self, forge: Forge, one: Sighting) -> str | None:
        """What the list shows, and what the base branch asks of it."""
        if one.trace is None or one.base_sha is None:
            return None
        read = self._base_files.at(forge, one.ref.project, one.base_branch, one.base_sha)
        try:
            asked = await asked_at_base(read, words_of(one.ref.forge).dialect)
        except Refused:
            return None  # looked at, it says why
        return hashlib.sha256(f"{one.trace}\n{asked}".encode()).hexdigest()
