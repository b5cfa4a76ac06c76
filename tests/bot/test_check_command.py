"""`countersign check` tells whether both files can be used, and everything that is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.commands.check import check

SCHEMAS = Path(__file__).parents[2] / "routing" / "files" / "schemas"

POLICY = """\
version: 1
domains: {payments: {paths: libs/billing/**, lead: dana}}
rules:
  - {name: everything, require: {approvals: 1, from: {anyone: true}}}
"""
PEOPLE = "people: [{id: dana, name: Dana Ng}, {id: emil, name: Emil Haddad}]\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with two good files."""
    (tmp_path / "policy.yml").write_text(POLICY, "utf-8")
    (tmp_path / "people.yml").write_text(PEOPLE, "utf-8")
    return tmp_path


def run(*arguments: object, env: dict[str, str] | None = None) -> Result:
    unset = {"COUNTERSIGN_POLICY": None, "COUNTERSIGN_PEOPLE": None}
    return CliRunner(env=unset).invoke(check, [str(one) for one in arguments], env=env)


def test_two_good_files_are_fine(folder: Path) -> None:
    result = run("--policy", folder / "policy.yml", "--people", folder / "people.yml")
    assert (result.exit_code, result.stdout) == (0, "fine: 1 rule, 1 domain, 2 people\n")


def test_one_file_alone_can_be_checked(folder: Path) -> None:
    assert run("--people", folder / "people.yml").stdout == "fine: 2 people\n"
    assert run("--policy", folder / "policy.yml").stdout == "fine: 1 rule, 1 domain\n"


def test_the_files_may_be_named_in_the_environment(folder: Path) -> None:
    env = {
        "COUNTERSIGN_POLICY": str(folder / "policy.yml"),
        "COUNTERSIGN_PEOPLE": str(folder / "people.yml"),
    }
    assert run(env=env).stdout == "fine: 1 rule, 1 domain, 2 people\n"


def test_problems_of_both_files_are_shown_with_place_and_cure(folder: Path) -> None:
    policy, people = folder / "policy.yml", folder / "people.yml"
    policy.write_text(POLICY.replace("payments", "critical"), "utf-8")
    people.write_text("people: [{id: dana}]", "utf-8")
    result = run("--policy", policy, "--people", people)
    assert result.exit_code == 1
    first, second = result.stdout.splitlines()
    assert first == f"{people}:1: people[0].name: this is missing — write name: Dana Ng"
    assert second.startswith(f"{policy}:2: domains.critical: `critical` means every critical")
    assert second.endswith(" — choose another name")


def test_a_lead_who_is_not_in_the_people_file_is_a_problem(folder: Path) -> None:
    people = folder / "people.yml"
    people.write_text("people: [{id: emil, name: Emil}]", "utf-8")
    result = run("--policy", folder / "policy.yml", "--people", people)
    assert result.exit_code == 1
    assert "domains.payments.lead: nobody has the id `dana`" in result.stdout


def test_broken_people_are_not_held_against_the_policy(folder: Path) -> None:
    people = folder / "people.yml"
    people.write_text("people: [", "utf-8")
    result = run("--policy", folder / "policy.yml", "--people", people)
    assert "policy.yml" not in result.stdout


def test_the_result_is_one_json_object_when_asked_for(folder: Path) -> None:
    policy = folder / "policy.yml"
    policy.write_text("version: 2", "utf-8")
    result = run("--policy", policy, "--json")
    assert result.exit_code == 1
    said = json.loads(result.stdout)
    assert said["fine"] is False
    assert said["rules"] is None
    assert said["problems"][0] == {
        "file": str(policy),
        "line": 1,
        "path": "version",
        "message": "version `2` is not known",
        "cure": "write 1",
    }


def test_a_fine_result_in_json_has_the_counts(folder: Path) -> None:
    result = run("--policy", folder / "policy.yml", "--json")
    assert json.loads(result.stdout) == {
        "fine": True,
        "rules": 1,
        "domains": 1,
        "people": None,
        "problems": [],
        "warnings": [],
    }


def test_a_file_that_is_not_utf8_is_a_problem_with_its_line(folder: Path) -> None:
    policy = folder / "policy.yml"
    policy.write_bytes(b"version: 1\n# caf\xe9\n")
    result = run("--policy", policy)
    assert result.exit_code == 1
    assert result.stdout.startswith(f"{policy}:2: this is not UTF-8 text")


def test_without_any_file_the_use_is_wrong() -> None:
    result = run()
    assert result.exit_code == 2
    assert "--policy FILE" in result.stderr


def test_a_file_that_does_not_exist_is_wrong_use(tmp_path: Path) -> None:
    assert run("--policy", tmp_path / "policy.yml").exit_code == 2


@pytest.mark.parametrize("name", ["policy", "people"])
def test_the_schema_is_printed_as_it_is_shipped(name: str) -> None:
    shipped = (SCHEMAS / f"{name}.schema.json").read_text("utf-8")
    assert run("--schema", name).stdout == shipped


def test_a_warning_is_shown_and_changes_nothing_about_the_answer(folder: Path) -> None:
    rule = "{name: it, when: {ai: true}, require: {approvals: 1, from: {anyone: true}}}"
    (folder / "policy.yml").write_text(f"version: 1\nrules: [{rule}]\n", "utf-8")
    shown = run("--policy", folder / "policy.yml")
    assert shown.exit_code == 0
    assert "warning: " in shown.output
    assert "a change that no rule covers does not pass" in shown.output
    told = json.loads(run("--policy", folder / "policy.yml", "--json").stdout)
    assert [one["path"] for one in told["warnings"]] == ["rules"]
