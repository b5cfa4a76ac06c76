"""Erasing in tests: one line, by a person or by what they go."""

from __future__ import annotations

from routing.forgetting.whom import Whom
from storage.database import Storage
from storage.erasing import Erased
from tests.builders import NOW


def erase(storage: Storage, whom: Whom | str, *others: str) -> Erased:
    """Erase somebody; `others` are how other people are called."""
    given = Whom(whom) if isinstance(whom, str) else whom
    return storage.run_blocking(lambda rooms: rooms.erasing.erase(given, others, NOW))
