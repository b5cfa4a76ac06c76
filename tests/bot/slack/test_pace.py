"""Nothing goes to Slack sooner than Slack takes it, and everything that waits has its moment."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.slack.pace import POSTING, Limit, Pace, Share
from tests.builders import NOW

SECOND = timedelta(seconds=1)
C1, C2 = Share("C1", POSTING), Share("C2", POSTING)
THREE = Share("chat.update", Limit(3, timedelta(minutes=1)))


def test_one_message_a_second_goes_to_a_channel_and_other_channels_do_not_wait() -> None:
    pace = Pace()
    turns = [pace.turn(C1, str(number), NOW) for number in range(3)]
    assert turns == [None, NOW + SECOND, NOW + 2 * SECOND]
    assert pace.turn(C2, "other", NOW) is None


def test_so_many_calls_of_a_method_go_within_its_span_and_the_next_one_after() -> None:
    pace = Pace()
    turns = [pace.turn(THREE, str(number), NOW + number * SECOND) for number in range(4)]
    assert turns == [None, None, None, NOW + timedelta(minutes=1)]


def test_who_has_a_moment_keeps_it_and_goes_then() -> None:
    pace = Pace()
    pace.turn(C1, "first", NOW)
    assert pace.turn(C1, "a", NOW) == pace.turn(C1, "a", NOW) == NOW + SECOND
    assert pace.turn(C1, "a", NOW + SECOND) is None


def test_who_comes_late_for_a_moment_does_not_crowd_the_next_one() -> None:
    pace = Pace()
    for key in ("first", "a", "b"):
        pace.turn(C1, key, NOW)
    late = NOW + 1.9 * SECOND
    assert pace.turn(C1, "a", late) is None
    assert pace.turn(C1, "b", NOW + 2 * SECOND) == late + SECOND


def test_where_slack_asks_to_slow_down_everybody_waits_until_then() -> None:
    pace = Pace()
    pace.turn(C1, "first", NOW)
    pace.turn(C1, "a", NOW)
    pace.slow_down(C1, NOW + 5 * SECOND)
    turns = [pace.turn(C1, key, NOW + SECOND) for key in ("a", "b")]
    assert turns == [NOW + 5 * SECOND, NOW + 6 * SECOND]


def test_once_nobody_waits_any_more_all_is_as_before() -> None:
    pace = Pace()
    for key in ("first", "never comes"):
        pace.turn(C1, key, NOW)
    assert pace.turn(C1, "b", NOW + timedelta(minutes=5)) is None


def test_a_clock_that_is_set_back_holds_nothing_up() -> None:
    pace = Pace()
    pace.turn(C1, "first", NOW)
    assert pace.turn(C1, "second", NOW - timedelta(hours=1)) is None


def test_a_channel_that_goes_by_another_name_keeps_its_count() -> None:
    pace = Pace()
    pace.turn(Share("#reviews", POSTING), "first", NOW)
    pace.renamed("#reviews", "C1")
    assert pace.turn(C1, "second", NOW) == NOW + SECOND


@given(st.lists(st.floats(0, 30), min_size=1, max_size=30))
def test_however_they_come_no_span_has_more_than_it_takes_and_all_go(coming: list[float]) -> None:
    pace = Pace()
    waiting = [(NOW + timedelta(seconds=at), str(key)) for key, at in enumerate(sorted(coming))]
    gone = []
    while waiting:
        waiting.sort()
        now, key = waiting.pop(0)
        turn = pace.turn(THREE, key, now)
        if turn is None:
            gone.append(now)
        else:
            assert turn > now
            waiting.append((turn, key))
    limit = THREE.limit
    assert all(
        later - first >= limit.span for first, later in zip(gone, gone[limit.most :], strict=False)
    )
