"""Taking a review on, and giving it to somebody else: who may, and to whom."""

from __future__ import annotations

import pytest

from routing.effects import ReplyPrivately, TellPerson, TellThread, Topic
from routing.events import ReviewAssigned, ReviewClaimed
from routing.policy import Asking, Domain
from routing.record import AskState, Doing
from tests.builders import (
    a_change,
    a_file,
    a_person,
    a_rule,
    approves,
    assigns,
    claims,
    facts,
    one,
    policy,
)
from tests.routing.desk import Desk

TEAM = [a_person(who) for who in ("ana", "dana", "omar", "lee", "kim")]


def a_desk(who: str = "dana") -> Desk:
    """A payment of Ana's; Dana, Omar or Kim must sign, one is asked, and Lee leads payments."""
    rules = policy(
        a_rule(one(people=("dana", "omar", "kim"))),
        domains=(Domain("payments", ("payments/**",), lead="lee"),),
        review=Asking(channel="#reviews", ask=1),
    )
    desk = Desk(facts(*TEAM, change=a_change(files=[a_file("payments/a.py")])), rules)
    desk.take()
    if desk.asked != {who}:
        desk.take(assigns("ana", who, next(iter(desk.asked))))
    assert desk.asked == {who}
    return desk


def test_who_claims_a_review_is_asked_and_on_it() -> None:
    desk = a_desk("dana")
    desk.take(claims("omar"))
    assert desk.asked == {"dana", "omar"}
    assert {ask.doing for ask in desk.review.waiting if ask.person == "omar"} == {Doing.ON_IT}
    assert desk.recorded[0] == "claimed"
    assert [line.text for line in desk.told(TellThread)] == ["Omar is on it."]


def test_who_was_asked_keeps_their_reason_when_they_claim_it() -> None:
    desk = a_desk("dana")
    why = desk.review.waiting[0].why
    desk.take(claims("dana"))
    assert [(ask.why, ask.doing) for ask in desk.review.waiting] == [(why, Doing.ON_IT)]


@pytest.mark.parametrize("giver", ["ana", "lee", "dana"])
def test_author_lead_and_who_is_asked_may_give_it_to_somebody_else(giver: str) -> None:
    desk = a_desk("dana")
    desk.take(assigns(giver, "omar", "dana"))
    assert desk.asked == {"omar"}
    assert {ask.state for ask in desk.review.asks if ask.person == "dana"} == {AskState.HANDED_ON}
    assert (Topic.YOUR_TURN, "omar") in [(one.topic, one.person) for one in desk.told(TellPerson)]
    assert desk.recorded[0] == "assigned"


def test_without_instead_somebody_is_asked_besides() -> None:
    desk = a_desk("dana")
    desk.take(assigns("ana", "kim"))
    assert desk.asked == {"dana", "kim"}


def test_who_handed_it_on_may_be_given_it_again() -> None:
    desk = a_desk("dana")
    desk.take(assigns("dana", "omar", "dana"))
    desk.take(assigns("omar", "dana", "omar"))
    assert desk.asked == {"dana"}


@pytest.mark.parametrize(
    ("event", "why"),
    [
        (assigns("kim", "omar", "dana"), "only its author, a lead"),
        (assigns("kim", "omar"), "only its author, a lead"),
        (assigns("ana", "lee"), "is not one of"),
        (assigns("ana", "ana"), "opened it"),
        (assigns("ana", "zoe"), "nobody in the people file"),
        (assigns("ana", "kim", "omar"), "Omar is not asked"),
        (claims("lee"), "is not one of"),
        (claims("ana"), "opened it"),
        (claims("omar", home=False), "other workspaces"),
    ],
)
def test_what_cannot_be_given_is_refused_with_the_reason(
    event: ReviewAssigned | ReviewClaimed, why: str
) -> None:
    desk = a_desk("dana")
    desk.take(event)
    (reply,) = desk.told(ReplyPrivately)
    assert why in reply.text
    assert desk.asked == {"dana"}
    assert desk.recorded == ["refused"]


def test_asking_whom_is_asked_changes_nothing() -> None:
    desk = a_desk("dana")
    desk.take(assigns("ana", "dana"))
    (reply,) = desk.told(ReplyPrivately)
    assert "asked already" in reply.text
    assert desk.recorded == []


def test_nobody_is_asked_for_what_is_signed() -> None:
    desk = a_desk("dana")
    desk.take(approves("dana"))
    desk.take(claims("omar"))
    assert "is left open" in desk.told(ReplyPrivately)[0].text
