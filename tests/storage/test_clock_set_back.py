"""Queues under a clock that is set back: nothing waits for a time that nobody meant."""

from __future__ import annotations

from datetime import datetime, timedelta

from routing.effects import ShowCard, ShowDigest, TellThread
from routing.events import MergeRequestTouched
from storage.database import Storage
from storage.outbox import TOGETHER
from tests.builders import NOW, REF

AHEAD = NOW + timedelta(hours=1)
"""What the clock said before it was set back to `NOW`."""
SOON = timedelta(seconds=30)


def heard(storage: Storage, key: str, at: datetime) -> None:
    storage.run_blocking(lambda rooms: rooms.inbox.put(key, MergeRequestTouched(REF), at))


def decided(storage: Storage, now: datetime) -> list[str]:
    """The keys of all that may be decided on now, which is done with that."""
    keys: list[str] = []
    while (arrival := storage.run_blocking(lambda rooms: rooms.inbox.next(now))) is not None:
        storage.run_blocking(lambda rooms, seq=arrival.seq: rooms.inbox.done(seq))  # type: ignore[misc]  # mypy knows no defaults of lambdas
        keys.append(arrival.key)
    return keys


def is_due(storage: Storage, now: datetime) -> bool:
    return storage.run_blocking(lambda rooms: rooms.outbox.next(now)) is not None


def test_what_was_heard_before_the_clock_was_set_back_does_not_wait(storage: Storage) -> None:
    heard(storage, "before", AHEAD)
    heard(storage, "after", NOW)
    assert decided(storage, NOW) == ["before", "after"]


def test_an_event_put_off_by_a_clock_that_was_ahead_is_tried_and_put_off_anew(
    storage: Storage,
) -> None:
    heard(storage, "first", NOW)
    for now in (AHEAD, NOW):
        storage.run_blocking(
            lambda rooms, now=now: rooms.inbox.retry(1, now + SOON, "GitHub is down", now)  # type: ignore[misc]  # as above
        )
        assert decided(storage, now) == []
        if now == AHEAD:
            assert storage.run_blocking(lambda rooms: rooms.inbox.next(NOW)) is not None
    assert decided(storage, NOW + SOON) == ["first"]


def test_an_effect_decided_before_the_clock_was_set_back_does_not_wait(storage: Storage) -> None:
    storage.run_blocking(lambda rooms: rooms.outbox.put([TellThread(REF, "Merged.")], AHEAD))
    assert is_due(storage, NOW)


def test_an_effect_put_off_by_a_clock_that_was_ahead_is_tried_and_put_off_anew(
    storage: Storage,
) -> None:
    storage.run_blocking(lambda rooms: rooms.outbox.put([TellThread(REF, "Merged.")], NOW))
    storage.run_blocking(lambda rooms: rooms.outbox.retry(1, AHEAD + SOON, "down", AHEAD))
    assert is_due(storage, NOW)
    storage.run_blocking(lambda rooms: rooms.outbox.hold(1, NOW + SOON, NOW))
    assert [is_due(storage, NOW), is_due(storage, NOW + SOON)] == [False, True]


def test_an_edit_that_may_wait_waits_no_longer_than_ever(storage: Storage) -> None:
    storage.run_blocking(lambda rooms: rooms.outbox.put([ShowDigest("C1")], AHEAD))
    storage.run_blocking(lambda rooms: rooms.outbox.put([ShowDigest("C1")], NOW))
    assert is_due(storage, NOW + TOGETHER)


def test_an_edit_that_may_wait_does_not_put_off_what_is_due_by_either_clock(
    storage: Storage,
) -> None:
    at_once = ShowCard(REF, at_once=True)
    storage.run_blocking(lambda rooms: rooms.outbox.put([at_once], AHEAD))
    storage.run_blocking(lambda rooms: rooms.outbox.put([ShowCard(REF, at_once=False)], NOW))
    task = storage.run_blocking(lambda rooms: rooms.outbox.next(NOW))
    assert task is not None
    assert task.effect == at_once


def test_whoever_looked_at_the_clock_a_moment_earlier_does_not_take_it_for_set_back(
    storage: Storage,
) -> None:
    storage.run_blocking(lambda rooms: rooms.outbox.put([ShowDigest("C1")], NOW))
    assert not is_due(storage, NOW - timedelta(milliseconds=50))
