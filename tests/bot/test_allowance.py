"""What the other side allows is counted before it is asked."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.allowance import COSTLY, MINUTE, PLAIN, URGENT, Allowance, Kind, Limit, Told
from bot.clock import StoryClock
from bot.errors import NotYet
from tests.bot.fakes import SetClock
from tests.builders import NOW

POINTS = Limit(20, MINUTE, plain=1, costly=5, spare=8)
WRITES = Limit(3, MINUTE, costly=1)


@pytest.fixture
def clock() -> StoryClock:
    return StoryClock(NOW)


def wait(allowance: Allowance, kind: Kind) -> float:
    """How long it has to be waited for."""
    try:
        allowance.ask("looking", kind)
    except NotYet as exc:
        return exc.after
    return 0.0


def spend(allowance: Allowance, count: int, *, costly: bool = False) -> None:
    for _ in range(count):
        allowance.spend(costly=costly)


def test_what_is_left_may_be_asked(clock: StoryClock) -> None:
    allowance = Allowance(clock, [POINTS])
    spend(allowance, 11)
    assert wait(allowance, PLAIN) == 0


def test_what_is_spare_is_for_the_urgent(clock: StoryClock) -> None:
    allowance = Allowance(clock, [POINTS])
    spend(allowance, 12)
    assert [wait(allowance, kind) for kind in (PLAIN, COSTLY, URGENT)] == [60, 60, 0]


def test_nothing_is_left_to_the_urgent_either_in_the_end(clock: StoryClock) -> None:
    allowance = Allowance(clock, [POINTS])
    spend(allowance, 18)
    assert wait(allowance, URGENT) == 60


def test_points_come_back_one_after_the_other(clock: StoryClock) -> None:
    allowance = Allowance(clock, [POINTS])
    spend(allowance, 1)
    clock.move_to(NOW + timedelta(seconds=20))
    spend(allowance, 11)
    assert wait(allowance, PLAIN) == 40
    clock.move_to(NOW + timedelta(seconds=60))
    assert wait(allowance, PLAIN) == 0


def test_costly_calls_have_a_limit_that_plain_ones_do_not_feel(clock: StoryClock) -> None:
    allowance = Allowance(clock, [WRITES])
    spend(allowance, 3, costly=True)
    assert [wait(allowance, kind) for kind in (PLAIN, COSTLY)] == [0, 60]


def test_a_quota_that_is_told_is_kept_to(clock: StoryClock) -> None:
    allowance = Allowance(clock)
    allowance.tell(Told(left=200, limit=5000, seconds=600))
    assert [wait(allowance, kind) for kind in (PLAIN, URGENT)] == [600, 0]
    allowance.tell(Told(left=4999, limit=5000, seconds=3600))
    assert wait(allowance, PLAIN) == 0


def test_whoever_was_told_to_wait_asks_nothing_not_even_what_was_begun(clock: StoryClock) -> None:
    allowance = Allowance(clock)
    allowance.close(30)
    with pytest.raises(NotYet):
        allowance.spend(costly=False)
    assert wait(allowance, URGENT) == 30
    clock.move_to(NOW + timedelta(seconds=30))
    assert wait(allowance, PLAIN) == 0


def test_a_clock_that_is_set_back_makes_no_wait_longer() -> None:
    clock = SetClock(NOW)
    allowance = Allowance(clock, [POINTS])
    spend(allowance, 18)
    allowance.close(30)
    clock.set_to(NOW - timedelta(hours=1))
    assert [wait(allowance, kind) for kind in (URGENT, PLAIN)] == [60, 60]
    clock.set_to(NOW - timedelta(hours=1) + MINUTE)
    assert wait(allowance, URGENT) == 0
