"""What the bot has given up doing, seen from outside."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

GIVEN_UP = "SELECT body, problem FROM outbox WHERE state = 'dead'"


def given_up(database: Path) -> Iterator[str]:
    """Each effect that nobody will ever see, and why."""
    with closing(sqlite3.connect(database)) as connection:
        for body, problem in connection.execute(GIVEN_UP):
            yield f"given up: {json.loads(body)['kind']}: {problem}"
