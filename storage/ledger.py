"""The ledger: append only, each entry sealed onto the one before with SHA-256."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, replace
from datetime import datetime

from sqlite_utils import Database

from routing.model import Ref
from routing.trail import Entry
from storage.codec import moment
from storage.disclosures import TOKEN, Disclosures
from storage.ledger_erasing import Speaking

GENESIS = "0" * 64
COLUMNS = ("at", "ref", "kind", "data", "previous", "hash")
ERASURE = "erased"
"""The kind of the entry that says which commitments were erased."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A ledger entry as it is kept; `data` is canonical JSON with commitments for texts."""

    seq: int
    at: str
    ref: str
    kind: str
    data: str
    previous: str
    hash: str


@dataclass(frozen=True, slots=True)
class Opened:
    """A ledger entry as it is read: `data` is JSON with every text that was not erased.

    `ref` is "github/acme/shop/12", or empty where the ledger speaks of itself.
    """

    seq: int
    at: str
    ref: str
    kind: str
    data: str
    hash: str


def seal(entry: Sealed) -> str:
    """The hash an entry must have: SHA-256 over everything else in it, as canonical JSON."""
    whole = [entry.seq, entry.at, entry.ref, entry.kind, entry.data, entry.previous]
    return hashlib.sha256(json.dumps(whole, separators=(",", ":")).encode()).hexdigest()


def _uncounted(_seq: int) -> None:
    """Nobody watches the progress."""


