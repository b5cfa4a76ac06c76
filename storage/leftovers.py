"""What still holds the names of somebody erased, and why: looked for in all that is kept."""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlite_utils import Database

from routing.forgetting.naming import Naming
from storage.telling import Told, unheard


class Why(StrEnum):
    """Why something stays."""

    CHAIN = "the ledger's chain holds a branch or project of that name, and cannot be changed"
    ADDRESS = "a project, branch or file is called so"
    UNCLEAR = (
        "a word there may be somebody else's name, part of another word, or no name at all; "
        "--also WORD erases it where it stands by itself"
    )


@dataclass(frozen=True, slots=True)
class Left:
    """How many rows of a table's column hold a name, and why they stay."""

    where: str
    rows: int
    why: Why


INDEX = "ledger_words"
"""The search index of the ledger: it knows the words of texts that are there, and begins anew."""


def left_of(db: Database, naming: Naming, told: Told = unheard) -> Sequence[Left]:
    """Everything that still holds a name, or what may be one."""
    counts = defaultdict[tuple[str, Why], int](int)
    for number, (where, text) in enumerate(_texts(db), start=1):
        told("rows", number)
        if naming.may_name(text):
            if naming.names(text):
                counts[where, Why.CHAIN if where.startswith("ledger.") else Why.ADDRESS] += 1
            elif naming.may_mean(text):
                counts[where, Why.UNCLEAR] += 1
    return [Left(where, rows, why) for (where, why), rows in sorted(counts.items())]


def _texts(db: Database) -> Iterator[tuple[str, str]]:
    """Every text in the database, with its table and column."""
    for table in db.tables:
        if table.name.startswith((INDEX, "_", "sqlite_")):
            continue
        for column in table.columns:
            rows = db.conn.execute(f"SELECT {column.name} FROM {table.name}")
            for (value,) in rows:
                if isinstance(value, str):
                    yield f"{table.name}.{column.name}", value
                elif table.name == "merged_requests":
                    yield f"{table.name}.{column.name}", zlib.decompress(value).decode()
