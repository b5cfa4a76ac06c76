"""Of a file that is nothing but mistakes the first are told, and each of them well."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

import routing.files.fields
from routing.files.file_schema import Part
from routing.files.people_file import parse_people
from routing.files.policy_file import parse_policy
from routing.files.problems import InvalidFile, Problem
from routing.files.telling import MAX_PROBLEMS


def problems(policy: str) -> list[Problem]:
    """What is wrong with a policy."""
    with pytest.raises(InvalidFile) as caught:
        parse_policy(f"version: 1\n{policy}", "policy.yml")
    return list(caught.value.problems)


STRAYS = "rules:\n" + "".join(f"  - {{nam: r{number}, requir: x}}\n" for number in range(190))
NULLS = "rules:\n" + "  - {name: , when: , require: }\n" * 190
NESTED = "rules:\n" + "".join(
    f"  - {{name: r{number}, require: {{all: [{{approval: 1}}, {{approval: 2}}]}}}}\n"
    for number in range(190)
)
PERIODS = "rules:\n" + "".join(
    f"  - {{name: r{number}, require: {{approvals: 1, from: {{min_tenure: 5q}}}}}}\n"
    for number in range(190)
)
DOMAINS = "rules:\n" + "".join(
    f"  - {{name: r{number}, require: {{approvals: 1, from: {{anyone: true}}}},"
    f" when: {{domains: [a, b]}}}}\n"
    for number in range(190)
)


@pytest.mark.parametrize("mistakes", [STRAYS, NULLS, NESTED, PERIODS, DOMAINS])
def test_the_first_hundred_are_told_with_their_cures(mistakes: str) -> None:
    told = problems(mistakes)
    assert len(told) == MAX_PROBLEMS
    assert told[0].line == 3
    assert [one.line for one in told] == sorted(one.line for one in told)
    assert all(one.message and one.cure for one in told)


def test_once_they_are_mended_the_others_are_told() -> None:
    right = "  - {name: s%d, require: {approvals: 1, from: {anyone: true}}}\n"
    mended = "rules:\n" + "".join(right % number for number in range(100))
    wrong = "".join(f"  - {{name: r{number}, requir: x}}\n" for number in range(20))
    assert [one.line for one in problems(mended + wrong)] == [
        line for line in range(103, 123) for _ in ("requir is stray", "require is missing")
    ]


def test_what_is_right_uses_nothing_up() -> None:
    rule = (
        "  - name: r%d\n"
        "    when: {any: [{ai: true}, {not: {all: [{draft: true}, {min_risk: high}]}}]}\n"
        "    require: {any: [{approvals: 1, from: {min_tenure: 5y}}, {all: [{approvals: 2,"
        " from: {anyone: true}}]}]}\n"
    )
    policy = "version: 1\nrules:\n" + "".join(rule % number for number in range(190))
    assert len(parse_policy(policy, "policy.yml").rules) == 190


def test_one_file_leaves_the_next_its_whole_share() -> None:
    assert [len(problems(NULLS)) for _ in range(2)] == [MAX_PROBLEMS, MAX_PROBLEMS]


def test_no_more_guesses_are_made_than_problems_told() -> None:
    members = ", ".join(f"dann{number}" for number in range(MAX_PROBLEMS + 1))
    people = f"people: [{{id: dana, name: Dana}}]\nteams: {{all: {{members: [{members}]}}}}\n"
    with pytest.raises(InvalidFile) as caught:
        parse_people(people, "people.yml")
    assert all("did you mean dana?" in one.cure for one in caught.value.problems)
    assert len(list(caught.value.problems)) == MAX_PROBLEMS


def test_so_many_guesses_are_made_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    guessed: list[str] = []

    def guess(word: str, *_known: object, **_how: object) -> list[str]:
        guessed.append(word)
        return []

    monkeypatch.setattr(routing.files.fields, "get_close_matches", guess)
    members = ", ".join(f"dann{number}" for number in range(300))
    with pytest.raises(InvalidFile):
        parse_people(
            f"people: [{{id: dana, name: Dana}}]\nteams: {{all: {{members: [{members}]}}}}\n", "f"
        )
    assert len(guessed) == MAX_PROBLEMS


def test_what_stands_behind_the_hundredth_problem_is_not_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked_at: list[str] = []
    refused = Part._refused

    def looking(part: type[Part], data: Mapping[str, object]) -> object:
        looked_at.append(part.__name__)
        return refused.__func__(part, data)  # type: ignore[attr-defined]  # it is a class method

    monkeypatch.setattr(Part, "_refused", classmethod(looking))
    problems(NULLS)
    assert 0 < looked_at.count("RulePart") <= MAX_PROBLEMS / 2
