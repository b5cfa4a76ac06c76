"""Which past changes went wrong, as their repository tells."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bot.git.clone import Clone
from bot.git.faults import Faults, Kind
from bot.git.main_line import read_main_line
from tests.bot.git.histories import FOUR_LINES, Landing, land

REPAIRED = FOUR_LINES.replace("beta = 2", "beta = 20")
BEGIN = Landing("Begin", {"a.py": FOUR_LINES})


async def faults(folder: Path, days: float = 365) -> Faults:
    found = Faults(timedelta(days=days))
    async for change in read_main_line(Clone(folder), "main", 100):
        found.land(change)
    return found


async def kinds(folder: Path, days: float = 365) -> dict[int, Kind]:
    return {number: fault.kind for number, fault in (await faults(folder, days)).found.items()}


async def test_a_change_is_faulty_when_a_repair_rewrites_its_lines(tmp_path: Path) -> None:
    land(
        tmp_path,
        BEGIN,
        Landing("Add epsilon", {"a.py": FOUR_LINES + "epsilon = 5\n"}),
        Landing("Fix epsilon", {"a.py": FOUR_LINES + "epsilon = 50\n"}),
    )
    assert await kinds(tmp_path) == {1: Kind.REPAIRED}


async def test_a_fault_names_the_change_that_shows_it(tmp_path: Path) -> None:
    _, repair = land(tmp_path, BEGIN, Landing("Fix beta", {"a.py": REPAIRED}, day=3))
    (fault,) = (await faults(tmp_path)).found.values()
    assert fault.by == repair


@pytest.mark.parametrize(
    "repair",
    [
        pytest.param(Landing("Tune beta", {"a.py": REPAIRED}), id="does not say that it repairs"),
        pytest.param(
            Landing("Tune\n\nFixes a bug", {"a.py": REPAIRED}), id="says so below its title only"
        ),
        pytest.param(
            Landing("Fix beta", {"a.py": FOUR_LINES + "epsilon = 5\n"}), id="only adds lines"
        ),
        pytest.param(Landing("Fix beta", {"b.py": REPAIRED}), id="touches another file"),
        pytest.param(Landing("Fix it all", {"a.py": None}), id="removes the whole file"),
        pytest.param(
            Landing("Fix names", {f"{n}.py": "1\n" for n in range(60)} | {"a.py": REPAIRED}),
            id="sweeps through very many files",
        ),
        pytest.param(
            Landing("Fix a", {"a.py": FOUR_LINES.replace("beta =", "beta  =")}), id="moves space"
        ),
    ],
)
async def test_no_fault_is_seen_when_a_later_change(tmp_path: Path, repair: Landing) -> None:
    land(tmp_path, BEGIN, repair)
    assert await kinds(tmp_path) == {}


@pytest.mark.parametrize(("day", "found"), [(10, {0: Kind.REPAIRED}), (10.1, {})])
async def test_only_what_shows_within_the_horizon_counts(
    tmp_path: Path, day: float, found: dict[int, Kind]
) -> None:
    land(tmp_path, BEGIN, Landing("Fix beta", {"a.py": REPAIRED}, day=day))
    assert await kinds(tmp_path, days=10) == found


async def test_a_revert_names_what_it_takes_back_by_its_sha(tmp_path: Path) -> None:
    _, sha, _ = land(
        tmp_path,
        BEGIN,
        Landing("Add epsilon", {"b.py": "1\n"}),
        Landing("Add zeta", {"c.py": "1\n"}),
    )
    land(tmp_path, Landing(f"Back out\n\nThis reverts commit {sha[:10]}.", {"b.py": None}))
    assert await kinds(tmp_path) == {1: Kind.REVERTED}


@pytest.mark.parametrize(
    ("title", "revert"),
    [
        pytest.param("Add x", 'Revert "Add x"', id="as git writes it"),
        pytest.param("Add x", 'Revert "Add x" (#12)', id="with the number of its merge request"),
        pytest.param("Add x (#11)", 'Revert "Add x" (#12)', id="of a squashed merge request"),
        pytest.param("Add x (#11)", 'Revert "Add x (#11)" (#12)', id="with both numbers"),
        pytest.param('Say "x"', 'Revert "Say "x""', id="with quotes inside"),
        pytest.param("lib: add x", 'lib: revert "add x"', id="with the area before it"),
        pytest.param('Revert "Add x"', 'Revert "Revert "Add x""', id="of a revert"),
    ],
)
async def test_a_revert_names_what_it_takes_back_by_its_title(
    tmp_path: Path, title: str, revert: str
) -> None:
    land(tmp_path, BEGIN, Landing(title, {"b.py": "1\n"}), Landing(revert, {"b.py": None}))
    assert await kinds(tmp_path) == {1: Kind.REVERTED}


async def test_of_two_changes_with_one_title_the_later_is_taken_back(tmp_path: Path) -> None:
    one, two, three = (Landing("Add x", {"b.py": f"{number}\n"}) for number in range(3))
    land(tmp_path, BEGIN, one, two, Landing('Revert "Add x"', {"b.py": "0\n"}), three)
    assert await kinds(tmp_path) == {2: Kind.REVERTED}


async def test_a_merge_is_taken_back_by_the_title_of_its_request(tmp_path: Path) -> None:
    topic = Landing("wip", {"b.py": "1\n"}, branch="topic")
    merge = Landing("Merge pull request #3 from x\n\nAdd x", {"b.py": "1\n"}, merges="topic")
    land(tmp_path, BEGIN, topic, merge, Landing('Revert "Add x"', {"b.py": None}))
    assert await kinds(tmp_path) == {1: Kind.REVERTED}


async def test_a_revert_is_no_repair_of_what_stood_around(tmp_path: Path) -> None:
    land(tmp_path, BEGIN, Landing('Revert "Fix y"', {"a.py": REPAIRED}))
    found = await faults(tmp_path)
    assert (found.found, found.repairs, found.reverts, found.unmatched_reverts) == ({}, 0, 1, 1)


async def test_what_went_wrong_twice_went_wrong_the_first_time(tmp_path: Path) -> None:
    land(
        tmp_path,
        BEGIN,
        Landing("Fix beta", {"a.py": REPAIRED}, day=1),
        Landing('Revert "Begin"', {"a.py": None}, day=2),
    )
    assert await kinds(tmp_path) == {0: Kind.REPAIRED}
