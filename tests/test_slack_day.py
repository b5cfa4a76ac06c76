"""A small day of `python -m bench.slack_day`: nothing is wrong with it, and wrongs are found."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

import bot.schedule
from bench.slack_day.__main__ import play
from bench.slack_day.calls import Call, busiest, crowded, too_early
from bench.slack_day.record import asks_on_record
from storage.ledger import Opened
from tests.builders import NOW


async def test_a_small_day_keeps_slacks_limits_and_everybodys_hours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot.schedule, "RECONCILE", timedelta(hours=6))
    found = await play(tmp_path, requests=10, people=12, seed=3)
    assert found.faults == ()
    assert (found.refused, found.crowded, found.most_told_of_one_ask) == (0, 1, 1)
    assert found.did["opens"] == 10
    assert found.steps


def calls(*made: tuple[float, str, int]) -> Sequence[Call]:
    """Posts: seconds from now, channel, `Retry-After`."""
    return [
        Call(NOW + timedelta(seconds=at), "chat.postMessage", 600, channel, wait)
        for at, channel, wait in made
    ]


def test_the_busiest_minute_and_second_are_found_wherever_they_begin() -> None:
    made = calls((0, "C1", 0), (50, "C1", 0), (50.5, "C2", 0), (50.9, "C1", 0), (109, "C1", 0))
    assert crowded(made) == 2
    (method,) = busiest(made)
    assert (method.calls, method.most) == (5, 4)


@pytest.mark.parametrize(
    ("second", "early"), [((4, "C1", 0), 1), ((5, "C1", 0), 0), ((4, "C2", 0), 0)]
)
def test_what_comes_again_before_it_may_is_found(
    second: tuple[float, str, int], early: int
) -> None:
    assert len(list(too_early(calls((0, "C1", 5), second)))) == early


def test_an_ask_is_one_more_when_somebody_was_not_asked_in_between() -> None:
    asked = ["ana", "ana", "", "ana"]
    ref = "github/acme/shop/7"
    entries = [
        Opened(seq, NOW.isoformat(), ref, "decision", f'{{"asked": [{people(one)}]}}', "")
        for seq, one in enumerate(asked)
    ]
    assert {key: len(since) for key, since in asks_on_record(entries).items()} == {
        ("shop#7", "ana"): 2
    }


def people(one: str) -> str:
    return f'{{"person": "{one}"}}' if one else ""
