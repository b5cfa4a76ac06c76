"""People files: who they name, and everything that can be wrong with them."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.files.file_schema import render_schema
from routing.files.people_file import parse_people
from routing.files.people_schema import PeoplePart
from routing.files.problems import InvalidFile
from routing.levels import Level
from routing.people import WORKING_WEEK, Away, Person, Team
from tests.routing.problem_tables import Case, cases, problems_in, said_of

ROOT = Path(__file__).parents[3]

DANA = """\
people:
  - {id: dana, name: Dana Ng, slack: U0DANA, github: dana-ng, gitlab: dana,
     emails: [dana@example.com], started: 2017-03-01, experience_since: 2011-09-01,
     timezone: Europe/Berlin, hours: "09:00-17:00", days: Mon-Thu, max_open: 4,
     domains: {payments: expert}, away: [{from: 2026-12-20, to: 2027-01-02}],
     opted_out: ["legacy/**", web/], bot: false, active: true}
"""


def a_person(more: str = "") -> Person:
    """Dana, with what matters to the test."""
    (person,) = parse_people(f"people: [{{id: dana, name: Dana, {more}}}]", "people.yml")
    return person


@pytest.mark.parametrize("case", cases("people_problems.json", "people"))
def test_every_problem_has_its_line_path_and_cure(case: Case) -> None:
    assert said_of(lambda text: parse_people(text, "people.yml"), case) == case.problems


def test_everything_that_is_written_about_a_person_is_read() -> None:
    assert parse_people(DANA, "people.yml") == (
        Person(
            id="dana",
            name="Dana Ng",
            slack="U0DANA",
            logins={"github": "dana-ng", "gitlab": "dana"},
            emails=("dana@example.com",),
            started=date(2017, 3, 1),
            experience_since=date(2011, 9, 1),
            timezone="Europe/Berlin",
            hours=(time(9), time(17)),
            days=frozenset({0, 1, 2, 3}),
            max_open=4,
            domains={"payments": Level.EXPERT},
            away=(Away(date(2026, 12, 20), date(2027, 1, 2)),),
            opted_out=("legacy/**", "web/"),
        ),
    )


def test_a_person_needs_an_id_and_a_name_only() -> None:
    assert a_person() == Person(id="dana", name="Dana", days=WORKING_WEEK)


def test_somebody_who_left_and_a_program_are_marked() -> None:
    person = a_person("active: false, bot: true")
    assert (person.active, person.bot) == (False, True)


def test_hours_need_no_quotes_and_may_have_spaces() -> None:
    assert a_person("hours: 9:30 - 17:00").hours == (time(9, 30), time(17))


def test_a_week_may_begin_on_sunday() -> None:
    assert a_person("days: Sun-Thu").days == frozenset({6, 0, 1, 2, 3})


def test_nobody_yet_is_a_valid_file() -> None:
    assert parse_people("people: []", "people.yml") == ()


def test_the_example_is_valid() -> None:
    text = (ROOT / "examples" / "people.yml").read_text("utf-8")
    assert {person.id for person in parse_people(text, "people.yml")} >= {"dana", "emil"}


def test_the_shipped_schema_is_in_step_with_the_models() -> None:
    shipped = (ROOT / "routing" / "files" / "schemas" / "people.schema.json").read_text("utf-8")
    assert shipped == render_schema(PeoplePart)


def test_a_thousand_people_fit() -> None:
    lines = (
        f"  - {{id: p{number}, name: Person {number}, emails: p{number}@example.com}}"
        for number in range(1000)
    )
    assert len(parse_people("people:\n" + "\n".join(lines), "people.yml")) == 1000


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=200), st.sampled_from(["hours", "days", "timezone", "started"]))
def test_no_text_without_an_id_is_a_people_file(text: str, key: str) -> None:
    for whole in (text, f"people: [{{name: Dana, {key}: {text}}}]"):
        found = problems_in(lambda written: parse_people(written, "people.yml"), whole)
        assert found
        assert all(problem.message and problem.cure for problem in found)


def test_a_person_knows_the_teams_that_name_them() -> None:
    text = (
        "people: [{id: dana, name: Dana}, {id: omar, name: Omar}]\n"
        "teams: {pay: {members: [dana, omar], github: acme/pay}, core: {members: dana}}"
    )
    dana, omar = parse_people(text, "people.yml")
    pay, core = Team("pay", {"github": "acme/pay"}), Team("core")
    assert (dana.teams, omar.teams) == ((pay, core), (pay,))
    assert dana.is_in("core")
    assert not omar.is_in("core")


def test_a_login_on_a_further_host_is_known_by_its_name() -> None:
    (dana,) = parse_people("people:\n- {id: dana, name: D, logins: {gitlab-2: dana}}\n", "p.yml")
    assert dana.logins == {"gitlab-2": "dana"}


def test_a_team_may_be_another_group_on_each_host() -> None:
    team = "{members: dana, gitlab: acme/pay, groups: {gitlab-2: beta/pay, github-3: acme/pay}}"
    text = f"people: [{{id: dana, name: D}}]\nteams: {{pay: {team}}}\n"
    (dana,) = parse_people(text, "p.yml")
    groups = {"gitlab": "acme/pay", "gitlab-2": "beta/pay", "github-3": "acme/pay"}
    assert dana.teams == (Team("pay", groups),)


@pytest.mark.parametrize("name", ["gitlab", "gitlab-1", "gitlab-10", "bitbucket-2", "gitlab_2"])
def test_what_is_no_further_host_is_refused(name: str) -> None:
    with pytest.raises(InvalidFile, match="further host"):
        parse_people(f"people:\n- {{id: dana, name: D, logins: {{{name}: dana}}}}\n", "p.yml")


def test_a_login_on_a_further_host_is_one_persons() -> None:
    text = (
        "people:\n"
        "- {id: dana, name: D, gitlab: dana, logins: {gitlab-2: dana}}\n"
        "- {id: omar, name: O, logins: {gitlab-2: Dana, gitlab-3: dana}}\n"
    )
    with pytest.raises(InvalidFile, match="Dana on gitlab-2 is written more than once"):
        parse_people(text, "p.yml")
