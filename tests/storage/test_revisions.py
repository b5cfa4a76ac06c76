"""Revisions: no change of a table goes unnoticed, whichever process makes it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing

import pytest

from routing.chasing.preferences import Preferences
from routing.forgetting.whom import Whom
from storage.database import Rooms, Storage
from tests.builders import NOW

DANA = ("github", "dana-ng")
WHOM = Whom("dana", logins=frozenset({DANA}))


def fill(rooms: Rooms) -> None:
    rooms.pins.add({DANA: "7"}, NOW)
    rooms.preferences.keep("dana", Preferences(timezone="Asia/Tokyo"), NOW)


def of_pins(rooms: Rooms) -> int:
    return rooms.pins.revision()


def of_preferences(rooms: Rooms) -> int:
    return rooms.preferences.revision()


Revision = Callable[[Rooms], int]
Work = Callable[[Rooms], object]

CHANGES: dict[str, tuple[Revision, Work]] = {
    "another pin": (of_pins, lambda rooms: rooms.pins.add({("github", "omar"): "8"}, NOW)),
    "a login relinked": (of_pins, lambda rooms: rooms.pins.relink(*DANA, "9", NOW)),
    "somebody erased, and their pins": (of_pins, lambda it: it.erasing.erase(WHOM, (), NOW)),
    "another word": (of_preferences, lambda it: it.preferences.keep("omar", Preferences(), NOW)),
    "a word changed": (of_preferences, lambda it: it.preferences.keep("dana", Preferences(), NOW)),
    "somebody erased, and their words": (
        of_preferences,
        lambda rooms: rooms.erasing.erase(WHOM, (), NOW),
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_another_process_changes_is_another_revision(storage: Storage, name: str) -> None:
    revision, change = CHANGES[name]
    storage.run_blocking(fill)
    before = storage.run_blocking(revision)
    with closing(Storage(storage.path)) as other:
        other.run_blocking(change)
    assert storage.run_blocking(revision) > before


@pytest.mark.parametrize("revision", [of_pins, of_preferences])
def test_where_nothing_is_new_the_revision_stays(storage: Storage, revision: Revision) -> None:
    storage.run_blocking(fill)
    before = storage.run_blocking(revision)
    storage.run_blocking(lambda rooms: rooms.pins.add({DANA: "9"}, NOW))
    storage.run_blocking(lambda rooms: rooms.preferences.opt_out("dana", ["web/**"], NOW))
    assert storage.run_blocking(revision) == before
