"""`countersign owners` answers each path of standard input with one JSON line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bot.commands.owners import owners

GITLAB = "* @all\n^[Docs] @dora\n*.md\n[Data][2] @dana\n*.sql @@maintainer\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """An empty CODEOWNERS file."""
    path = tmp_path / "CODEOWNERS"
    path.touch()
    return path


def run(file: Path, dialect: str, paths: str | bytes, *options: str) -> Result:
    arguments = ["--file", str(file), "--dialect", dialect, *options]
    return CliRunner().invoke(owners, arguments, input=paths)


def answers(result: Result) -> list[dict[str, Any]]:
    assert result.exit_code == 0
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_github_answers_with_the_owners_of_the_last_match(file: Path) -> None:
    file.write_text("* @all\n/docs/ @dora doc@example.com\n/docs/draft\n", "utf-8")
    assert answers(run(file, "github", "a.py\ndocs/a.md\ndocs/draft/b\n")) == [
        {"path": "a.py", "owners": ["@all"], "sections": []},
        {"path": "docs/a.md", "owners": ["@dora", "doc@example.com"], "sections": []},
        {"path": "docs/draft/b", "owners": [], "sections": []},
    ]


def test_gitlab_answers_with_every_section_too(file: Path) -> None:
    file.write_text(GITLAB, "utf-8")
    [markdown, sql] = answers(run(file, "gitlab", "a.md\na.sql"))
    everyone = {
        "name": "codeowners",
        "owners": ["@all"],
        "optional": False,
        "approvals": 1,
        "line": 1,
        "pattern": "*",
    }
    docs = {
        "name": "Docs",
        "owners": ["@dora"],
        "optional": True,
        "approvals": 0,
        "line": 3,
        "pattern": "*.md",
    }
    data = {
        "name": "Data",
        "owners": ["@@maintainer"],
        "optional": False,
        "approvals": 2,
        "line": 5,
        "pattern": "*.sql",
    }
    assert markdown == {
        "path": "a.md",
        "owners": ["@all", "@dora"],
        "sections": [everyone, docs],
    }
    assert sql == {
        "path": "a.sql",
        "owners": ["@all", "@@maintainer"],
        "sections": [everyone, data],
    }


def test_problems_go_to_standard_error_and_the_answers_still_come(file: Path) -> None:
    file.write_text("* @all\n!x @bo\n", "utf-8")
    result = run(file, "github", "x\n")
    assert answers(result) == [{"path": "x", "owners": ["@all"], "sections": []}]
    [problem] = result.stderr.splitlines()
    assert problem.startswith(f"{file}:2: GitHub knows no `!`")
    assert "without owners" in problem


def test_a_sound_file_leaves_standard_error_empty(file: Path) -> None:
    file.write_text("* @all\n", "utf-8")
    assert run(file, "github", "x\n").stderr == ""


def test_blank_lines_and_windows_line_ends_are_no_paths(file: Path) -> None:
    assert [answer["path"] for answer in answers(run(file, "github", "a\r\n\r\n\nb c \n"))] == [
        "a",
        "b c ",
    ]


def test_no_paths_give_no_answers(file: Path) -> None:
    assert answers(run(file, "gitlab", "")) == []


def test_paths_and_files_that_are_no_utf_8_still_meet(file: Path) -> None:
    file.write_bytes(b"/caf\xe9/ @ana\n")
    [answer] = answers(run(file, "github", b"caf\xe9/menu\n"))
    assert answer["owners"] == ["@ana"]


def test_it_takes_the_json_option_that_every_command_takes(file: Path) -> None:
    assert len(answers(run(file, "github", "a\n", "--json"))) == 1


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--dialect", "github"],
        ["--file", "CODEOWNERS"],
        ["--file", "CODEOWNERS", "--dialect", "bitbucket"],
        ["--file", "missing", "--dialect", "github"],
        ["--file", ".", "--dialect", "github"],
    ],
)
def test_wrong_use_is_status_2(
    file: Path, arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(file.parent)
    assert CliRunner().invoke(owners, arguments).exit_code == 2


def test_the_help_has_an_example_and_where_each_forge_looks() -> None:
    text = CliRunner().invoke(owners, ["--help"]).stdout
    assert "countersign owners --file .github/CODEOWNERS --dialect github" in text
    assert ".gitlab/CODEOWNERS" in text
