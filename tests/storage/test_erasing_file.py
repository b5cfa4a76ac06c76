"""Erasing and the file: what stays in it and why, what leaves it; whole or not at all."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from routing.forgetting.whom import Whom
from routing.trail import Entry
from storage.database import Storage, StorageFailed, reading
from storage.leftovers import Why
from tests.bot.builders import an_opinion
from tests.builders import NOW, REF
from tests.routing.forgetting.people import DANA
from tests.storage.erased import erase
from tests.storage.test_erasing_rooms import merged, rows, save


def test_what_stays_is_said_with_its_reason(storage: Storage) -> None:
    review = merged(title="x", url="https://github.com/dana/shop/pull/7")
    review = replace(review, binding=replace(review.binding, base_branch="dana-ng"))
    entry = Entry("changed", {"binding": {"base_branch": "dana-ng"}, "title": "danas-things"})
    save(storage, review)
    storage.run_blocking(lambda rooms: rooms.ledger.append(REF, [entry], NOW))
    erased = erase(storage, DANA)
    left = storage.run_blocking(lambda rooms: rooms.erasing.left(erased.naming))
    assert [(one.where, one.rows, one.why) for one in left] == [
        ("ledger.data", 1, Why.CHAIN),
        ("reviews.body", 1, Why.ADDRESS),
        ("reviews.url", 1, Why.ADDRESS),
    ]


def test_a_word_that_may_be_somebody_elses_stays_and_that_is_said(storage: Storage) -> None:
    may = Whom("may", names=frozenset({"May Li"}))
    entry = Entry("changes_requested", {"person": "kim", "comment": "it may pass"})
    storage.run_blocking(lambda rooms: rooms.ledger.append(REF, [entry], NOW))
    erased = erase(storage, may)
    left = storage.run_blocking(lambda rooms: rooms.erasing.left(erased.naming))
    assert [(one.where, one.why) for one in left] == [("disclosures.text", Why.UNCLEAR)]
    assert erased.rows == {}


@pytest.fixture
def filled(storage: Storage) -> Storage:
    """With a review that was kept again and again, as SQLite does it where it is not careful."""
    rows(storage, "PRAGMA secure_delete=OFF")
    for length in range(0, 40_000, 4_000):
        save(storage, merged(title="Dana Ng " + "x" * length))
    save(storage, merged(title="Short"))
    return storage


def test_what_was_overwritten_long_before_leaves_the_file_as_well(
    filled: Storage, tmp_path: Path
) -> None:
    path = tmp_path / "countersign.db"
    erase(filled, DANA)
    filled.forget_freed_pages()
    left = b"".join(one.read_bytes() for one in tmp_path.iterdir())
    assert b"Dana Ng" not in left
    assert path.with_name("countersign.db-wal").stat().st_size == 0


def test_whoever_reads_meanwhile_keeps_reading_what_was_there(
    storage: Storage, tmp_path: Path
) -> None:
    save(storage, merged(title="Dana Ng"))
    with reading(tmp_path / "countersign.db") as rooms:
        before = rooms.reviews.get(REF)
        erase(storage, DANA)
        assert rooms.reviews.get(REF) == before


def test_a_failure_on_the_way_leaves_everything_as_it_was(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(storage, merged(opinions=(an_opinion("dana"),)))
    storage.run_blocking(lambda rooms: rooms.ledger.append(REF, [Entry("x", {"by": "dana"})], NOW))

    def fails(*_: object) -> None:
        raise sqlite3.OperationalError("disk full")

    monkeypatch.setattr("storage.erasing.Queues.forget_in_outbox", fails)
    kept = "SELECT body FROM reviews UNION ALL SELECT text FROM disclosures"
    before = rows(storage, kept)
    with pytest.raises(StorageFailed, match="disk full"):
        erase(storage, DANA)
    assert rows(storage, kept) == before
