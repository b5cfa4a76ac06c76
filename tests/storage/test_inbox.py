"""The inbox: every event once, each subject's in order, and what fails is tried again later."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from routing.events import (
    CardPosted,
    DigestDue,
    EscalationDue,
    Event,
    MergeRequestTouched,
    ReconcileDue,
)
from routing.model import Ref
from storage.database import Rooms, Storage
from storage.inbox import Arrival, Urgency, subject_of
from tests.bot.builders import a_card
from tests.builders import NOW, REF, approves

OTHER, THIRD, FOURTH = (Ref("github", "acme/shop", number) for number in (13, 14, 15))
LATER = NOW + timedelta(minutes=1)


def put(
    storage: Storage, key: str, event: Event | None = None, urgency: Urgency | None = None
) -> bool:
    it = event or MergeRequestTouched(REF)
    return storage.run_blocking(lambda rooms: rooms.inbox.put(key, it, NOW, urgency))


def take(storage: Storage, *busy: str, now: datetime = NOW) -> Arrival | None:
    return storage.run_blocking(lambda rooms: rooms.inbox.next(now, busy))


def finish(storage: Storage, seq: int) -> None:
    storage.run_blocking(lambda rooms: rooms.inbox.done(seq))


def key(storage: Storage, *busy: str, now: datetime = NOW) -> str | None:
    arrival = take(storage, *busy, now=now)
    return arrival.key if arrival else None


def test_a_repeated_delivery_is_kept_once(storage: Storage) -> None:
    assert put(storage, "delivery-1")
    assert not put(storage, "delivery-1")
    assert storage.run_blocking(lambda rooms: rooms.inbox.waiting()) == 1


def test_a_repeated_delivery_does_not_replace_the_first(storage: Storage) -> None:
    put(storage, "delivery-1", MergeRequestTouched(REF, "aaaa"))
    put(storage, "delivery-1", MergeRequestTouched(REF, "bbbb"))
    arrival = take(storage)
    assert arrival is not None
    assert arrival.event == MergeRequestTouched(REF, "aaaa")


@pytest.mark.parametrize("end", ["done", "dead"])
def test_a_delivery_repeated_after_its_decision_costs_nothing(storage: Storage, end: str) -> None:
    put(storage, "delivery-1")
    if end == "done":
        storage.run_blocking(lambda rooms: rooms.inbox.done(1))
    else:
        storage.run_blocking(lambda rooms: rooms.inbox.bury(1, "no use"))
    assert not put(storage, "delivery-1")
    assert take(storage) is None


def test_an_arrival_tells_what_came_and_when(storage: Storage) -> None:
    put(storage, "delivery-1")
    assert take(storage) == Arrival(1, "delivery-1", MergeRequestTouched(REF), 0, NOW)


@pytest.mark.parametrize("subjects", [(3, 3, 3), (3, 1, 2)], ids=["of one", "of several"])
def test_the_oldest_comes_first(storage: Storage, subjects: tuple[int, int, int]) -> None:
    for name, number in zip(("c", "a", "b"), subjects, strict=True):
        put(storage, name, MergeRequestTouched(Ref("github", "acme/shop", number)))
    assert key(storage) == "c"


def test_taking_leaves_the_event_until_it_is_done(storage: Storage) -> None:
    put(storage, "first")
    assert key(storage) == "first"
    assert key(storage) == "first"
    storage.run_blocking(lambda rooms: rooms.inbox.done(1))
    assert key(storage) is None


def test_events_of_a_busy_subject_wait(storage: Storage) -> None:
    put(storage, "first", MergeRequestTouched(REF))
    put(storage, "second", MergeRequestTouched(OTHER))
    assert key(storage, str(REF)) == "second"
    assert key(storage, str(REF), str(OTHER)) is None


def test_an_event_put_off_comes_when_its_time_has_come(storage: Storage) -> None:
    put(storage, "first")
    storage.run_blocking(lambda rooms: rooms.inbox.retry(1, LATER, "GitHub is down", NOW))
    assert key(storage) is None
    assert key(storage, now=LATER) == "first"


def test_every_try_is_counted(storage: Storage) -> None:
    put(storage, "first")
    for _ in range(3):
        storage.run_blocking(lambda rooms: rooms.inbox.retry(1, NOW, "GitHub is down", NOW))
    arrival = take(storage)
    assert arrival is not None
    assert arrival.attempts == 3


def test_an_event_put_off_holds_back_the_later_ones_of_its_subject(storage: Storage) -> None:
    put(storage, "approve")
    put(storage, "request changes")
    storage.run_blocking(lambda rooms: rooms.inbox.retry(1, LATER, "GitHub is down", NOW))
    assert key(storage) is None
    assert key(storage, now=LATER) == "approve"


def test_an_event_put_off_does_not_hold_back_other_subjects(storage: Storage) -> None:
    put(storage, "first", MergeRequestTouched(REF))
    put(storage, "second", MergeRequestTouched(OTHER))
    storage.run_blocking(lambda rooms: rooms.inbox.retry(1, LATER, "GitHub is down", NOW))
    assert key(storage) == "second"


def test_what_people_say_goes_before_deliveries_and_these_before_what_a_list_showed(
    storage: Storage,
) -> None:
    put(storage, "found", MergeRequestTouched(REF), urgency=Urgency.FOUND)
    put(storage, "heard", MergeRequestTouched(OTHER))
    put(storage, "due", EscalationDue(THIRD, NOW))
    put(storage, "said", replace(approves("dana"), ref=FOURTH))
    order = []
    while (arrival := take(storage)) is not None:
        order.append(arrival.key)
        finish(storage, arrival.seq)
    assert order == ["said", "heard", "due", "found"]


def test_a_word_overtakes_a_hint_that_waits_for_the_forge(storage: Storage) -> None:
    put(storage, "hint", MergeRequestTouched(REF))
    storage.run_blocking(lambda rooms: rooms.inbox.retry(1, LATER, "GitHub is down", NOW))
    put(storage, "word", approves("dana"))
    assert key(storage) == "word"


def test_a_word_that_waits_for_the_forge_holds_back_later_words_and_hints(
    storage: Storage,
) -> None:
    put(storage, "word", approves("dana"))
    storage.run_blocking(lambda rooms: rooms.inbox.retry(1, LATER, "GitHub is down", NOW))
    put(storage, "hint", MergeRequestTouched(REF))
    put(storage, "outcome", a_card("1.0"))
    assert key(storage) is None


def test_the_next_moment_is_the_earliest_that_waits(storage: Storage) -> None:
    put(storage, "first", MergeRequestTouched(REF))
    put(storage, "second", MergeRequestTouched(OTHER))
    put(storage, "third", ReconcileDue("github"))

    def put_off(rooms: Rooms) -> None:
        rooms.inbox.retry(1, LATER + timedelta(hours=1), "down", NOW)
        rooms.inbox.retry(2, LATER, "down", NOW)
        rooms.inbox.done(3)

    storage.run_blocking(put_off)
    assert storage.run_blocking(lambda rooms: rooms.inbox.next_moment()) == LATER


def test_without_anything_waiting_there_is_no_next_moment(storage: Storage) -> None:
    put(storage, "first")
    storage.run_blocking(lambda rooms: rooms.inbox.done(1))
    assert storage.run_blocking(lambda rooms: rooms.inbox.next_moment()) is None


def test_a_buried_event_is_counted_and_never_comes_again(storage: Storage) -> None:
    put(storage, "first")
    storage.run_blocking(lambda rooms: rooms.inbox.bury(1, "no such merge request"))
    assert key(storage, now=NOW + timedelta(days=365)) is None
    assert storage.run_blocking(lambda rooms: (rooms.inbox.waiting(), rooms.inbox.dead())) == (0, 1)


def test_a_dead_letter_is_kept_once_and_decided_on_never(storage: Storage) -> None:
    for expected in (True, False):
        kept = storage.run_blocking(lambda rooms: rooms.inbox.put_dead("d", "{", "no JSON", NOW))
        assert kept is expected
    assert take(storage) is None
    assert storage.run_blocking(lambda rooms: rooms.inbox.dead()) == 1


def test_what_waits_for_a_merge_request_is_listed_oldest_first(storage: Storage) -> None:
    put(storage, "first", a_card("1.0"))
    put(storage, "second", MergeRequestTouched(OTHER))
    put(storage, "third", a_card("2.0"))
    put(storage, "fourth", a_card("3.0"))
    storage.run_blocking(lambda rooms: rooms.inbox.done(1))
    waiting = storage.run_blocking(lambda rooms: rooms.inbox.waiting_for(REF))
    assert waiting == [a_card("2.0"), a_card("3.0")]


@pytest.mark.parametrize(
    ("event", "subject"),
    [
        (MergeRequestTouched(REF), "github/acme/shop/7"),
        (CardPosted(REF, "C1", "1.0"), "github/acme/shop/7"),
        (DigestDue("#reviews", date(2026, 11, 16)), "digest #reviews"),
        (ReconcileDue("github"), "reconcile github"),
    ],
)
def test_events_about_the_same_thing_have_one_subject(event: Event, subject: str) -> None:
    assert subject_of(event) == subject


def test_an_event_that_cannot_be_read_does_not_stop_the_others(storage: Storage) -> None:
    put(storage, "first", MergeRequestTouched(REF))
    put(storage, "second", MergeRequestTouched(OTHER))
    gone = 'UPDATE inbox SET body = \'{"kind": "of_another_version"}\' WHERE seq = 1'
    storage.run_blocking(lambda rooms: rooms.inbox._db.conn.execute(gone))
    assert key(storage) == "second"
    assert storage.run_blocking(lambda rooms: rooms.inbox.dead()) == 1


def test_where_an_event_cannot_be_read_its_merge_request_is_looked_at_afresh(
    storage: Storage,
) -> None:
    put(storage, "first", a_card("1.0"))
    gone = "UPDATE inbox SET body = '{}'"
    storage.run_blocking(lambda rooms: rooms.inbox._db.conn.execute(gone))
    arrival = take(storage)
    assert arrival is not None
    assert arrival.event == MergeRequestTouched(REF)


def test_a_key_with_sql_in_it_is_only_a_key(storage: Storage) -> None:
    hostile = "'); DROP TABLE inbox; --"
    assert put(storage, hostile)
    assert key(storage, "'); DELETE FROM inbox; --") == hostile
