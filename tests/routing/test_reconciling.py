"""When a merge request is worth a look though nobody told of it."""

from __future__ import annotations

from datetime import timedelta

from routing.reconciling import ANYWAY, Look, is_worth_a_look
from tests.builders import NOW

LAST = Look("as it was", NOW)


def test_what_was_never_looked_at_is() -> None:
    assert is_worth_a_look("as it was", None, NOW)


def test_what_is_as_it_was_is_not() -> None:
    assert not is_worth_a_look("as it was", LAST, NOW + timedelta(minutes=5))


def test_what_is_as_it_was_is_after_an_hour() -> None:
    assert is_worth_a_look("as it was", LAST, NOW + ANYWAY)


def test_what_shows_something_else_is() -> None:
    assert is_worth_a_look("otherwise", LAST, NOW)


def test_what_shows_too_little_is() -> None:
    assert is_worth_a_look(None, LAST, NOW)
