"""The check of the whole ledger: its chain, its texts, and what the checkpoints vouch for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.proof.checkpoints import Vouched
from routing.phrases import counted
from storage.ledger import Ledger

UNSIGNED = Vouched({}, (), ())
"""Where nothing was ever signed."""


@dataclass(frozen=True, slots=True)
class Verified:
    """What the check found; `signed_up_to` is the last entry a checkpoint vouches for."""

    entries: int
    signed_up_to: int
    restored: tuple[str, ...]
    faults: tuple[str, ...]

    @property
    def extent(self) -> str:
        """How much there is, and how much of it is signed."""
        signed = f"signed up to entry {self.signed_up_to}"
        unsigned = "no checkpoint vouches for it, so a cut-off end could not be seen"
        entries = counted(self.entries, "entry", "entries")
        return f"{entries}, {signed if self.signed_up_to else unsigned}"

    @property
    def outcome(self) -> str:
        """Whether it holds."""
        return "the chain is broken" if self.faults else "the chain holds"


def verify(
    kept: Ledger, vouched: Vouched, progress: Callable[[int], None] = lambda _: None
) -> Verified:
    """Check all of it; `progress` is called with how far it has come."""
    tail = kept.tail()
    faults = (*vouched.faults, *kept.faults(vouched.hashes, progress))
    return Verified(tail[0] if tail else 0, vouched.last, vouched.restored, faults)
