"""When an open merge request is worth a look though nobody told of it: deliveries get lost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from routing.model import Ref

ANYWAY = timedelta(hours=1)
"""After so long at most everything is looked at: no list shows everything."""
SPREAD = 20
"""Over so many minutes before that, by their numbers: not all at once."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a forge's list showed of a merge request before it was looked at last, and when."""

    trace: str
    at: datetime


def is_worth_a_look(ref: Ref, trace: str | None, last: Look | None, now: datetime) -> bool:
    """Whether the list shows anything else than before the last look, or shows too little.

    `trace` is what it shows now; None where that is not enough to go by.
    """
    if trace is None or last is None:
        return True
    patience = ANYWAY - timedelta(minutes=ref.number % SPREAD)
    since = now - last.at
    return trace != last.trace or not timedelta(0) <= since < patience  # clocks are set back
