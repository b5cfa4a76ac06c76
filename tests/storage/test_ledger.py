"""The ledger: whatever is done to an entry afterwards is found, and named."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.model import Ref
from routing.trail import Entry
from storage.database import Rooms, Storage
from storage.ledger import GENESIS, Sealed, seal
from tests.builders import NOW, REF
from tests.storage.undone import undone

LENGTH = 8
ENTRIES = [Entry(f"kind-{number}", {"person": "dana", "n": number}) for number in range(LENGTH)]
TEXTS = ("at", "ref", "kind", "data", "previous", "hash")

Tampering = Callable[[Any], None]


def faults_after(storage: Storage, tamper: Callable[[Rooms], object]) -> list[str]:
    """What the check says of eight entries that somebody had their hands on."""

    def work(rooms: Rooms) -> list[str]:
        rooms.ledger.append(REF, ENTRIES, NOW)
        assert list(rooms.ledger.faults()) == []
        tamper(rooms)
        return list(rooms.ledger.faults())

    return undone(storage, work)


def sql(text: str, *values: object) -> Callable[[Rooms], object]:
    return lambda rooms: rooms.ledger._db.conn.execute(text, values)


def edit(column: str, value: str) -> str:
    """The statement that changes one cell."""
    # The columns are this file's own.
    return f"UPDATE ledger SET {column} = {value} WHERE seq = ?"  # noqa: S608 - our column


def kept(storage: Storage) -> list[Sealed]:
    return storage.run_blocking(lambda rooms: list(rooms.ledger.chain()))


def test_to_check_the_end_takes_no_longer_the_longer_the_ledger_is(storage: Storage) -> None:
    def steps_to_check_the_last_ten(rooms: Rooms) -> int:
        steps: list[None] = []
        connection = rooms.ledger._db.conn
        last = rooms.ledger.count()
        connection.set_progress_handler(lambda: steps.append(None), 1)
        assert list(rooms.ledger.faults(since=last - 10)) == []
        connection.set_progress_handler(None, 1)
        return len(steps)

    taken: list[int] = []
    for _ in range(2):
        many = [Entry("opened", {}) for _ in range(500)]
        storage.run_blocking(lambda rooms, many=many: rooms.ledger.append(REF, many, NOW))  # type: ignore[misc]  # mypy knows no defaults of lambdas
        taken.append(storage.run_blocking(steps_to_check_the_last_ten))
    assert taken[0] == taken[1]


def test_entries_are_kept_in_order_with_everything_in_them(storage: Storage) -> None:
    storage.run_blocking(lambda rooms: rooms.ledger.append(REF, ENTRIES, NOW))
    read = storage.run_blocking(lambda rooms: list(rooms.ledger.entries()))
    found = [(one.seq, one.kind, json.loads(one.data), one.ref) for one in read]
    assert found == [
        (number + 1, entry.kind, entry.data, str(REF)) for number, entry in enumerate(ENTRIES)
    ]


def test_each_entry_is_sealed_onto_the_one_before(storage: Storage) -> None:
    storage.run_blocking(lambda rooms: rooms.ledger.append(REF, ENTRIES[:2], NOW))
    storage.run_blocking(lambda rooms: rooms.ledger.append(REF, ENTRIES[2:], NOW))
    entries = kept(storage)
    assert [one.previous for one in entries] == [GENESIS, *(one.hash for one in entries[:-1])]


def test_entries_of_one_merge_request_can_be_read_alone(storage: Storage) -> None:
    other = Ref("github", "acme/shop", 1)
    storage.run_blocking(lambda rooms: rooms.ledger.append(REF, ENTRIES[:1], NOW))
    storage.run_blocking(lambda rooms: rooms.ledger.append(other, ENTRIES[1:2], NOW))
    found = storage.run_blocking(lambda rooms: list(rooms.ledger.entries(str(other))))
    assert [one.kind for one in found] == ["kind-1"]


def test_an_untouched_ledger_has_no_faults(storage: Storage) -> None:
    assert faults_after(storage, lambda _: None) == []


def test_an_empty_ledger_has_no_faults(storage: Storage) -> None:
    assert storage.run_blocking(lambda rooms: list(rooms.ledger.faults())) == []


@given(data=st.data())
def test_every_edit_of_a_text_is_found(shared_storage: Storage, data: st.DataObject) -> None:
    seq = data.draw(st.integers(1, LENGTH))
    column = data.draw(st.sampled_from(TEXTS))
    text = data.draw(st.text(max_size=80))
    changed = f"{edit(column, '?')} AND {column} != ?"

    def tamper(rooms: Rooms) -> int:
        return rooms.ledger._db.conn.execute(changed, (text, seq, text)).rowcount

    edits: list[int] = []
    faults = faults_after(shared_storage, lambda rooms: edits.append(tamper(rooms)))
    assert bool(faults) is bool(edits[0])
    assert all(str(seq) in fault or str(seq + 1) in fault for fault in faults)


@given(
    seq=st.integers(1, LENGTH),
    column=st.sampled_from(TEXTS),
    place=st.integers(0, 10_000),
    letter=st.characters(exclude_categories=["Cs"]),
)
def test_one_changed_character_is_found(
    shared_storage: Storage, seq: int, column: str, place: int, letter: str
) -> None:
    def tamper(rooms: Rooms) -> None:
        entry = list(rooms.ledger.chain())[seq - 1]
        text: str = getattr(entry, column)
        at = place % len(text)
        other = letter if letter != text[at] else "¬"
        edited = text[:at] + other + text[at + 1 :]
        rooms.ledger._db.conn.execute(edit(column, "?"), (edited, seq))

    assert faults_after(shared_storage, tamper)


@given(first=st.integers(1, LENGTH - 1), more=st.integers(0, LENGTH))
def test_entries_taken_out_before_the_last_are_found(
    shared_storage: Storage, first: int, more: int
) -> None:
    last = min(first + more, LENGTH - 1)
    gone = sql("DELETE FROM ledger WHERE seq BETWEEN ? AND ?", first, last)
    said = (
        f"entry {first} is missing" if first == last else f"entries {first} to {last} are missing"
    )
    assert said in faults_after(shared_storage, gone)


@given(first=st.integers(1, LENGTH - 1))
def test_closing_the_gap_that_a_deletion_leaves_is_found(
    shared_storage: Storage, first: int
) -> None:
    def tamper(rooms: Rooms) -> None:
        connection = rooms.ledger._db.conn
        connection.execute("DELETE FROM ledger WHERE seq = ?", (first,))
        for seq in range(first + 1, LENGTH + 1):
            connection.execute("UPDATE ledger SET seq = ? WHERE seq = ?", (seq - 1, seq))

    assert faults_after(shared_storage, tamper)


@given(st.lists(st.integers(1, LENGTH), min_size=2, max_size=2, unique=True))
def test_two_entries_that_changed_places_are_found(
    shared_storage: Storage, pair: list[int]
) -> None:
    one, other = pair

    def tamper(rooms: Rooms) -> None:
        connection = rooms.ledger._db.conn
        for old, new in ((one, -1), (other, one), (-1, other)):
            connection.execute("UPDATE ledger SET seq = ? WHERE seq = ?", (new, old))

    assert faults_after(shared_storage, tamper)


@given(seq=st.integers(1, LENGTH - 1), kind=st.text(max_size=20))
def test_an_entry_edited_and_sealed_anew_is_found_by_the_next_one(
    shared_storage: Storage, seq: int, kind: str
) -> None:
    def tamper(rooms: Rooms) -> None:
        entry = list(rooms.ledger.chain())[seq - 1]
        edited = replace(entry, kind=f"{kind} edited", hash="")
        sql("UPDATE ledger SET kind = ?, hash = ? WHERE seq = ?", edited.kind, seal(edited), seq)(
            rooms
        )

    faults = faults_after(shared_storage, tamper)
    assert faults == [f"entry {seq + 1} does not follow the one before it"]


@given(seq=st.integers(1, LENGTH - 1))
def test_tying_the_next_entry_to_an_edited_one_is_found_too(
    shared_storage: Storage, seq: int
) -> None:
    def tamper(rooms: Rooms) -> None:
        entry = list(rooms.ledger.chain())[seq - 1]
        new = seal(replace(entry, kind="edited"))
        sql("UPDATE ledger SET kind = 'edited', hash = ? WHERE seq = ?", new, seq)(rooms)
        sql("UPDATE ledger SET previous = ? WHERE seq = ?", new, seq + 1)(rooms)

    faults = faults_after(shared_storage, tamper)
    assert faults == [f"entry {seq + 1} was changed after it was written"]


def test_an_entry_slipped_in_at_the_start_is_found(storage: Storage) -> None:
    def tamper(rooms: Rooms) -> None:
        unsealed = Sealed(0, "2026-01-01", str(REF), "approval", "{}", GENESIS, "")
        sealed = replace(unsealed, hash=seal(unsealed))
        sql("INSERT INTO ledger VALUES (?, ?, ?, ?, ?, ?, ?)", *vars_of(sealed))(rooms)

    assert faults_after(storage, tamper)


def vars_of(entry: Sealed) -> tuple[object, ...]:
    return (
        entry.seq,
        entry.at,
        entry.ref,
        entry.kind,
        entry.data,
        entry.previous,
        entry.hash,
    )


@pytest.mark.parametrize("column", ["kind", "data"])
def test_a_number_in_the_place_of_a_text_is_found(storage: Storage, column: str) -> None:
    assert faults_after(storage, sql(edit(column, "7"), 3))


@pytest.mark.parametrize("column", ["at", "ref", "kind", "data", "previous"])
def test_bytes_in_the_place_of_a_text_are_found(storage: Storage, column: str) -> None:
    assert faults_after(storage, sql(edit(column, f"CAST({column} AS BLOB)"), 3))


def test_text_that_is_no_text_is_found(storage: Storage) -> None:
    assert faults_after(storage, sql(edit("data", "CAST(X'FF' AS TEXT)"), 3))
