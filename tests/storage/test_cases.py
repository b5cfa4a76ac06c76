"""Cases follow the ledger in steps, and forget what was erased."""

from __future__ import annotations

from datetime import date, timedelta

from routing.hindsight.cases import Case, monday_of
from routing.trail import Entry
from storage.database import Storage
from tests.builders import NOW, REF
from tests.storage.erased import erase

WEEK = monday_of(NOW.date())
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
    return storage.run_blocking(lambda rooms: list(rooms.cases.of_week(WEEK)))


def revisions(storage: Storage) -> dict[date, int]:
    return storage.run_blocking(
        lambda rooms: dict(rooms.cases.revisions(WEEK, WEEK + timedelta(weeks=1)))
    )


def test_the_steps_make_no_difference(storage: Storage) -> None:
    assert told(storage, steps=3) == [Case(NOW, "ana", answered=NOW)]


def test_nothing_is_read_twice(storage: Storage) -> None:
    told(storage)
    assert storage.run_blocking(lambda rooms: rooms.cases.catch_up(9)) == 0


def test_cases_are_told_by_their_week(storage: Storage) -> None:
    told(storage)
    later = WEEK + timedelta(weeks=1)
    assert list(revisions(storage)) == [WEEK]
    assert storage.run_blocking(lambda rooms: rooms.cases.of_week(later)) == []


def test_a_week_has_another_revision_once_a_case_of_it_changed(storage: Storage) -> None:
    told(storage)
    before = revisions(storage)
    storage.run_blocking(lambda rooms: rooms.ledger.append(REF, [Entry("merged", {})], NOW))
    assert revisions(storage) == before
    storage.run_blocking(lambda rooms: rooms.cases.catch_up(9))
    assert revisions(storage)[WEEK] > before[WEEK]


def test_what_is_read_anew_after_an_erasure_has_another_revision(storage: Storage) -> None:
    told(storage)
    before = revisions(storage)
    erase(storage, "ana")
    storage.run_blocking(lambda rooms: rooms.cases.catch_up(9))
    assert revisions(storage)[WEEK] > before[WEEK]


def test_what_was_erased_is_read_anew_without_it(storage: Storage) -> None:
    told(storage)
    stand_in = erase(storage, "ana").stand_in
    assert cases(storage) == []
    storage.run_blocking(lambda rooms: rooms.cases.catch_up(9))
    assert [case.author for case in cases(storage)] == [stand_in]
