"""Finding ledger entries: by words in them (FTS5), kind, merge request and time, newest first."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlite_utils import Database

from storage.disclosures import Disclosures
from storage.ledger import Opened

UNREAD_KEYS = frozenset({"project_id", "policy_hash"})
"""Values under these keys mean nothing to people."""

LAST = 2**62
"""Beyond any entry's number."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; everything named must hold. `since` and `until` are UTC days."""

    words: str = ""
    kind: str = ""
    ref: str = ""
    since: date | None = None
    until: date | None = None


class LedgerSearch:
    """The index over the ledger. It follows the ledger behind `catch_up`."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._disclosures = Disclosures(db)

    def catch_up(self, most: int) -> int:
        """Take in entries that are not found yet, at most so many; returns how many it took."""
        row = self._db.conn.execute(
            "SELECT rowid FROM ledger_words ORDER BY rowid DESC LIMIT 1"
        ).fetchone()
        rows = self._db.conn.execute(
            "SELECT seq, ref, kind, data FROM ledger WHERE seq > ? ORDER BY seq LIMIT ?",
            (row[0] if row else 0, most),
        ).fetchall()
        self._db.conn.executemany(
            "INSERT INTO ledger_words (rowid, ref, kind, words) VALUES (?, ?, ?, ?)",
            [(seq, ref, kind, self._text(data)) for seq, ref, kind, data in rows],
        )
        return len(rows)

    def find(self, wanted: Wanted, before: int | None, most: int) -> Sequence[Opened]:
        """The newest matching entries with numbers below `before`, newest first."""
        first, last = self._bounds(wanted)
        conditions = ["l.seq >= ?", "l.seq < ?"]
        values: list[int | str] = [first, min(last, before or LAST)]
        source = "ledger l"
        match = _match(wanted.words)
        if match:
            source = "ledger_words w CROSS JOIN ledger l ON l.seq = w.rowid"
            conditions = ["ledger_words MATCH ?", "w.rowid >= ?", "w.rowid < ?"]
            values.insert(0, match)
        for column, value in (("kind", wanted.kind), ("ref", wanted.ref)):
            if value:
                conditions.append(f"l.{column} = ?")
                values.append(value)
        rows = self._db.conn.execute(
            "SELECT l.seq, l.at, l.ref, l.kind, l.data, l.hash"
            f" FROM {source} WHERE {' AND '.join(conditions)}"
            f" ORDER BY {'w.rowid' if match else 'l.seq'} DESC LIMIT ?",
            (*values, most),
        )
        return [
            Opened(seq, at, ref, kind, self._disclosures.open_up(data), sealed)
            for seq, at, ref, kind, data, sealed in rows
        ]

    def kinds(self) -> Sequence[str]:
        """Every kind of entry there is."""
        found: list[str] = []
        row: Any = ("",)
        while row is not None:  # one step of the index for each kind, however many entries
            row = self._db.conn.execute(
                "SELECT kind FROM ledger WHERE kind > ? ORDER BY kind LIMIT 1", row
            ).fetchone()
            found += row or ()
        return found

    def _text(self, data: str) -> str:
        return " ".join(_words(json.loads(self._disclosures.open_up(data))))

    def _bounds(self, wanted: Wanted) -> tuple[int, int]:
        """The days as entry numbers: from the first of these to before the second."""
        first, last = 0, LAST
        if wanted.since is not None:
            first = self._first_at(wanted.since)
        if wanted.until is not None and wanted.until < date.max:
            last = self._first_at(wanted.until + timedelta(days=1))
        return first, last

    def _first_at(self, day: date) -> int:
        row = self._db.conn.execute(
            "SELECT seq FROM ledger WHERE at >= ? ORDER BY at LIMIT 1", (day.isoformat(),)
        ).fetchone()
        return int(row[0]) if row else LAST


def _match(words: str) -> str:
    """The words as an FTS5 query: all of them, each perhaps the beginning of a longer one."""
    found = (word.replace('"', '""') for word in words.split() if any(map(str.isalnum, word)))
    return " ".join(f'"{word}"*' for word in found)


def _words(value: object) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for key, inner in value.items():
                if key not in UNREAD_KEYS:
                    yield from _words(inner)
        case list():
            for inner in value:
                yield from _words(inner)
        case _:
            return
