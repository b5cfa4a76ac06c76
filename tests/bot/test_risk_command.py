"""`countersign risk`: changes or measures in, sums out."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bot.cli import Group
from bot.commands.measure_rows import KNOWN
from bot.commands.risk import risk

PATCH = "@@ -1 +1 @@\n-a\n+b"
SMALL = {"files": [{"path": "src/a.py", "additions": 1, "deletions": 1, "patch": PATCH}]}


def run(*lines: str | bytes | dict[str, Any], options: tuple[str, ...] = ()) -> Result:
    text = b"".join(
        (
            line
            if isinstance(line, bytes)
            else (line if isinstance(line, str) else json.dumps(line)).encode()
        )
        + b"\n"
        for line in lines
    )
    return CliRunner().invoke(
        Group(commands=[risk]), ["risk", *options], input=text, catch_exceptions=False
    )


def answers(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def names(answer: dict[str, Any]) -> set[str]:
    return {factor["name"] for factor in answer["factors"]}


def test_every_change_gets_one_answer_in_its_order() -> None:
    migration = {"files": [{"path": "db/migrations/1.sql", "additions": 9, "deletions": 0}]}
    result = run(SMALL, "", migration, SMALL)
    assert [one["level"] for one in answers(result)] == ["low", "high", "low"]
    assert result.exit_code == 0


def test_an_answer_holds_what_the_manual_promises() -> None:
    (answer,) = answers(run(SMALL))
    assert answer == {
        "level": "low",
        "score": 0,
        "factors": [{"name": "size", "points": 0, "sentence": "Changes 2 lines of code."}],
    }


def test_everything_a_change_may_say_is_used() -> None:
    (answer,) = answers(
        run(
            {
                "files": [
                    {"path": "src/a.py", "additions": 60, "deletions": 0},
                    {"path": "src/b.py", "old_path": "src/auth/b.py", "status": "renamed"}
                    | {"additions": 0, "deletions": 0},
                ],
                "message": "fix: crash\n\nCo-Authored-By: Claude <noreply@anthropic.com>",
                "critical_domains": ["payments"],
                "developers_on_files": 12,
                "author_knows_files": False,
                "recent_changes": 30,
                "recent_fixes": 3,
                "gaps": ["no more than 3000 files"],
            }
        )
    )
    assert names(answer) == {
        *("size", "critical_domain", "access", "tests_missing", "fix", "developers", "churn"),
        *("recent_fixes", "author_new", "ai", "unseen", "gaps"),
    }
    assert answer["score"] == sum(factor["points"] for factor in answer["factors"])


@pytest.mark.parametrize("extra", [{"title": "Fix it"}, {"labels": ["bug"]}])
def test_a_title_or_a_label_may_call_it_a_repair(extra: dict[str, Any]) -> None:
    (answer,) = answers(run(SMALL | extra))
    assert "fix" in names(answer)


def test_counts_that_are_left_out_are_taken_from_the_patch() -> None:
    (answer,) = answers(run({"files": [{"path": "src/a.py", "patch": PATCH}]}))
    assert answer["factors"][0]["sentence"] == "Changes 2 lines of code."


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("{", "no JSON: "),
        ("[1]", 'a JSON object is needed: {"files": [...]}'),
        ("{}", "files: a list of objects is needed, not nothing"),
        ({"files": [3]}, "files: a list of objects is needed, not [3]"),
        ({"files": [{"additions": 1, "deletions": 1}]}, "files[0].path: a path is needed"),
        (
            {"files": [{"path": "a", "additions": -1, "deletions": 0}]},
            "files[0].additions: a whole number from 0 on is needed, not -1",
        ),
        (
            {"files": [{"path": "a", "additions": True, "deletions": 0}]},
            "files[0].additions: a whole number from 0 on is needed, not true",
        ),
        (
            {"files": [{"path": "a", "additions": 1}]},
            "files[0].deletions: a whole number from 0 on is needed, not nothing",
        ),
        (
            {"files": [{"path": "a", "patch": "", "status": "gone"}]},
            'files[0].status: one of added, modified, removed, renamed is needed, not "gone"',
        ),
        (SMALL | {"labels": "bug"}, 'labels: a list of texts is needed, not "bug"'),
        (SMALL | {"gaps": [1]}, "gaps: a list of texts is needed, not [1]"),
        (SMALL | {"author_knows_files": 1}, "author_knows_files: true or false is needed, not 1"),
        (SMALL | {"message": 1}, "message: a text is needed, not 1"),
    ],
)
def test_a_line_that_cannot_be_read_is_told_with_its_number(
    line: str | dict[str, Any], problem: str
) -> None:
    result = run(SMALL, line, SMALL)
    assert result.exit_code == 2
    assert result.stderr.startswith(f"line 2: {problem}")
    assert len(answers(result)) == 2


def test_all_that_is_wrong_with_a_line_is_told_at_once() -> None:
    result = run({"files": [{"path": 1, "additions": "x", "deletions": "y"}]})
    assert len(result.stderr.splitlines()) == 3


def test_paths_that_are_no_utf8_are_graded() -> None:
    broken = b'{"files": [{"path": "src/\xff\xfe.py", "additions": 1, "deletions": 0}]}'
    surrogate = r'{"files": [{"path": "\ud800.py", "additions": 1, "deletions": 0}]}'
    result = run(broken, surrogate, options=("--explain",))
    assert result.exit_code == 0
    assert "src/??.py" in result.stdout


def test_an_explanation_is_a_sum() -> None:
    result = run(
        {"files": [{"path": "Dockerfile", "patch": "@@ -1 +1 @@\n-FROM a:1\n+FROM a:2"}]},
        options=("--explain",),
    )
    assert result.stdout == (
        "line 1: high\n"
        "     4  Touches infrastructure, containers or the build pipeline in 1 file: Dockerfile;"
        " never below high.\n"
        "     3  Makes 1 change to dependencies: major upgrade a 1 → 2.\n"
        "     0  Changes 2 lines of code.\n"
        "    --\n"
        "     7  points: high\n"
        "\n"
    )


def measures(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "measures.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def run_features(path: Path, *options: str) -> Result:
    return run(options=("--features", str(path), *options))


def test_measures_are_graded_row_by_row(tmp_path: Path) -> None:
    result = run_features(measures(tmp_path, "date,la,nf\n1,500,9\n2,1,1\n"))
    large, small = answers(result)
    assert large["score"] > small["score"]
    assert {"la", "nf", "not_given"} == names(large)


def test_a_gzipped_file_reads_the_same(tmp_path: Path) -> None:
    text = ",".join(KNOWN) + "\n" + ",".join("3" for _ in KNOWN) + "\n"
    plain = run_features(measures(tmp_path, "\ufeff" + text))
    packed = run_features(measures(tmp_path, gzip.compress(text.encode())))
    assert plain.stdout == packed.stdout != ""


@pytest.mark.parametrize("word", ["", "NA", "nan", "None"])
def test_an_empty_cell_counts_as_typical(tmp_path: Path, word: str) -> None:
    (answer,) = answers(run_features(measures(tmp_path, f"la,fix\n9,{word}\n")))
    assert "la" in names(answer)
    assert any(
        "typical" in one["sentence"] and "fix" in one["sentence"] for one in answer["factors"]
    )


def test_a_repair_may_be_written_as_a_word(tmp_path: Path) -> None:
    yes, no = answers(run_features(measures(tmp_path, "la,fix\n9,True\n9,FALSE\n")))
    assert yes["score"] == no["score"] + 46


def test_columns_go_by_any_case_and_by_the_names_of_public_sets(tmp_path: Path) -> None:
    usual = run_features(measures(tmp_path, "la,exp,entropy\n9,70,1\n"))
    other = run_features(measures(tmp_path, "Entrophy, LA,commit_date,aexp\n1,9,2026,70\n"))
    assert other.stdout == usual.stdout != ""


def test_a_row_that_cannot_be_read_is_told_with_its_line(tmp_path: Path) -> None:
    result = run_features(measures(tmp_path, "la,x\n3,1\nmany,2\n5,y\n"))
    assert (result.exit_code, result.stderr) == (2, "line 3: la: a number is needed, not 'many'\n")
    assert len(answers(result)) == 2


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a,b\n1,2\n", "line 1: no column that is known; name some of ns nd"),
        ("", "line 1: no column that is known"),
        (b"\x1f\x8bno gzip", "cannot be read: "),
    ],
)
def test_a_file_without_measures_is_refused(
    tmp_path: Path, text: str | bytes, problem: str
) -> None:
    result = run_features(measures(tmp_path, text))
    assert result.exit_code == 2
    assert problem in result.stderr


def test_measures_can_be_explained(tmp_path: Path) -> None:
    result = run_features(measures(tmp_path, "la,ld\n1,0\n"), "--explain")
    assert "   200  1 lines added.\n" in result.stdout
    assert result.stdout.startswith("line 2: low\n")


def test_the_example_of_the_manual_works() -> None:
    assert "Example:" in run(options=("--help",)).stdout
    example = '{"files": [{"path": "src/auth/login.py", "additions": 40, "deletions": 2}]}'
    assert example in run(options=("--help",)).stdout
    assert run(example).exit_code == 0
