"""Clocks: one that reads the machine's, one that is told, and one that runs and is pushed."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.clock import Onward, RunningClock, StoryClock, SystemClock
from tests.bot.fakes import SetClock
from tests.builders import NOW

HOUR = timedelta(hours=1)


async def everybody_had_a_turn() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


def test_the_machines_clock_tells_utc() -> None:
    before = datetime.now(UTC)
    now = SystemClock().now()
    assert now.utcoffset() == timedelta(0)
    assert before <= now <= datetime.now(UTC)


async def test_the_machines_clock_does_not_wait_for_what_is_past() -> None:
    async with asyncio.timeout(5):
        await SystemClock().until(datetime.now(UTC) - HOUR)


async def test_the_machines_clock_waits_for_the_moment() -> None:
    waiting = asyncio.create_task(SystemClock().until(datetime.now(UTC) + HOUR))
    await everybody_had_a_turn()
    assert not waiting.done()
    waiting.cancel()


def test_a_story_stands_still_until_it_is_told() -> None:
    clock = StoryClock(NOW)
    assert clock.now() == clock.now() == NOW
    clock.move_to(NOW + HOUR)
    assert clock.now() == NOW + HOUR


@pytest.mark.parametrize("kind", [StoryClock, RunningClock])
def test_time_never_goes_back(kind: type[StoryClock]) -> None:
    clock = kind(NOW)
    clock.move_to(NOW - HOUR)
    assert clock.now() >= NOW


@pytest.mark.parametrize("kind", [StoryClock, RunningClock])
async def test_who_waits_goes_on_when_the_moment_has_come(kind: type[StoryClock]) -> None:
    clock = kind(NOW)
    waiting = asyncio.create_task(clock.until(NOW + 2 * HOUR))
    await everybody_had_a_turn()
    clock.move_to(NOW + HOUR)
    await everybody_had_a_turn()
    assert not waiting.done()
    clock.move_to(NOW + 2 * HOUR)
    async with asyncio.timeout(5):
        await waiting


@pytest.mark.parametrize("kind", [StoryClock, RunningClock])
async def test_nobody_waits_for_what_is_past(kind: type[StoryClock]) -> None:
    async with asyncio.timeout(5):
        await kind(NOW).until(NOW - HOUR)


async def test_everybody_who_waits_goes_on() -> None:
    clock = StoryClock(NOW)
    waiting = [asyncio.create_task(clock.until(NOW + HOUR)) for _ in range(3)]
    await everybody_had_a_turn()
    clock.move_to(NOW + 2 * HOUR)
    async with asyncio.timeout(5):
        await asyncio.gather(*waiting)


def test_a_running_clock_runs_from_where_it_was_set() -> None:
    clock = RunningClock(NOW)
    first = clock.now()
    second = clock.now()
    assert NOW <= first <= second < NOW + HOUR


def test_a_running_clock_runs_on_from_where_it_was_pushed() -> None:
    clock = RunningClock(NOW)
    clock.move_to(NOW + HOUR)
    assert NOW + HOUR <= clock.now() < NOW + 2 * HOUR


async def test_a_running_clock_gets_there_by_itself() -> None:
    clock = RunningClock(NOW)
    moment = clock.now() + timedelta(milliseconds=1)
    async with asyncio.timeout(5):
        await clock.until(moment)
    assert clock.now() >= moment


class Set(SystemClock):
    """The machine's clock, set by somebody."""

    ahead = timedelta(0)

    def __init__(self) -> None:
        self.looks = asyncio.Queue[None]()

    def now(self) -> datetime:
        self.looks.put_nowait(None)
        return super().now() + self.ahead


@pytest.mark.parametrize("step", [2 * HOUR, -HOUR], ids=["ahead, so it has come", "back"])
async def test_whoever_waits_looks_again_once_the_machines_clock_was_set(
    step: timedelta, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.clock.LOOK_SECONDS", 0.001)
    clock = Set()
    waiting = asyncio.create_task(clock.until(clock.now() + HOUR))
    for _ in range(4):  # it has looked again and again, and waits on
        await clock.looks.get()
    assert not waiting.done()
    clock.ahead = step
    async with asyncio.timeout(5):
        await waiting


def test_a_span_goes_on_when_the_clock_is_set_back() -> None:
    clock = SetClock(NOW)
    onward = Onward(clock)
    clock.set_to(NOW + HOUR)
    assert onward.now() == NOW + HOUR
    for minutes in (0, 10):
        clock.set_to(NOW + timedelta(minutes=minutes))
        assert onward.now() == NOW + HOUR + timedelta(minutes=minutes)


def test_a_span_takes_no_harm_from_two_who_look_at_once() -> None:
    clock = SetClock(NOW)
    onward = Onward(clock)
    clock.set_to(NOW - timedelta(seconds=1))
    assert onward.now() == NOW
    clock.set_to(NOW + timedelta(seconds=1))
    assert onward.now() == NOW + timedelta(seconds=1)
