"""What the ranking has learnt follows the history: on as it grows, afresh where it was another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.learning import PATIENCE, Learning
from routing.model import PastChange
from routing.people import People
from routing.ranking.weights import RANKED
from storage.database import Storage
from tests.builders import NOW, a_change, a_file, a_person

SHOP = "github/acme/shop"
TEAM = People((a_person("ana"), a_person("dana"), a_person("omar")))
CHANGE = a_change(files=[a_file("pay/refund.py")])


def a_past(name: str, by: str, reviewer: str, days: float = 10) -> PastChange:
    at = NOW - timedelta(days=days)
    return PastChange(
        name, at, (f"mail:{by}@example.com",), (reviewer,), (("pay/refund.py", 9, 1),)
    )


@pytest.fixture
def learning(storage: Storage) -> Learning:
    return Learning(storage)


def keep(storage: Storage, *changes: PastChange) -> None:
    storage.run_blocking(lambda rooms: rooms.history.add(SHOP, changes))


async def scores(
    learning: Learning, people: People = TEAM, now: datetime = NOW
) -> Mapping[str, float]:
    weighed = await learning.weigh(SHOP, CHANGE, people, now)
    return weighed.scores(RANKED)


async def test_the_addresses_of_a_person_are_theirs(storage: Storage, learning: Learning) -> None:
    keep(storage, a_past("c1", "omar", "mail:dana@example.com"))
    assert set(await scores(learning)) == {"dana", "omar"}


async def test_what_is_new_is_learnt_without_reading_the_rest_again(
    storage: Storage, learning: Learning
) -> None:
    keep(storage, a_past("c1", "omar", "dana"))
    before = await scores(learning)
    keep(storage, a_past("c2", "ana", "dana", days=1))
    after = await scores(learning)
    assert after["dana"] > before["dana"]
    assert (await learning.weigh(SHOP, CHANGE, TEAM, NOW)).changes == 2


async def test_what_comes_late_is_learnt_when_everything_is_read_again(
    storage: Storage, learning: Learning
) -> None:
    keep(storage, a_past("c2", "omar", "dana", days=1))
    await scores(learning)
    keep(storage, a_past("c1", "omar", "dana", days=20))
    assert (await learning.weigh(SHOP, CHANGE, TEAM, NOW)).changes == 1
    assert (await learning.weigh(SHOP, CHANGE, TEAM, NOW + PATIENCE)).changes == 2


async def test_a_change_that_gained_a_reviewer_is_learnt_anew(
    storage: Storage, learning: Learning
) -> None:
    bare = replace(a_past("c1", "omar", "dana"), reviewers=())
    keep(storage, bare)
    assert set(await scores(learning)) == {"omar"}
    keep(storage, replace(bare, reviewers=("dana",)))
    assert set(await scores(learning, now=NOW + PATIENCE)) == {"dana", "omar"}


async def test_new_people_are_known_at_once(storage: Storage, learning: Learning) -> None:
    keep(storage, a_past("c1", "kim", "dana"))
    assert "kim" not in await scores(learning)
    assert "kim" in await scores(learning, People((*TEAM.everyone, a_person("kim"))))


async def test_what_is_two_years_old_is_not_read(storage: Storage, learning: Learning) -> None:
    keep(storage, a_past("c1", "omar", "dana", days=731), a_past("c2", "omar", "dana"))
    assert (await learning.weigh(SHOP, CHANGE, TEAM, NOW)).changes == 1


async def test_however_much_is_merged_only_so_much_is_kept_in_memory(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.learning.MOST", 10)
    learning = Learning(storage)
    sizes = []
    for number in range(40):
        keep(storage, a_past(f"c{number}", "omar", "dana", days=100 - number))
        sizes.append((await learning.weigh(SHOP, CHANGE, TEAM, NOW)).changes)
    assert sizes[:11] == list(range(1, 12))
    assert set(sizes[11:]) == {10, 11}


async def test_only_so_many_projects_are_kept_in_memory_and_any_is_learnt_again(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.learning.PROJECTS", 1)
    learning = Learning(storage)
    keep(storage, a_past("c1", "omar", "dana"))
    first = await scores(learning)
    await learning.weigh("github/acme/other", CHANGE, TEAM, NOW)
    assert await scores(learning) == first


async def test_projects_teach_nothing_of_each_other(storage: Storage, learning: Learning) -> None:
    keep(storage, a_past("c1", "omar", "dana"))
    assert (await learning.weigh("github/acme/other", CHANGE, TEAM, NOW)).changes == 0


async def test_read_on_or_read_at_once_the_ranking_is_the_same(storage: Storage) -> None:
    slowly = Learning(storage)
    for number in range(12):
        who, reviewer = ("dana", "omar") if number % 3 else ("omar", "dana")
        keep(storage, a_past(f"c{number}", who, reviewer, days=40 - number))
        await scores(slowly)
    assert await scores(slowly) == await scores(Learning(storage))
