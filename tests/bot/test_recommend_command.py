"""`countersign recommend`: a history in, figures out; every wrong line is named."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from bot.cli import Group
from bot.commands.recommend import recommend
from bot.history_file import parse_line
from routing.ranking.baselines import BASELINES
from tests.bot.git.histories import Landing, land

DATA = Path(__file__).parents[1] / "data" / "history"
SHOP = DATA / "shop.jsonl"
BROKEN = json.loads((DATA / "broken.json").read_text())
LINES = [json.loads(line) for line in SHOP.read_text().splitlines()]
COUNTING = [line["id"] for line in LINES if line["reviewers"] and not line["bot"]]


def run(*arguments: str | Path, history: Path = SHOP) -> Result:
    group = Group(commands=[recommend])
    words = ["recommend", "--history", str(history), *map(str, arguments)]
    return CliRunner().invoke(group, words, env={"COLUMNS": "100"})


def figures(*arguments: str | Path, history: Path = SHOP) -> dict[str, Any]:
    result = run("--json", *arguments, history=history)
    assert result.exit_code == 0, result.stderr
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def predictions(path: Path, *arguments: str | Path) -> list[dict[str, Any]]:
    assert run("--predictions", path, *arguments).exit_code == 0
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_the_table_has_a_row_for_each_ranking_and_one_line_of_time() -> None:
    result = run("--with", "affinity,whodo", "--score-last", "30")
    assert result.exit_code == 0
    first_words = [line.split()[0] for line in result.stdout.splitlines() if line.split()]
    for name in ("ranked", "ranked_expertise", "affinity", "whodo"):
        assert first_words.count(name) == 2, "once in the table, once in the plot"
    assert "72 changes replayed, 30 of them ranked, in " in result.stdout


def test_a_clone_is_replayed_by_what_its_commits_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    clone = tmp_path / "shop"
    clone.mkdir()
    reviewed = "Work\n\nReviewed-by: Ana <ana@shop.example>"
    land(
        clone,
        Landing(files={"pay/a.py": "0\n"}, author="ana"),
        *(Landing(reviewed, {"pay/a.py": f"{n}\n"}, n, "omar") for n in range(1, 9)),
    )
    result = CliRunner().invoke(
        Group(commands=[recommend]), ["recommend", "--repo", str(clone), "--json"]
    )
    found = json.loads(result.stdout)
    assert (found["changes"], found["scored"]) == (9, 8)
    assert found["rankings"]["ranked"]["top_1"] == 1.0


@pytest.mark.parametrize("words", [[], ["--history", str(SHOP), "--repo", "."]])
def test_a_history_or_a_clone_is_to_be_named(words: list[str]) -> None:
    result = CliRunner().invoke(Group(commands=[recommend]), ["recommend", *words])
    assert result.exit_code == 2
    assert "--history, or a clone with --repo" in result.stderr


def test_a_young_history_is_called_thin() -> None:
    assert "Fewer than 200 changes are thin evidence" in run().stdout


def test_json_has_every_figure_of_every_ranking() -> None:
    found = figures("--with", ",".join(BASELINES), "--load", "1.5")
    assert (found["changes"], found["scored"]) == (72, len(COUNTING))
    assert found["seconds"] > 0
    assert set(found["rankings"]) == {"ranked", "ranked_expertise", "assigned", *BASELINES}
    for its in found["rankings"].values():
        assert set(its) == {"top_1", "top_3", "top_5", "mrr", "tail_mrr", "tail_top_3", "gini"}
        assert all(0 <= value <= 1 for value in its.values())


def test_the_people_who_know_the_shop_are_found() -> None:
    found = figures("--score-last", "40", "--with", "random")["rankings"]
    assert found["ranked"]["mrr"] > found["random"]["mrr"] + 0.1
    assert found["ranked_expertise"]["mrr"] > found["random"]["mrr"] + 0.1


def test_predictions_are_ten_names_at_most_for_each_change_scored(tmp_path: Path) -> None:
    lines = predictions(tmp_path / "out.jsonl", "--score-last", "12", "--with", "affinity")
    assert [line["id"] for line in lines] == COUNTING[-12:]
    for line in lines:
        assert set(line) == {"id", "ranked", "ranked_expertise"}
        assert 1 <= len(line["ranked"]) <= 10
        assert len(set(line["ranked"])) == len(line["ranked"])


def test_predictions_are_the_same_on_every_run(tmp_path: Path) -> None:
    once, again = (predictions(tmp_path / name) for name in ("once.jsonl", "again.jsonl"))
    assert once == again


def test_with_load_the_assigned_are_predicted_too(tmp_path: Path) -> None:
    assert "assigned" in predictions(tmp_path / "out.jsonl", "--load", "1.5")[0]


def test_a_history_may_be_gzipped(tmp_path: Path) -> None:
    packed = tmp_path / "shop.jsonl.gz"
    packed.write_bytes(gzip.compress(SHOP.read_bytes()))
    assert figures(history=packed)["rankings"] == figures()["rankings"]


def test_one_change_is_explained_in_sums_that_add_up() -> None:
    output = run("--explain", COUNTING[-1]).stdout
    assert " (reviewed it)\n" in output
    _, *people = re.split(r"^\d+\. ", output, flags=re.MULTILINE)
    assert len(people) > 3
    for person in people:
        *parts, total = (
            float(number) for number in re.findall(r"^ +(-?[\d.]+)  ", person, re.MULTILINE)
        )
        assert sum(parts) == pytest.approx(total, abs=0.05)


def test_a_change_that_was_not_scored_cannot_be_explained() -> None:
    result = run("--explain", "c20")
    assert result.exit_code == 2
    assert "--explain c20: no such change among those scored" in result.stderr


@pytest.mark.parametrize("case", BROKEN, ids=lambda case: case["name"])
def test_a_line_that_is_wrong_is_named_and_nothing_is_scored(
    case: Mapping[str, str], tmp_path: Path
) -> None:
    first = SHOP.read_text().splitlines()[0]
    path = tmp_path / "history.jsonl"
    path.write_text(f"{first}\n{case['line']}\n")
    result = run(history=path)
    assert result.exit_code == 2
    assert f"{path}:{case['says']}" in result.stderr
    assert result.stdout == ""


def test_a_file_that_is_wrong_all_over_is_not_shown_whole(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    path.write_text("nonsense\n" * 100)
    result = run(history=path)
    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == 21
    assert "and 80 more" in result.stderr


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "no changes"),
        (b"\n \n", "no changes"),
        (gzip.compress(SHOP.read_bytes())[:-20], "cannot be read"),
        (b"\x1f\x8bnot gzip at all", "cannot be read"),
    ],
    ids=["empty", "blank", "cut off", "not gzip"],
)
def test_a_file_without_changes_is_refused(content: bytes, says: str, tmp_path: Path) -> None:
    path = tmp_path / "history"
    path.write_bytes(content)
    result = run(history=path)
    assert result.exit_code == 2
    assert says in result.stderr


def test_a_history_without_reviewers_cannot_be_scored(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    path.write_text(json.dumps({**LINES[0], "reviewers": []}))
    result = run(history=path)
    assert result.exit_code == 2
    assert "no change has reviewers and is not by a bot" in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [("--with", "astrology"), ("--score-last", "0"), ("--load", "-1"), ("--history", "nowhere")],
    ids=" ".join,
)
def test_wrong_use_exits_with_two(arguments: tuple[str, str]) -> None:
    assert run(*arguments).exit_code == 2


def test_predictions_that_cannot_be_written_are_said(tmp_path: Path) -> None:
    result = run("--predictions", tmp_path / "nowhere" / "out.jsonl")
    assert result.exit_code == 2
    assert "cannot be written" in result.stderr


def test_nothing_but_the_result_is_printed_where_no_terminal_is() -> None:
    assert run("--json").stderr == ""


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=6,
)


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(LINES[0], JSON)) | JSON)
def test_any_json_is_a_change_or_a_problem(value: object) -> None:
    change, problems = parse_line(json.dumps(value).encode())
    assert (change is None) == bool(problems)


@given(st.binary(max_size=40))
def test_any_bytes_are_a_change_or_a_problem(line: bytes) -> None:
    change, problems = parse_line(line)
    assert (change is None) == bool(problems)
