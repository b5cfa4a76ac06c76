"""When a merge request is worth a look though nobody told of it."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

from routing.model import Ref
from routing.reconciling import ANYWAY, Look, is_worth_a_look
from tests.builders import NOW, REF

LAST = Look("as it was", NOW)


def test_what_was_never_looked_at_is() -> None:
    assert is_worth_a_look(REF, "as it was", None, NOW)


def test_what_is_as_it_was_is_not() -> None:
    assert not is_worth_a_look(REF, "as it was", LAST, NOW + timedelta(minutes=5))


def test_what_is_as_it_was_is_after_an_hour() -> None:
    assert is_worth_a_look(REF, "as it was", LAST, NOW + ANYWAY)


def test_what_was_looked_at_by_a_clock_that_was_ahead_is() -> None:
    assert is_worth_a_look(REF, "as it was", LAST, NOW - timedelta(minutes=30))


def test_not_everything_is_due_in_the_same_minute() -> None:
    refs = [Ref("github", "acme/shop", number) for number in range(100)]
    due = [
        sum(
            is_worth_a_look(ref, "as it was", LAST, NOW + timedelta(minutes=minute)) for ref in refs
        )
        for minute in range(61)
    ]
    assert (due[30], due[60]) == (0, 100)
    assert max(later - earlier for earlier, later in pairwise(due)) <= 5


def test_what_shows_something_else_is() -> None:
    assert is_worth_a_look(REF, "otherwise", LAST, NOW)


def test_what_shows_too_little_is() -> None:
    assert is_worth_a_look(REF, None, LAST, NOW)
