"""Marks of the erased: nobody can read them, and what comes up again is known by them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from storage.database import Rooms, Storage
from storage.forgotten import ErasedMeanwhile
from tests.builders import NOW
from tests.routing.forgetting.people import DANA, HER

LATER = NOW + timedelta(days=1)


@pytest.fixture
def marked(storage: Storage) -> Storage:
    storage.run_blocking(lambda rooms: rooms.forgotten.keep(DANA.marks, HER, NOW))
    return storage


def test_no_mark_can_be_read(marked: Storage) -> None:
    def look(rooms: Rooms) -> str:
        return str(rooms.inbox._db.conn.execute("SELECT * FROM forgotten").fetchall()).lower()

    found = marked.run_blocking(look)
    assert all(word.lower() not in found for word in (*DANA.words, "1001", "mail:", "account:"))


def test_each_database_has_marks_of_its_own(marked: Storage) -> None:
    def marks(rooms: Rooms) -> list[str]:
        rows = rooms.inbox._db.conn.execute("SELECT mark FROM forgotten ORDER BY mark")
        return [mark for (mark,) in rows]

    def anew(rooms: Rooms) -> list[str]:
        rooms.inbox._db.conn.execute("DELETE FROM keys")
        rooms.forgotten.keep(DANA.marks, HER, NOW)
        return marks(rooms)

    before = marked.run_blocking(marks)
    assert not set(before) & (set(marked.run_blocking(anew)) - set(before))


@pytest.mark.parametrize(
    ("identity", "at", "known"),
    [
        ("mail:dana@example.com", NOW, True),
        ("mail:Dana@Example.com", NOW, True),
        ("account:github:1001:whatever", NOW, True),
        ("dana", NOW, True),
        ("mail:dana@example.com", LATER, False),
        ("mail:danae@example.com", NOW, False),
        ("account:github:1002:dana-ng", NOW, False),
    ],
)
def test_the_past_is_known_again_and_what_comes_later_is_not(
    marked: Storage, identity: str, at: object, *, known: bool
) -> None:
    assert marked.run_blocking(lambda rooms: rooms.forgotten.is_forgotten(identity, at)) is known  # type: ignore[arg-type]  # mypy takes the parameters of a table together


def test_somebody_erased_again_keeps_the_stand_in(marked: Storage) -> None:
    found = marked.run_blocking(lambda rooms: rooms.forgotten.stand_in_for(["person:dana"]))
    assert found == HER
    assert marked.run_blocking(lambda rooms: rooms.forgotten.stand_in_for(["person:kim"])) is None


def test_whoever_works_at_that_moment_sees_every_erasure(marked: Storage) -> None:
    def work(rooms: Rooms) -> None:
        before = rooms.forgotten.revision()
        rooms.forgotten.hold_to(before)
        rooms.forgotten.keep(DANA.marks, HER, LATER)  # the same person once more
        with pytest.raises(ErasedMeanwhile):
            rooms.forgotten.hold_to(before)

    marked.run_blocking(work)


def test_before_anybody_was_erased_nothing_is_known(storage: Storage) -> None:
    assert storage.run_blocking(lambda rooms: rooms.forgotten.revision()) == 0
    assert storage.run_blocking(lambda rooms: rooms.forgotten.veiled_key("1")) is None
    assert storage.run_blocking(lambda rooms: rooms.forgotten.stand_in_for(["person:x"])) is None
