"""Hands on the ledger and on its checkpoints: each must be found by reading it all.

What one may do who can write to every file but cannot sign: edit, take out, swap, cut the end off,
seal everything anew, change what was said of somebody, change what a checkpoint says.
"""

from __future__ import annotations

import json
import random
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bot.proof.checkpoints import CheckpointFile, Kind, make_checkpoint
from bot.proof.keys import PublicKey, SigningKey
from bot.proof.verifying import Verified, verify
from routing.trail import Entry
from storage.database import Storage, reading
from storage.ledger import GENESIS, Sealed, seal
from tests.builders import HEAD, NOW, REF
from torture.folders import folder_in_memory
from torture.tally import Tally

LENGTH = 40
TEXTS = ("at", "ref", "kind", "data", "previous", "hash")
READ_WITHIN = 60.0
"""Seconds for a million entries."""
A_BATCH = 5_000


@dataclass(frozen=True, slots=True)
class Kept:
    """Where a ledger and its checkpoints are, and who signed these."""

    ledger: Path
    checkpoints: Path
    public: PublicKey

    def verified(self) -> Verified:
        """What an auditor finds who reads it all."""
        vouched = CheckpointFile(self.checkpoints).vouched(self.public)
        with reading(self.ledger) as rooms:
            return verify(rooms.ledger, vouched)


Hand = Callable[[sqlite3.Connection, Path, random.Random], None]
"""What is done to a ledger and to the file of its checkpoints."""


def edit(db: sqlite3.Connection, _: Path, chance: random.Random) -> None:
    """One character of one cell becomes another."""
    column, seq = chance.choice(TEXTS), chance.randint(1, LENGTH)
    # The columns are this file's own.
    text: str = db.execute(f"SELECT {column} FROM ledger WHERE seq = ?", (seq,)).fetchone()[0]  # noqa: S608 - our column
    at = chance.randrange(len(text))
    other = chance.choice([one for one in "0123456789abcdefXYZ \x00é" if one != text[at]])
    edited = text[:at] + other + text[at + 1 :]
    db.execute(f"UPDATE ledger SET {column} = ? WHERE seq = ?", (edited, seq))  # noqa: S608 - our column


def delete(db: sqlite3.Connection, _: Path, chance: random.Random) -> None:
    """Entries are taken out of the middle, and sometimes the gap is closed."""
    first = chance.randint(1, LENGTH - 1)
    last = chance.randint(first, LENGTH - 1)
    db.execute("DELETE FROM ledger WHERE seq BETWEEN ? AND ?", (first, last))
    if chance.random() < 0.5:
        for seq in range(last + 1, LENGTH + 1):
            db.execute("UPDATE ledger SET seq = ? WHERE seq = ?", (seq - last + first - 1, seq))


def swap(db: sqlite3.Connection, _: Path, chance: random.Random) -> None:
    """Two entries change places."""
    one, other = chance.sample(range(1, LENGTH + 1), 2)
    for old, new in ((one, -1), (other, one), (-1, other)):
        db.execute("UPDATE ledger SET seq = ? WHERE seq = ?", (new, old))


def cut(db: sqlite3.Connection, _: Path, chance: random.Random) -> None:
    """The end goes, as if it had never been."""
    db.execute("DELETE FROM ledger WHERE seq > ?", (chance.randint(0, LENGTH - 1),))


def forge(db: sqlite3.Connection, _: Path, chance: random.Random) -> None:
    """An entry is changed, and everything after it sealed anew, so that the chain fits."""
    first = chance.randint(1, LENGTH)
    previous = GENESIS
    for row in db.execute("SELECT * FROM ledger ORDER BY seq").fetchall():
        entry = Sealed(*row)
        if entry.seq == first:
            entry = replace(entry, kind="approves" if entry.kind != "approves" else "decision")
        anew = replace(entry, previous=previous, hash="")
        anew = replace(anew, hash=seal(anew))
        db.execute(
            "UPDATE ledger SET kind = ?, previous = ?, hash = ? WHERE seq = ?",
            (anew.kind, anew.previous, anew.hash, anew.seq),
        )
        previous = anew.hash


