"""Everybody, found by what they declared, how long they are here, and what they opted out of."""

from __future__ import annotations

from dataclasses import replace

from routing.levels import Level
from routing.people import Team
from tests.builders import a_person, a_team

ANA, BEN, CLEO = a_person("ana", years=3), a_person("ben", years=9), a_person("cleo", years=None)


def test_who_declared_a_level_in_a_domain_is_found_by_it() -> None:
    ana = replace(ANA, domains={"web": Level.FAMILIAR, "docs": Level.NONE})
    people = a_team(ana, replace(BEN, domains={"web": Level.EXPERT}))
    assert [one.id for one in people.of_domain("web")] == ["ana", "ben"]
    assert people.of_domain("docs") == (ana,)
    assert people.of_domain("payments") == ()


def test_those_here_longest_come_first_and_whose_start_nobody_knows_not_at_all() -> None:
    people = a_team(ANA, BEN, CLEO)
    assert people.longest_here(5) == [BEN, ANA]
    assert people.longest_here(1) == [BEN]


def test_of_those_who_started_together_the_letters_decide() -> None:
    zoe = replace(a_person("zoe"), started=BEN.started)
    assert [one.id for one in a_team(zoe, BEN).longest_here(2)] == ["ben", "zoe"]


def test_every_glob_that_somebody_opted_out_of_is_named_once() -> None:
    out = [replace(ANA, opted_out=("web/", "docs/")), replace(BEN, opted_out=("docs/", "db/"))]
    assert a_team(*out, CLEO).opted_out == ("web/", "docs/", "db/")


def test_the_members_of_a_group_are_found_whatever_the_case_of_its_letters() -> None:
    team = Team("web", {"github": "Acme/Web"})
    ana, ben = replace(ANA, teams=(team,)), replace(BEN, teams=(team,))
    assert a_team(ana, ben, CLEO).of_group("github", "acme/WEB") == (ana, ben)
