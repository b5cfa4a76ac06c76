"""`countersign risk --calibrate`: grades of past changes held against what became of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bot.cli import Group
from bot.commands.calibration import for_the_policy
from bot.commands.risk import risk
from routing.files.policy_file import parse_policy
from routing.hindsight.calibration import Calibration, Rate
from routing.levels import RiskLevel
from tests.bot.git.histories import Landing, git, land

LEVELS = ("low", "moderate", "high", "critical")
LARGE = 120
"""Lines of a large change of these histories; a small one has one."""


def run(*options: str) -> Result:
    return CliRunner().invoke(Group(commands=[risk]), ["risk", *options], catch_exceptions=False)


def calibrated(folder: Path, *options: str) -> dict[str, Any]:
    result = run("--calibrate", "--repo", str(folder), "--json", *options)
    assert result.exit_code == 0, result.stderr
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def make(folder: Path, rounds: int) -> Path:
    """Rounds of a small and a large change; the large one is repaired the day after.

    A year of silence and a last change let everything grow old enough.
    """
    commits = [Landing("Begin", {"README.md": "shop\n"})]
    for number in range(rounds):
        wrong = "".join(f"total_{line} = {line}\n" for line in range(LARGE))
        path = f"src/large_{number}.py"
        commits += [
            Landing("Go on", {f"src/small_{number}.py": "a = 1\n"}, day=2 * number),
            Landing("Grow", {path: wrong}, day=2 * number, author="bob"),
            Landing("Fix it", {path: wrong.replace("_7 =", "_7 +=")}, day=2 * number + 1),
        ]
    land(folder, *commits, Landing("End", {"src/end.py": "z = 1\n"}, day=2 * rounds + 365))
    return folder


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """210 changes of known fate: 70 small, 70 large and faulty, 70 repairs."""
    return make(tmp_path_factory.mktemp("shop"), 70)


@pytest.fixture(scope="module")
def young_shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """30 changes of known fate."""
    return make(tmp_path_factory.mktemp("young"), 10)


def test_every_change_is_counted_once(shop: Path) -> None:
    found = calibrated(shop)
    assert (found["changes"], found["graded"], found["faulty"]) == (212, 210, 70)
    assert found["left_out"] == {"first": 1, "cut": 0, "empty": 0, "young": 1}
    assert found["faulty_by_kind"] == {"reverted": 0, "repaired": 70}


def test_changes_that_went_wrong_for_their_size_are_ranked_first(shop: Path) -> None:
    found = calibrated(shop)["ranking"]
    assert found["lines_added"]["auc"] == 1
    assert found["features"]["auc"] == 1
    assert found["card"]["auc"] > 0.9
    assert found["features"]["tenth"] == pytest.approx(21 / 70)


def test_a_level_means_the_share_that_went_wrong_at_it(shop: Path) -> None:
    for engine in ("card", "features"):
        found = calibrated(shop)[engine]
        levels = {level: rate for level, rate in found["levels"].items() if rate["changes"]}
        assert sum(rate["changes"] for rate in levels.values()) == 210
        assert found["percentages"] == {
            level: pytest.approx(100 * rate["faulty"] / rate["changes"])
            for level, rate in levels.items()
        }


def test_with_too_few_changes_no_percentage_is_given(young_shop: Path) -> None:
    result = run("--calibrate", "--repo", str(young_shop))
    assert "No percentages: they need 200 changes of known fate, and here are 30." in result.stdout
    assert "%" not in result.stdout
    assert "catches" not in result.stdout
    found = calibrated(young_shop)
    assert found["enough_for_percentages"] is False
    assert [found[one]["percentages"] for one in ("card", "features")] == [None, None]
    assert [found[one]["reliability"] for one in ("card", "features")] == [None, None]


def test_people_are_shown_rates_ranks_and_a_plot(shop: Path) -> None:
    shown = run("--calibrate", "--repo", str(shop)).stdout
    assert "210 changes of known fate: 70 went wrong within 365 days" in shown.replace("\n", " ")
    assert "Left out: 1 that stood for less than half the horizon and 1 that began" in shown
    assert "70 of " in shown
    assert "Reliability of the card" in shown
    assert "○ promised by the earlier changes, ● happened to the later ones" in shown


def test_a_shorter_horizon_sees_fewer_faults_and_leaves_fewer_out(tmp_path: Path) -> None:
    land(
        tmp_path,
        Landing("Begin", {"README.md": "shop\n"}),
        Landing("Add a", {"a.py": "a = 1\n"}),
        Landing("Fix a", {"a.py": "a = 2\n"}, day=30),
        Landing("End", {"b.py": "1\n"}, day=50),
    )
    (long, short) = (calibrated(tmp_path, "--horizon", days) for days in ("90", "20"))
    assert (long["faulty"], long["left_out"]["young"]) == (1, 2)
    assert (short["faulty"], short["left_out"]["young"]) == (0, 1)


def test_a_change_is_graded_by_what_was_known_before_it(tmp_path: Path) -> None:
    """Ten developers before make a newcomer's twelve lines moderate instead of low."""
    people = [Landing("Go on", {"a.ini": f"{n}\n" * 12}, author=f"dev{n}") for n in range(13)]
    land(tmp_path, *people, Landing("End", day=400))
    levels = calibrated(tmp_path)["card"]["levels"]
    assert [levels[level]["changes"] for level in ("low", "moderate")] == [9, 3]


