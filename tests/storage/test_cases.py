"""Cases follow the ledger in steps, and forget what was erased."""

from __future__ import annotations

from datetime import timedelta

from routing.hindsight.insights import Case
from routing.trail import Entry
from storage.database import Storage
from tests.builders import NOW, REF

STORY = [
    Entry("opened", {"title": "Retry", "author": "ana"}),
    Entry("gate", {"state": "pending"}),
    Entry("approval", {"person": "dana"}),
]


def told(storage: Storage, steps: int = 1) -> list[Case]:
    for entry in STORY:
        storage.run_blocking(lambda rooms, e=entry: rooms.ledger.append(REF, [e], NOW))  # type: ignore[misc]  # mypy cannot infer a lambda with defaults
    for _ in range(steps):
        storage.run_blocking(lambda rooms: rooms.cases.catch_up(len(STORY) // steps))
    return cases(storage)


def cases(storage: Storage) -> list[Case]:
    return storage.run_blocking(lambda rooms: list(rooms.cases.since(NOW)))


def test_the_steps_make_no_difference(storage: Storage) -> None:
    assert told(storage, steps=3) == [Case(NOW, "ana", answered=NOW)]


def test_nothing_is_read_twice(storage: Storage) -> None:
    told(storage)
    assert storage.run_blocking(lambda rooms: rooms.cases.catch_up(9)) == 0


def test_older_cases_are_left_out(storage: Storage) -> None:
    told(storage)
    later = NOW + timedelta(seconds=1)
    assert storage.run_blocking(lambda rooms: rooms.cases.since(later)) == []


def test_what_was_erased_is_read_anew_without_it(storage: Storage) -> None:
    told(storage)
    storage.run_blocking(lambda rooms: rooms.ledger.erase(["ana"], NOW))
    assert cases(storage) == []
    storage.run_blocking(lambda rooms: rooms.cases.catch_up(9))
    assert [case.author for case in cases(storage)] == ["[erased]"]
