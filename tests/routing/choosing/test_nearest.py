"""Where nobody can sign: it is said at once, with the people who come nearest."""

from __future__ import annotations

import pytest

from routing.effects import PostComment, TellChannel, TellPerson
from routing.levels import Level
from routing.policy import Asking, Requirement
from tests.builders import a_person, all_of, any_of, facts, one, policy, seniors
from tests.routing.desk import Desk

ANA = a_person("ana", years=9)
KIM, OMAR = a_person("kim", years=1), a_person("omar", years=4)
NEW, GONE = a_person("new", years=0), a_person("gone", years=3, active=False)


def stuck(requirement: Requirement) -> Desk:
    """A change that nobody can sign, looked at once."""
    rules = policy(requirement, review=Asking(channel="#reviews"))
    desk = Desk(facts(ANA, KIM, OMAR, NEW, GONE), rules)
    desk.take()
    return desk


@pytest.mark.parametrize(
    ("requirement", "nearest"),
    [
        (
            seniors(),
            (
                "nearest: Omar (tenure short by 2 months), Ana (opened it), "
                "Kim (tenure short by 3 y 2 months)"
            ),
        ),
        (
            one(min_expertise=Level.EXPERT, people=("omar",)),
            "nearest: Omar (no expertise in these files, needs expert), ",
        ),
        (
            all_of(one(people=("omar",)), one(people=("omar",))),
            "nearest: Kim (is not one of omar), ",
        ),
        (any_of(seniors(), one(teams=("web",))), "nearest: Omar (tenure short by 2 months), "),
    ],
    ids=["tenure", "several conditions", "two places for one", "the nearer of two ways"],
)
def test_the_three_nearest_are_named_with_what_each_lacks(
    requirement: Requirement, nearest: str
) -> None:
    (said,) = stuck(requirement).review.verdict.stuck
    assert said.startswith("nobody can give what “rule 1” asks for: ")
    assert nearest in said


def test_those_who_left_are_never_near() -> None:
    assert "Gone" not in stuck(one(9)).review.verdict.stuck[0]


def test_what_nobody_can_sign_is_said_at_once_to_the_author_and_in_the_channel() -> None:
    desk = stuck(seniors())
    (channel,), (author,) = desk.told(TellChannel), desk.told(TellPerson)
    assert (channel.channel, author.person) == ("#reviews", "ana")
    for text in (channel.text, author.text):
        assert text.startswith("It cannot pass as it is: nobody can give what “rule 1” asks for")
        assert "nearest: Omar (tenure short by 2 months)" in text


def test_it_is_said_once() -> None:
    desk = stuck(seniors())
    desk.take()
    assert not desk.told(TellChannel)
    assert not desk.told(TellPerson)


def test_it_is_said_again_when_something_else_cannot_be_signed_either() -> None:
    desk = stuck(seniors())
    desk.policy = policy(seniors(), one(9), review=Asking(channel="#reviews"))
    desk.take()
    (said,) = desk.told(TellChannel)
    assert "rule 2" in said.text
    assert "rule 1" not in said.text


def test_a_draft_that_nobody_could_sign_is_nobody_s_business_yet() -> None:
    desk = Desk(facts(ANA, KIM), policy(seniors(), review=Asking(channel="#reviews")))
    desk.turns(draft=True)
    desk.take()
    assert not desk.told(TellChannel)
    desk.becomes(draft=False)
    assert desk.told(TellChannel)


# What is wrong with a repository's own rules.

RELAXED = "on main, .countersign.yml:1: codeowners: a repository may never relax it — take it out"


def test_rules_that_cannot_be_used_are_shown_on_the_merge_request_and_close_the_gate() -> None:
    desk = Desk(facts(problems=(RELAXED,)))
    desk.take()
    (comment,) = desk.told(PostComment)
    assert comment.said == RELAXED
    assert desk.gate == "failure"
    assert desk.statuses[desk.review.binding.head_sha].description.startswith("on main, .counter")
    assert desk.review.verdict.blocks == (RELAXED,)


def test_they_are_shown_once_and_again_when_they_are_others() -> None:
    desk = Desk(facts(problems=(RELAXED,)))
    desk.take()
    desk.take()
    assert not desk.told(PostComment)
    desk.learns(problems=("on main, .countersign.yml:9: version: this is missing",))
    desk.take()
    (comment,) = desk.told(PostComment)
    assert ":9:" in comment.said