class Ledger:
    """Entries in order, and the check that nobody touched them."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._disclosures = Disclosures(db)

    def append(self, ref: Ref | None, entries: Iterable[Entry], now: datetime) -> None:
        """Seal entries onto the chain; without a `ref` they are of no merge request."""
        for entry in entries:
            self._seal(str(ref or ""), entry.kind, self._disclosures.close_up(entry.data), now)

    def erase(self, speaking: Speaking, stand_in: str, now: datetime) -> int:
        """Erase every text that speaks of somebody; returns how many.

        The chain stays as it is, and an entry of its own says which commitments nobody can open
        any more, and where `stand_in` is read now.
        """
        tokens = speaking.named | speaking.texts
        if tokens:
            self._disclosures.erase(tokens)
            self._disclosures.stand_in(speaking.named, stand_in)
            data = {
                "as": stand_in,
                "named": [{"~": token} for token in sorted(speaking.named)],
                "texts": [{"~": token} for token in sorted(speaking.texts)],
            }
            self._seal("", ERASURE, data, now)
        return len(tokens)

    def _seal(self, ref: str, kind: str, data: object, now: datetime) -> None:
        seq, previous = self.tail() or (0, GENESIS)
        text = json.dumps(data, sort_keys=True, separators=(",", ":"))
        unsealed = Sealed(seq + 1, moment(now), ref, kind, text, previous, "")
        sealed = replace(unsealed, hash=seal(unsealed))
        self._db.conn.execute(
            "INSERT INTO ledger (seq, at, ref, kind, data, previous, hash)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            astuple(sealed),
        )

    def tail(self) -> tuple[int, str] | None:
        """Number and hash of the last entry; None while there is none."""
        row = self._db.conn.execute(
            "SELECT seq, hash FROM ledger ORDER BY seq DESC LIMIT 1"
        ).fetchone()
        return tuple(row) if row else None

    def hash_of(self, seq: int) -> str | None:
        """The hash that the entry of this number carries; None when there is no such entry."""
        row = self._db.conn.execute("SELECT hash FROM ledger WHERE seq = ?", (seq,)).fetchone()
        return str(row[0]) if row else None

    def count(self) -> int:
        """How many entries there are."""
        return self._db.table("ledger").count

    def entries(self, ref: str | None = None) -> Iterator[Opened]:
        """Entries as people read them: all, or those of one merge request."""
        for one in self.chain(ref):
            data = self._disclosures.open_up(one.data)
            yield Opened(one.seq, one.at, one.ref, one.kind, data, one.hash)

    def chain(self, ref: str | None = None) -> Iterator[Sealed]:
        """Entries as they are chained."""
        where, values = ("WHERE ref = ?", (ref,)) if ref is not None else ("", ())
        rows = self._db.conn.execute(
            f"SELECT seq, at, ref, kind, data, previous, hash FROM ledger {where} ORDER BY seq",
            values,
        )
        return (Sealed(*row) for row in rows)

    def disclosed(self, entry: Sealed) -> Mapping[str, tuple[str, str]]:
        """Salt and text of each commitment in an entry that was not erased."""
        return self._disclosures.of(TOKEN.findall(entry.data))

    def faults(
        self,
        vouched: Mapping[int, str] | None = None,
        progress: Callable[[int], None] = _uncounted,
        since: int = 0,
    ) -> Iterator[str]:
        """What does not fit, in sentences; nothing when every entry is where and as it was.

        `vouched` are hashes by entry that a signed checkpoint names: by them a tail that was cut
        off, or a chain written anew, is found. `since` passes over the entries up to that one,
        and over the texts beside the chain.
        """
        vouched = vouched or {}
        expected, previous = since + 1, self.hash_of(since) or GENESIS
        texts = _Texts(self._disclosures if not since else None)
        for seq, columns in self._as_stored(since):
            entry = _readable(seq, columns)
            if seq != expected:
                yield _missing(expected, seq - 1)
            elif entry is not None and entry.previous != previous:
                yield f"entry {seq} does not follow the one before it"
            if entry is None or entry.hash != seal(entry):
                yield f"entry {seq} was changed after it was written"
            elif entry.hash != vouched.get(seq, entry.hash):
                yield f"entry {seq} is not the one that was signed: the chain was written anew"
            if entry is not None:
                texts.see(entry)
            expected, previous = seq + 1, entry.hash if entry is not None else ""
            progress(seq)
        last = max(vouched, default=0)
        if last >= expected:
            yield f"{_missing(expected, last)}: the end was cut off"
        yield from texts.faults()

    def _as_stored(self, since: int) -> Iterator[tuple[int, Sequence[tuple[str, bytes]]]]:
        """Each row's columns as (SQLite's type, bytes): a hand may have left anything there."""
        typed = ", ".join(f"typeof({name}), CAST({name} AS BLOB)" for name in COLUMNS)
        # In one statement, with OR, SQLite would read the whole table.
        for part, values in (("seq <= 0", ()), ("seq > ?", (since,))):
            rows = self._db.conn.execute(
                f"SELECT seq, {typed} FROM ledger WHERE {part} ORDER BY seq", values
            )
            for seq, *columns in rows:
                yield seq, list(zip(columns[::2], columns[1::2], strict=True))


class _Texts:
    """The texts beside the chain, held against the commitments in it; None: not looked at."""

    def __init__(self, disclosures: Disclosures | None) -> None:
        self._looking = disclosures is not None
        self._whole, self._changed, self._erased = set[str](), set[str](), set[str]()
        self._unopened = dict[str, int]()
        self._stand_ins = dict(disclosures.stand_ins()) if disclosures is not None else {}
        for token, whole in disclosures.all() if disclosures is not None else ():
            (self._whole if whole else self._changed).add(token)

    def see(self, entry: Sealed) -> None:
        """Note which commitments of an entry cannot be opened, and which were erased."""
        tokens = TOKEN.findall(entry.data) if self._looking else ()
        if entry.kind == ERASURE and not entry.ref:
            self._erased.update(tokens)
            self._see_stand_in(entry.data)
            return
        for token in tokens:
            if token not in self._whole:
                self._unopened.setdefault(token, entry.seq)

    def _see_stand_in(self, data: str) -> None:
        """Strike off the stand-ins that are as this erasure has them."""
        try:
            erasure = json.loads(data)
            stand_in, named = erasure["as"], [str(one["~"]) for one in erasure["named"]]
        except (ValueError, LookupError, TypeError):
            return  # from before there were stand-ins, or touched by hand, which shows elsewhere
        for token in named:
            if self._stand_ins.get(token) == stand_in:
                del self._stand_ins[token]

    def faults(self) -> Iterator[str]:
        """What of the texts does not fit."""
        for name in sorted(set(self._stand_ins.values())):
            yield f"{name} is read where no erasure has put it"
        for token, seq in self._unopened.items():
            if token in self._changed:
                yield f"a text of entry {seq} was changed after it was written"
            elif token not in self._erased:
                yield f"a text of entry {seq} is gone, and no erasure is on record"


def _missing(first: int, last: int) -> str:
    return (
        f"entry {first} is missing" if first == last else f"entries {first} to {last} are missing"
    )


def _readable(seq: int, columns: Sequence[tuple[str, bytes]]) -> Sealed | None:
    """The entry, or None where a column holds anything but text."""
    try:
        texts = [value.decode() for kind, value in columns if kind == "text"]
    except UnicodeDecodeError:
        return None
    return Sealed(seq, *texts) if len(texts) == len(COLUMNS) else None