def test_a_change_of_no_line_is_left_out(tmp_path: Path) -> None:
    empty = Landing("Add nothing", {"a.py": ""})
    land(tmp_path, Landing("Begin"), empty, Landing("End", day=400))
    assert calibrated(tmp_path)["left_out"]["empty"] == 2


def test_reverts_are_ranked_alone_too(tmp_path: Path) -> None:
    land(
        tmp_path,
        Landing("Begin", {"README.md": "shop\n"}),
        Landing("Small", {"a.py": "a = 1\n"}),
        Landing("Large", {"b.py": "b = 1\n" * 20}),
        Landing("Larger", {"c.py": "c = 1\n" * 30}),
        Landing("Fix it", {"c.py": "c = 1\n" * 29 + "c = 2\n"}),
        Landing('Revert "Small"', {"a.py": None}),
        Landing("End", day=400),
    )
    found = calibrated(tmp_path)
    assert found["faulty_by_kind"] == {"reverted": 1, "repaired": 1}
    # Of the other four, two add more lines than the reverted one, one as many, one fewer.
    assert found["ranking_of_reverts_alone"]["lines_added"]["auc"] == 1.5 / 4
    assert "0.375" not in run("--calibrate", "--repo", str(tmp_path)).stdout  # one says nothing


def test_a_history_that_is_cut_off_grades_nothing_near_the_cut(shop: Path) -> None:
    found = calibrated(shop, "--last", "100", "--horizon", "10")
    assert found["older_history_missing"] is True
    assert found["changes"] == 100
    assert 10 < found["left_out"]["cut"] < 20


def test_the_grades_of_the_past_do_not_know_the_future(tmp_path: Path) -> None:
    make(tmp_path, 3)
    path = "src/large_1.py"
    land(tmp_path, Landing("Rewrite", {path: "x = 1\n"}, day=5000, branch="later"))
    before, after = (calibrated(tmp_path, "--branch", one)["card"] for one in ("main", "later"))
    more = [after["levels"][one]["changes"] - before["levels"][one]["changes"] for one in LEVELS]
    assert sorted(more) == [0, 0, 0, 1]  # only "End" has grown old enough


def test_a_shallow_clone_counts_as_cut_off(shop: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "--quiet", "--bare", "--depth=50", f"file://{shop}", ".")
    found = calibrated(tmp_path, "--horizon", "10")
    assert (found["changes"], found["older_history_missing"]) == (50, True)
    assert found["left_out"]["cut"] > 10


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (("--calibrate", "--explain"), "--calibrate goes with neither --features nor --explain."),
        (("--horizon", "30"), "--repo, --branch, --horizon and --last need --calibrate."),
        (("--calibrate", "--repo", "/nowhere"), "does not exist"),
        (("--calibrate", "--horizon", "1"), "Invalid value for '--horizon'"),
    ],
)
def test_options_that_make_no_sense_are_refused(options: tuple[str, ...], problem: str) -> None:
    result = run(*options)
    assert result.exit_code == 2
    assert problem in result.stderr


def test_a_folder_that_is_no_clone_is_refused(tmp_path: Path) -> None:
    result = run("--calibrate", "--repo", str(tmp_path))
    assert result.exit_code == 2
    assert "not a git repository" in result.stderr


def test_a_branch_that_does_not_exist_is_refused(young_shop: Path) -> None:
    result = run("--calibrate", "--repo", str(young_shop), "--branch", "nothing")
    assert result.exit_code == 2
    assert "nothing: no such branch, tag or commit" in result.stderr


def test_a_history_that_is_too_young_is_told_so(tmp_path: Path) -> None:
    land(tmp_path, Landing("Begin", {"a.py": "1\n"}), Landing("Go on", {"a.py": "2\n"}))
    shown = run("--calibrate", "--repo", str(tmp_path)).stdout
    assert "0 changes of known fate" in shown


def test_what_is_printed_for_the_policy_is_what_a_policy_takes() -> None:
    levels = {level: Rate(0, 0) for level in RiskLevel}
    levels |= {RiskLevel.LOW: Rate(150, 6), RiskLevel.HIGH: Rate(50, 22)}
    heading, *lines = for_the_policy(Calibration(Rate(200, 28), levels, None))
    rule = "rules: [{name: all, require: {approvals: 1, from: {anyone: true}}}]"
    policy = parse_policy("\n".join(["version: 1", *lines, rule]), "policy.yml")
    assert "into the policy" in heading
    assert policy.calibration == {
        "OWNER/NAME": {RiskLevel.LOW: Rate(150, 6), RiskLevel.HIGH: Rate(50, 22)}
    }
