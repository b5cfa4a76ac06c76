"""The ledger: append only, each entry sealed onto the one before with SHA-256."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from sqlite_utils import Database

from routing.model import Ref
from routing.trail import Entry
from storage.codec import moment

GENESIS = "0" * 64
COLUMNS = ("at", "ref", "kind", "data", "previous", "hash")


@dataclass(frozen=True, slots=True)
class Sealed:
    """A ledger entry as it is kept; `data` is canonical JSON."""

    seq: int
    at: str
    ref: str
    kind: str
    data: str
    previous: str
    hash: str


def seal(entry: Sealed) -> str:
    """The hash an entry must have: SHA-256 over everything else in it, as canonical JSON."""
    whole = [entry.seq, entry.at, entry.ref, entry.kind, entry.data, entry.previous]
    return hashlib.sha256(json.dumps(whole, separators=(",", ":")).encode()).hexdigest()


class Ledger:
    """Entries in order, and the check that nobody touched them."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def append(self, ref: Ref, entries: Iterable[Entry], now: datetime) -> None:
        """Seal entries onto the chain."""
        row = self._db.conn.execute(
            "SELECT seq, hash FROM ledger ORDER BY seq DESC LIMIT 1"
        ).fetchone()
        seq, previous = row or (0, GENESIS)
        at = moment(now)
        for entry in entries:
            seq += 1
            data = json.dumps(entry.data, sort_keys=True, separators=(",", ":"))
            unsealed = Sealed(seq, at, str(ref), entry.kind, data, previous, "")
            sealed = replace(unsealed, hash=seal(unsealed))
            self._db.table("ledger").insert(asdict(sealed), pk="seq")
            previous = sealed.hash

    def count(self) -> int:
        """How many entries there are."""
        return self._db.table("ledger").count

    def entries(self, ref: str | None = None) -> Iterator[Sealed]:
        """Entries in order: all of them, or those of one merge request ("github/acme/shop/12")."""
        where, values = ("WHERE ref = ?", (ref,)) if ref is not None else ("", ())
        rows = self._db.conn.execute(
            f"SELECT seq, at, ref, kind, data, previous, hash FROM ledger {where} ORDER BY seq",
            values,
        )
        return (Sealed(*row) for row in rows)

    def faults(self) -> Iterator[str]:
        """What does not fit, in sentences; nothing when every entry is where and as it was.

        A tail cut off cleanly leaves a chain that fits: that needs a checkpoint kept elsewhere.
        """
        expected, previous = 1, GENESIS
        for seq, columns in self._as_stored():
            entry = _readable(seq, columns)
            if seq != expected:
                yield f"entry {expected} is missing"
            elif entry is not None and entry.previous != previous:
                yield f"entry {seq} does not follow the one before it"
            if entry is None or entry.hash != seal(entry):
                yield f"entry {seq} was changed after it was written"
            expected, previous = seq + 1, entry.hash if entry is not None else ""

    def _as_stored(self) -> Iterator[tuple[int, Sequence[tuple[str, bytes]]]]:
        """Each row's columns as (SQLite's type, bytes): a hand may have left anything there."""
        typed = ", ".join(f"typeof({name}), CAST({name} AS BLOB)" for name in COLUMNS)
        for seq, *values in self._db.conn.execute(f"SELECT seq, {typed} FROM ledger ORDER BY seq"):
            yield seq, list(zip(values[::2], values[1::2], strict=True))


def _readable(seq: int, columns: Sequence[tuple[str, bytes]]) -> Sealed | None:
    """The entry, or None where a column holds anything but text."""
    try:
        texts = [value.decode() for kind, value in columns if kind == "text"]
    except UnicodeDecodeError:
        return None
    return Sealed(seq, *texts) if len(texts) == len(COLUMNS) else None
