"""The files in force: a good edit comes into force, a bad one is told and changes nothing."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.errors import Misconfigured
from bot.policies import Policies

POLICY = "version: 1\nrules: [{name: all, require: {approvals: 1, from: {anyone: true}}}]\n"
STRICTER = POLICY.replace("approvals: 1", "approvals: 2")
WITH_LEAD = POLICY + "domains: {pay: {paths: ['pay/**'], lead: dana}}\n"
PEOPLE = "people: [{id: dana, name: Dana Ng, slack: U0DANA}]\n"
BAD = "version: 1\nruls: []\n"


class Files:
    """policy.yml and people.yml; every edit gets a later time, as on a real disk it would."""

    def __init__(self, folder: Path) -> None:
        self.policy = folder / "policy.yml"
        self.people = folder / "people.yml"
        self._time = 1_000_000_000
        self.write(self.policy, POLICY)
        self.write(self.people, PEOPLE)

    def write(self, path: Path, text: str | bytes) -> None:
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        self._time += 1
        os.utime(path, (self._time, self._time))

    def read(self) -> Policies:
        return Policies(self.policy, self.people)


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


def approvals(policies: Policies) -> int:
    (rule,) = policies.current.policy.rules
    return rule.require.count  # type: ignore[union-attr]  # this policy asks for approvals


def test_what_the_files_say_is_in_force(files: Files) -> None:
    policies = files.read()
    assert approvals(policies) == 1
    assert [person.id for person in policies.current.people] == ["dana"]
    assert policies.problems == ()


def test_without_files_the_built_in_policy_holds_for_nobody() -> None:
    policies = Policies(None, None)
    assert policies.current.policy.rules
    assert policies.current.people == ()


def test_without_an_edit_nothing_is_new(files: Files) -> None:
    assert not files.read().reload()


def test_without_an_edit_nothing_is_read(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    policies = files.read()
    files.write(files.policy, BAD)
    policies.reload()

    def read(*_: object) -> str:
        raise AssertionError("read again")

    monkeypatch.setattr(Policies, "_text", staticmethod(read))
    assert not policies.reload()
    assert policies.problems


def test_a_good_edit_comes_into_force(files: Files) -> None:
    policies = files.read()
    files.write(files.policy, STRICTER)
    assert policies.reload()
    assert approvals(policies) == 2


def test_somebody_new_in_the_people_file_comes_into_force(files: Files) -> None:
    policies = files.read()
    files.write(files.people, PEOPLE.replace("]", ", {id: omar, name: Omar Diaz}]"))
    assert policies.reload()
    assert [person.id for person in policies.current.people] == ["dana", "omar"]


def test_an_edit_is_new_once(files: Files) -> None:
    policies = files.read()
    files.write(files.policy, STRICTER)
    assert [policies.reload(), policies.reload()] == [True, False]


def remove(files: Files) -> None:
    files.policy.unlink()


SPOILED: dict[str, Callable[[Files], None]] = {
    "an unknown key": lambda files: files.write(files.policy, BAD),
    "no YAML": lambda files: files.write(files.policy, "rules: ["),
    "nothing": lambda files: files.write(files.policy, ""),
    "no text": lambda files: files.write(files.policy, b"\xff\xfe\x00rules"),
    "no file": remove,
    "people without a name": lambda files: files.write(files.people, "people: [{id: dana}]"),
    "a lead who is nobody": lambda files: files.write(
        files.policy, WITH_LEAD.replace("lead: dana", "lead: nobody")
    ),
}


@pytest.mark.parametrize("how", SPOILED)
def test_after_a_bad_edit_the_last_good_files_stay_in_force(files: Files, how: str) -> None:
    policies = files.read()
    before = policies.current
    SPOILED[how](files)
    assert not policies.reload()
    assert policies.current == before


@pytest.mark.parametrize("how", SPOILED)
def test_a_bad_edit_is_told_with_the_file_it_is_in(files: Files, how: str) -> None:
    policies = files.read()
    SPOILED[how](files)
    policies.reload()
    assert policies.problems
    name = "people.yml" if "people" in how else "policy.yml"
    assert all(name in problem for problem in policies.problems)


def test_a_problem_names_what_is_wrong(files: Files) -> None:
    policies = files.read()
    files.write(files.policy, BAD)
    policies.reload()
    assert any("ruls" in problem for problem in policies.problems)


def test_the_problems_stay_until_they_are_mended(files: Files) -> None:
    policies = files.read()
    files.write(files.policy, BAD)
    policies.reload()
    policies.reload()
    assert policies.problems
    files.write(files.policy, STRICTER)
    assert policies.reload()
    assert policies.problems == ()


def test_taking_a_bad_edit_back_is_nothing_new(files: Files) -> None:
    policies = files.read()
    files.write(files.policy, BAD)
    policies.reload()
    files.write(files.policy, POLICY)
    assert not policies.reload()
    assert policies.problems == ()


def test_a_good_edit_of_one_file_waits_for_the_other_to_be_good(files: Files) -> None:
    policies = files.read()
    files.write(files.policy, STRICTER)
    files.write(files.people, "people: [")
    assert not policies.reload()
    assert approvals(policies) == 1
    files.write(files.people, PEOPLE)
    assert policies.reload()
    assert approvals(policies) == 2


def test_removing_somebody_whom_the_policy_names_is_a_bad_edit(files: Files) -> None:
    files.write(files.policy, WITH_LEAD)
    policies = files.read()
    files.write(files.people, "people: []")
    assert not policies.reload()
    assert any("dana" in problem for problem in policies.problems)


def test_at_the_start_every_problem_of_both_files_is_said(files: Files) -> None:
    files.write(files.policy, BAD)
    files.write(files.people, "people: [{id: dana}]")
    with pytest.raises(Misconfigured) as refused:
        files.read()
    assert "ruls" in str(refused.value)
    assert "people.yml" in str(refused.value)


def test_a_missing_file_is_said_at_the_start(files: Files) -> None:
    files.people.unlink()
    with pytest.raises(Misconfigured, match=r"people\.yml: cannot be read"):
        files.read()
