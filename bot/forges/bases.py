"""Which base branch a merge request had when: a forge's own record of its retargets, read back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Retarget:
    """A change of the base branch; `before` is the one that was left, empty where nobody tells."""

    at: datetime
    before: str


@dataclass(frozen=True, slots=True)
class Bases:
    """The base branches that a merge request has had: the one it has now, and every change of it.

    A forge binds what people say to a commit at best. A change retargeted afterwards must not
    inherit an approval that was left for another base, whether anybody watched or not.
    """

    now: str
    retargets: Sequence[Retarget] = ()

    def at(self, when: datetime) -> str:
        """The base at that time; empty where nobody can tell, as in the very moment of a change."""
        later = sorted((one for one in self.retargets if one.at >= when), key=lambda one: one.at)
        if not later:
            return self.now
        return "" if later[0].at == when else later[0].before
