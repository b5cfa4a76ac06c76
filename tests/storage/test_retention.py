"""Retention: what is over goes in time, and nothing that is still needed goes with it."""

from __future__ import annotations

from datetime import timedelta

from routing.effects import ShowCard, TellThread
from routing.events import MergeRequestTouched
from storage.database import Rooms, Storage
from storage.retention import DEAD_KEPT, DONE_KEPT
from tests.builders import NOW, REF

MOMENT = timedelta(seconds=1)


def put(storage: Storage, *keys: str) -> list[bool]:
    def work(rooms: Rooms) -> list[bool]:
        return [rooms.inbox.put(key, MergeRequestTouched(REF), NOW) for key in keys]

    return storage.run_blocking(work)


def purge(storage: Storage, age: timedelta) -> int:
    return storage.run_blocking(lambda rooms: rooms.retention.purge(NOW + age))


def test_what_was_decided_on_goes_after_a_month(storage: Storage) -> None:
    put(storage, "first", "second")
    storage.run_blocking(lambda rooms: rooms.inbox.done(1))
    assert [purge(storage, DONE_KEPT), purge(storage, DONE_KEPT + MOMENT)] == [0, 1]


def test_until_then_a_delivery_repeated_is_refused(storage: Storage) -> None:
    put(storage, "first", "second")
    storage.run_blocking(lambda rooms: rooms.inbox.done(1))
    purge(storage, DONE_KEPT)
    assert put(storage, "first") == [False]


def test_a_dead_letter_goes_after_a_quarter(storage: Storage) -> None:
    put(storage, "first", "second")
    storage.run_blocking(lambda rooms: rooms.inbox.bury(1, "unusable"))
    assert [purge(storage, DEAD_KEPT), purge(storage, DEAD_KEPT + MOMENT)] == [0, 1]


def test_what_still_waits_never_goes(storage: Storage) -> None:
    put(storage, "first", "second")
    storage.run_blocking(lambda rooms: rooms.outbox.put([ShowCard(REF), TellThread(REF, "")], NOW))
    assert purge(storage, timedelta(days=3650)) == 0


def test_the_number_of_an_effect_is_never_given_twice(storage: Storage) -> None:
    storage.run_blocking(lambda rooms: rooms.outbox.put([ShowCard(REF)], NOW))
    storage.run_blocking(lambda rooms: rooms.outbox.done(1))
    purge(storage, timedelta(days=3650))
    storage.run_blocking(lambda rooms: rooms.outbox.put([ShowCard(REF)], NOW))
    task = storage.run_blocking(lambda rooms: rooms.outbox.next(NOW))
    assert task is not None
    assert task.key == "effect-2"
