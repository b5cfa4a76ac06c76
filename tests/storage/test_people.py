"""Pins: the account first seen behind a login stays the only one that counts."""

from __future__ import annotations

from routing.people import People, Person
from storage.database import Rooms, Storage
from tests.builders import NOW, an_account

DANA = Person("dana", "Dana Ng", logins={"github": "dana-ng"})


def test_a_login_keeps_the_account_it_was_first_seen_with(storage: Storage) -> None:
    def work(rooms: Rooms) -> None:
        for account in ("7", "8"):
            rooms.pins.add({("github", "dana-ng"): account}, NOW)

    storage.run_blocking(work)
    assert storage.run_blocking(lambda rooms: rooms.pins.all()) == {("github", "dana-ng"): "7"}


def test_the_same_login_elsewhere_is_another(storage: Storage) -> None:
    pins = {("github", "dana"): "7", ("gitlab", "dana"): "8"}
    storage.run_blocking(lambda rooms: rooms.pins.add(pins, NOW))
    assert storage.run_blocking(lambda rooms: rooms.pins.all()) == pins


def test_a_recycled_login_is_a_stranger(storage: Storage) -> None:
    first = an_account("dana", login="Dana-NG", id="7")
    storage.run_blocking(lambda rooms: rooms.pins.add(People((DANA,)).new_pins([first]), NOW))
    people = People((DANA,), storage.run_blocking(lambda rooms: rooms.pins.all()))
    assert people.of_account(first) == DANA
    assert people.of_account(an_account("dana", login="dana-ng", id="8")) is None


def test_a_pin_that_is_there_is_neither_new_nor_overwritten(storage: Storage) -> None:
    key = ("github", "dana")
    assert storage.run_blocking(lambda rooms: rooms.pins.add({key: "1"}, NOW)) == {key: "1"}
    assert storage.run_blocking(lambda rooms: rooms.pins.add({key: "2"}, NOW)) == {}
    assert storage.run_blocking(lambda rooms: rooms.pins.all())[key] == "1"