def disclose(db: sqlite3.Connection, _: Path, chance: random.Random) -> None:
    """What an entry says of somebody is changed, or goes without an erasure on record."""
    tokens = [row[0] for row in db.execute("SELECT token FROM disclosures ORDER BY token")]
    token = chance.choice(tokens)
    if chance.random() < 0.5:
        db.execute("UPDATE disclosures SET text = text || 'x' WHERE token = ?", (token,))
    else:
        db.execute("DELETE FROM disclosures WHERE token = ?", (token,))


def vouch(db: sqlite3.Connection, checkpoints: Path, chance: random.Random) -> None:
    """The end goes, and the checkpoint is made to say so; only its signature cannot be."""
    left = chance.randint(1, LENGTH - 1)
    db.execute("DELETE FROM ledger WHERE seq > ?", (left,))
    (end,) = db.execute("SELECT hash FROM ledger WHERE seq = ?", (left,)).fetchone()
    said = json.loads(checkpoints.read_text("utf-8"))
    checkpoints.write_text(json.dumps({**said, "entry": left, "hash": end}) + "\n", "utf-8")


HANDS: dict[Hand, str] = {
    edit: "edits",
    delete: "deletions",
    swap: "swaps",
    cut: "cut tails",
    forge: "chains sealed anew",
    disclose: "texts of people",
    vouch: "checkpoints",
}


def tamper(hands: int, seed: int) -> Tally:
    """So many hands, each on a ledger that was whole; a fault is one that nobody finds."""
    tally, chance = Tally(), random.Random(seed)  # noqa: S311 - seeded
    kinds = list(HANDS)
    with folder_in_memory() as name:
        kept = _a_ledger(Path(name))
        whole, vouched = kept.ledger.read_bytes(), kept.checkpoints.read_bytes()
        tally.faults += [f"found on an untouched ledger: {one}" for one in kept.verified().faults]
        for number in range(hands):
            hand = kinds[number % len(kinds)]
            kept.ledger.write_bytes(whole)
            kept.checkpoints.write_bytes(vouched)
            with closing(sqlite3.connect(kept.ledger)) as db, db:
                hand(db, kept.checkpoints, chance)
            tally.tried[HANDS[hand]] += 1
            if not kept.verified().faults:
                tally.faults.append(f"number {number}, one of the {HANDS[hand]}, was not found")
    return tally


def read_through(entries: int) -> Tally:
    """How long it takes to read so many entries and to see that the chain holds."""
    tally = Tally()
    with folder_in_memory() as name:
        kept = _a_ledger(Path(name), entries)
        began = time.monotonic()
        found = kept.verified()
        took = time.monotonic() - began
    tally.tried["entries read"] = found.entries
    tally.measure("s to read them", took)
    tally.faults += found.faults
    if found.entries != entries:
        tally.faults.append(f"{found.entries:,} of {entries:,} entries were read")
    if took > READ_WITHIN:
        tally.faults.append(f"{entries:,} entries took {took:.0f} s to read")
    return tally


def _a_ledger(folder: Path, entries: int = LENGTH) -> Kept:
    """A ledger of so many entries, and a checkpoint that vouches for its end."""
    signing = SigningKey(Ed25519PrivateKey.generate())
    kept = Kept(folder / "countersign.db", folder / "checkpoints", signing.public)
    storage = Storage(kept.ledger)
    for first in range(0, entries, A_BATCH):
        batch = [_entry(number) for number in range(first, min(first + A_BATCH, entries))]
        storage.run_blocking(lambda rooms, batch=batch: rooms.ledger.append(REF, batch, NOW))  # type: ignore[misc]  # mypy knows no defaults of lambdas
    tail = storage.run_blocking(lambda rooms: rooms.ledger.tail())
    storage.close()
    if tail is None:
        raise AssertionError
    CheckpointFile(kept.checkpoints).append(make_checkpoint(Kind.CHECKPOINT, tail, NOW, signing))
    return kept


def _entry(number: int) -> Entry:
    return Entry(f"kind-{number % LENGTH}", {"person": f"person {number % LENGTH}", "head": HEAD})
