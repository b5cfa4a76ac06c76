"""In a channel that is too busy everything has a moment of its own."""

from __future__ import annotations

from datetime import timedelta

from bot.slack.pace import Pace
from tests.builders import NOW

SECOND = timedelta(seconds=1)


def test_nobody_waits_where_slack_never_asked_to_slow_down() -> None:
    pace = Pace()
    assert [pace.turn("C1", str(number), NOW) for number in range(5)] == [None] * 5


def test_everybody_who_waits_gets_another_moment() -> None:
    pace = Pace()
    pace.slow_down("C1", NOW + SECOND)
    turns = [pace.turn("C1", str(number), NOW) for number in range(3)]
    assert turns == [NOW + SECOND, NOW + 2 * SECOND, NOW + 3 * SECOND]
    assert pace.turn("C2", "other", NOW) is None


def test_who_has_a_moment_keeps_it_and_goes_then() -> None:
    pace = Pace()
    pace.slow_down("C1", NOW + SECOND)
    assert pace.turn("C1", "a", NOW) == pace.turn("C1", "a", NOW) == NOW + SECOND
    assert pace.turn("C1", "a", NOW + SECOND) is None


def test_once_nobody_waits_any_more_all_is_as_before() -> None:
    pace = Pace()
    pace.slow_down("C1", NOW + SECOND)
    pace.turn("C1", "a", NOW)
    pace.turn("C1", "a", NOW + SECOND)
    later = NOW + 10 * SECOND
    assert pace.turn("C1", "b", later) is None
    assert [pace.turn("C1", str(number), later) for number in range(3)] == [None] * 3
