"""Hands on the ledger and on its checkpoints: each must be found by reading it all.

They can write to every file and cannot sign. Tried is: to edit, take out, swap or seal anew what
is in the ledger; to change what was said of somebody; to cut the end off while a line that vouches
for it stays, at any entry or at an earlier checkpoint, with old lines put after the later ones; to
edit a line anywhere, and to sign lines with another key.

Not tried is what nobody can see who has no copy of the lines from elsewhere: the end cut off
together with every line that vouches for it; the line of an earlier restore put at the end once
more, which gives up what came after; and what was written since the last line. Lines that go
missing among others, or stand in another order, are no fault: what the rest vouches for holds.
"""

from __future__ import annotations

import json
import random
import sqlite3
import time
from collections.abc import Callable, Sequence
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
VOUCHED = (10, 20, 30, 40)
"""The entries that checkpoints vouch for."""
FIELDS = ("kind", "entry", "hash", "at", "key", "signature")
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


def cut_to(db: sqlite3.Connection, _: Path, chance: random.Random) -> None:
    """The end goes back to what an earlier checkpoint vouches for; the later ones stay."""
    db.execute("DELETE FROM ledger WHERE seq > ?", (chance.choice(VOUCHED[:-1]),))


def hide(db: sqlite3.Connection, checkpoints: Path, chance: random.Random) -> None:
    """The same, and that checkpoint's line is put at the end once more."""
    lines = checkpoints.read_text("utf-8").splitlines()
    left = chance.randrange(len(lines) - 1)
    db.execute("DELETE FROM ledger WHERE seq > ?", (VOUCHED[left],))
    _write(checkpoints, [*lines, lines[left]])


def misquote(_: sqlite3.Connection, checkpoints: Path, chance: random.Random) -> None:
    """A line among the others says something else."""
    lines = checkpoints.read_text("utf-8").splitlines()
    number, field = chance.randrange(len(lines)), chance.choice(FIELDS)
    said = json.loads(lines[number])
    match field:
        case "entry":
            said[field] = said[field] + chance.choice((-1, 1))
        case "kind":
            said[field] = Kind.RESTORED
        case _:
            # Not at the end: the last letters of base64 may differ and mean the same.
            at = chance.randrange(len(said[field]) // 2)
            other = chance.choice([one for one in "0123456789" if one != said[field][at]])
            said[field] = said[field][:at] + other + said[field][at + 1 :]
    _write(checkpoints, [*lines[:number], json.dumps(said), *lines[number + 1 :]])


def vouch(db: sqlite3.Connection, checkpoints: Path, chance: random.Random) -> None:
    """The end goes, and so do the lines past it, but for one that is made to say so, unsigned."""
    tail = _shorten(db, chance)
    *lines, last = checkpoints.read_text("utf-8").splitlines()
    left = [line for line in lines if json.loads(line)["entry"] <= tail[0]]
    said = {**json.loads(last), "entry": tail[0], "hash": tail[1]}
    _write(checkpoints, [*left, json.dumps(said)])


def sign_anew(db: sqlite3.Connection, checkpoints: Path, chance: random.Random) -> None:
    """The end goes, and all lines are signed by another key."""
    tail = _shorten(db, chance)
    checkpoints.unlink()
    _sign_as_another(checkpoints, Kind.CHECKPOINT, tail)


def feign(db: sqlite3.Connection, checkpoints: Path, chance: random.Random) -> None:
    """The end goes, and a restore is claimed, signed by another key."""
    _sign_as_another(checkpoints, Kind.RESTORED, _shorten(db, chance))


def _shorten(db: sqlite3.Connection, chance: random.Random) -> tuple[int, str]:
    """Cut the end off anywhere; returns what is the last entry now, and its hash."""
    left = chance.randint(1, LENGTH - 1)
    db.execute("DELETE FROM ledger WHERE seq > ?", (left,))
    (end,) = db.execute("SELECT hash FROM ledger WHERE seq = ?", (left,)).fetchone()
    return left, end


def _sign_as_another(checkpoints: Path, kind: Kind, tail: tuple[int, str]) -> None:
    other = SigningKey(Ed25519PrivateKey.generate())
    CheckpointFile(checkpoints).append(make_checkpoint(kind, tail, NOW, other))


def _write(checkpoints: Path, lines: Sequence[str]) -> None:
    checkpoints.write_text("".join(f"{line}\n" for line in lines), "utf-8")


HANDS: dict[Hand, str] = {
    edit: "edits",
    delete: "deletions",
    swap: "swaps",
    cut: "cut tails",
    forge: "chains sealed anew",
    disclose: "texts of people",
    cut_to: "tails cut to a checkpoint",
    hide: "cut tails behind old lines",
    misquote: "edited checkpoints",
    vouch: "checkpoints of a cut tail",
    sign_anew: "checkpoints of another key",
    feign: "restores that were none",
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
    """A ledger of so many entries, and checkpoints that vouch for some, the last among them."""
    signing = SigningKey(Ed25519PrivateKey.generate())
    kept = Kept(folder / "countersign.db", folder / "checkpoints", signing.public)
    storage = Storage(kept.ledger)
    for first in range(0, entries, A_BATCH):
        batch = [_entry(number) for number in range(first, min(first + A_BATCH, entries))]
        storage.run_blocking(lambda rooms, batch=batch: rooms.ledger.append(REF, batch, NOW))  # type: ignore[misc]  # mypy knows no defaults of lambdas
    storage.close()
    with reading(kept.ledger) as rooms:
        hashes = {seq: rooms.ledger.hash_of(seq) for seq in sorted({*VOUCHED, entries})}
    tails = [(seq, hash_) for seq, hash_ in hashes.items() if hash_ is not None]
    CheckpointFile(kept.checkpoints).append(
        *(make_checkpoint(Kind.CHECKPOINT, tail, NOW, signing) for tail in tails)
    )
    return kept


def _entry(number: int) -> Entry:
    return Entry(f"kind-{number % LENGTH}", {"person": f"person {number % LENGTH}", "head": HEAD})
