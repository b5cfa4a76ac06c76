"""Direct messages that stand in Slack: found by place and by merge request, kept while needed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from routing.effects import TellPerson, Told, Topic
from routing.events import DirectPosted
from routing.model import Ref, State
from storage.database import Storage
from storage.retention import DONE_KEPT
from tests.bot.builders import a_review
from tests.builders import HEAD, NOW, REF
from tests.storage.erased import erase

OTHER = Ref("github", "acme/shop", 13)


def a_message(*refs: Ref, person: str = "dana", ts: str = "1.0") -> DirectPosted:
    told = (Told(TellPerson(ref, person, Topic.YOUR_TURN, "…"), NOW, HEAD) for ref in refs)
    return DirectPosted(person, tuple(told), f"D0{person.upper()}", ts)


def keep(storage: Storage, *messages: DirectPosted) -> None:
    for one in messages:
        storage.run_blocking(lambda rooms, one=one: rooms.directs.keep(one, NOW))  # type: ignore[misc]  # mypy cannot infer a lambda with a default


def listing(storage: Storage, ref: Ref = REF) -> list[DirectPosted]:
    return list(storage.run_blocking(lambda rooms: rooms.directs.listing(ref)))


def test_a_message_is_found_where_it_stands(storage: Storage) -> None:
    keep(storage, a_message(REF, OTHER))
    found = storage.run_blocking(lambda rooms: rooms.directs.at("D0DANA", "1.0"))
    assert found == a_message(REF, OTHER)
    assert storage.run_blocking(lambda rooms: rooms.directs.at("D0DANA", "2.0")) is None


def test_a_merge_requests_messages_are_listed_the_latest_first(storage: Storage) -> None:
    first, second, third = a_message(REF), a_message(OTHER, ts="2.0"), a_message(REF, ts="3.0")
    keep(storage, first, second, third)
    assert listing(storage) == [third, first]


def test_a_message_that_is_kept_twice_is_one(storage: Storage) -> None:
    keep(storage, a_message(REF), a_message(REF))
    assert len(listing(storage)) == 1


def test_a_message_that_was_deleted_is_forgotten(storage: Storage) -> None:
    keep(storage, a_message(REF))
    storage.run_blocking(lambda rooms: rooms.directs.forget("D0DANA", "1.0"))
    assert listing(storage) == []


@pytest.mark.parametrize(("state", "left"), [(State.OPEN, 1), (State.MERGED, 0)])
def test_a_message_is_kept_as_long_as_it_may_have_to_be_edited(
    storage: Storage, state: State, left: int
) -> None:
    storage.run_blocking(lambda rooms: rooms.reviews.save(a_review(state=state), NOW))
    keep(storage, a_message(REF))
    for days in (timedelta(), DONE_KEPT):
        storage.run_blocking(lambda rooms, days=days: rooms.retention.purge(NOW + days))  # type: ignore[misc]  # mypy cannot infer a lambda with a default
        assert len(listing(storage)) == 1
    later = NOW + DONE_KEPT + timedelta(seconds=1)
    storage.run_blocking(lambda rooms: rooms.retention.purge(later))
    assert len(listing(storage)) == left


def test_what_a_person_was_told_goes_when_they_are_forgotten(storage: Storage) -> None:
    keep(storage, a_message(REF), a_message(REF, person="omar", ts="2.0"))
    assert erase(storage, "dana").rows["direct messages"] == 1
    assert [one.person for one in listing(storage)] == ["omar"]
