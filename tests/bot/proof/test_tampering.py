"""A thousand hands on the ledger, every one of them found."""

from __future__ import annotations

import random
import sqlite3
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from routing.trail import Entry
from storage.database import Storage, reading
from storage.ledger import GENESIS, Sealed, seal
from tests.builders import NOW, REF
from tests.storage.blank import open_blank

LENGTH = 40
HANDS = 1_000
TEXTS = ("at", "ref", "kind", "data", "previous", "hash")

Hand = Callable[[sqlite3.Connection, random.Random], None]


def edit(db: sqlite3.Connection, chance: random.Random) -> None:
    """One character of one cell becomes another."""
    column, seq = chance.choice(TEXTS), chance.randint(1, LENGTH)
    # The columns are this file's own.
    text: str = db.execute(f"SELECT {column} FROM ledger WHERE seq = ?", (seq,)).fetchone()[0]  # noqa: S608 - our column
    at = chance.randrange(len(text))
    other = chance.choice([one for one in "0123456789abcdefXYZ \x00é" if one != text[at]])
    edited = text[:at] + other + text[at + 1 :]
    db.execute(f"UPDATE ledger SET {column} = ? WHERE seq = ?", (edited, seq))  # noqa: S608 - our column


def delete(db: sqlite3.Connection, chance: random.Random) -> None:
    """Entries are taken out of the middle, and sometimes the gap is closed."""
    first = chance.randint(1, LENGTH - 1)
    last = chance.randint(first, LENGTH - 1)
    db.execute("DELETE FROM ledger WHERE seq BETWEEN ? AND ?", (first, last))
    if chance.random() < 0.5:
        for seq in range(last + 1, LENGTH + 1):
            db.execute("UPDATE ledger SET seq = ? WHERE seq = ?", (seq - last + first - 1, seq))


def swap(db: sqlite3.Connection, chance: random.Random) -> None:
    """Two entries change places."""
    one, other = chance.sample(range(1, LENGTH + 1), 2)
    for old, new in ((one, -1), (other, one), (-1, other)):
        db.execute("UPDATE ledger SET seq = ? WHERE seq = ?", (new, old))


def cut(db: sqlite3.Connection, chance: random.Random) -> None:
    """The end goes, as if it had never been."""
    db.execute("DELETE FROM ledger WHERE seq > ?", (chance.randint(0, LENGTH - 1),))


def forge(db: sqlite3.Connection, chance: random.Random) -> None:
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


def text(db: sqlite3.Connection, chance: random.Random) -> None:
    """What an entry says of somebody is changed, or goes without an erasure on record."""
    tokens = [row[0] for row in db.execute("SELECT token FROM disclosures ORDER BY token")]
    token = chance.choice(tokens)
    if chance.random() < 0.5:
        db.execute("UPDATE disclosures SET text = text || 'x' WHERE token = ?", (token,))
    else:
        db.execute("DELETE FROM disclosures WHERE token = ?", (token,))


KINDS: tuple[Hand, ...] = (edit, delete, swap, cut, forge, text)


def a_ledger(path: Path) -> dict[int, str]:
    """A ledger of `LENGTH` entries; returns what a checkpoint vouches for: its end."""
    storage: Storage = open_blank(path)
    entries = [Entry(f"kind-{n}", {"person": f"person {n}", "state": "x"}) for n in range(LENGTH)]
    storage.run_blocking(lambda rooms: rooms.ledger.append(REF, entries, NOW))
    tail = storage.run_blocking(lambda rooms: rooms.ledger.tail())
    storage.close()
    assert tail is not None
    return dict([tail])


def test_every_one_of_a_thousand_edits_deletions_swaps_cuts_and_forgeries_is_found(
    tmp_path: Path,
) -> None:
    path = tmp_path / "countersign.db"
    vouched, chance = a_ledger(path), random.Random(9)  # noqa: S311 - the same hands every time
    whole, found = path.read_bytes(), Counter[str]()
    tried = Counter[str]()
    for number in range(HANDS):
        hand = KINDS[number % len(KINDS)]
        path.write_bytes(whole)
        db = sqlite3.connect(path)
        with db:
            hand(db, chance)
        db.close()
        with reading(path) as rooms:
            found[hand.__name__] += any(rooms.ledger.faults(vouched))
        tried[hand.__name__] += 1
    assert found == tried
    path.write_bytes(whole)
    with reading(path) as rooms:
        assert list(rooms.ledger.faults(vouched)) == []
