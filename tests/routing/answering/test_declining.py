"""Declining: who is next is known before, a substitute is a wish, and silence is counted."""

from __future__ import annotations

from dataclasses import replace

import pytest

from routing.chasing.silence import heard_of
from routing.effects import ReplyPrivately, TellThread
from routing.events import DeclineReason
from routing.policy import Asking
from routing.record import Ask, AskState, Doing
from tests.bot.builders import a_review, an_ask, an_opinion
from tests.builders import NOW, a_person, a_rule, declines, facts, one, policy
from tests.routing.desk import Desk

TEAM = [a_person(who) for who in ("ana", "dana", "omar", "kim")]


def a_desk() -> Desk:
    """A change of Ana's; one of Dana and Omar must sign, and one is asked."""
    rules = policy(a_rule(one(people=("dana", "omar"))), review=Asking(ask=1))
    desk = Desk(facts(*TEAM), rules)
    desk.take()
    return desk


def test_who_is_next_is_known_before_anybody_declines() -> None:
    desk = a_desk()
    (asked,) = desk.asked
    heir = desk.review.next_up[asked].person
    desk.take(declines(asked))
    assert desk.asked == {heir} != {asked}


def test_who_is_last_has_nobody_after_them() -> None:
    desk = a_desk()
    for _ in range(2):
        (asked,) = desk.asked
        last = desk.review.next_up
        desk.take(declines(asked))
    assert last == {}


@pytest.mark.parametrize(
    ("substitute", "why"), [("kim", "is not one of"), ("ana", "opened it"), ("zoe", "people file")]
)
def test_a_substitute_who_cannot_sign_is_refused_and_the_next_best_asked(
    substitute: str, why: str
) -> None:
    desk = a_desk()
    (asked,) = desk.asked
    heir = desk.review.next_up[asked].person
    desk.take(replace(declines(asked), substitute=f"U0{substitute.upper()}"))
    assert desk.asked == {heir}
    assert why in desk.told(ReplyPrivately)[0].text


def test_a_substitute_who_can_sign_is_asked_and_told_by_whom() -> None:
    desk = a_desk()
    (asked,) = desk.asked
    other = ({"dana", "omar"} - {asked}).pop()
    desk.take(replace(declines(asked), substitute=f"U0{other.upper()}"))
    (ask,) = desk.review.waiting
    assert (ask.person, ask.why) == (other, f"{asked.title()} asked for you")
    assert {"declined", "assigned"} <= set(desk.recorded)


def test_the_thread_tells_until_when_somebody_is_away() -> None:
    desk = a_desk()
    (asked,) = desk.asked
    desk.take(replace(declines(asked, DeclineReason.AWAY), until=NOW.date()))
    assert f"{asked.title()} declined: away until 2026-11-16." in [
        one.text for one in desk.told(TellThread)
    ]


@pytest.mark.parametrize(
    ("before", "after", "heard"),
    [
        (an_ask(), an_ask(), {}),
        (an_ask(), an_ask(state=AskState.REPLACED), {"dana": False}),
        (an_ask(state=AskState.REPLACED), an_ask(state=AskState.REPLACED, rung=3), {}),
        (an_ask(), an_ask(state=AskState.APPROVED), {"dana": True}),
        (an_ask(), an_ask(state=AskState.DECLINED), {"dana": True}),
        (an_ask(), an_ask(state=AskState.HANDED_ON), {"dana": True}),
        (an_ask(), an_ask(doing=Doing.ON_IT, active_at=NOW), {"dana": True}),
        (an_ask(), an_ask(snoozed_until=NOW), {"dana": True}),
        (an_ask(snoozed_until=NOW), an_ask(), {}),
        (an_ask(), an_ask(rung=1), {}),
    ],
)
def test_silence_and_signs_of_life_are_told_apart(
    before: Ask, after: Ask, heard: dict[str, bool]
) -> None:
    assert heard_of(a_review(asks=(before,)), a_review(asks=(after,))) == heard


def test_an_opinion_from_anybody_is_a_sign_of_life() -> None:
    spoke = a_review(opinions=(an_opinion("kim"),))
    assert heard_of(a_review(), spoke) == {"kim": True}
    assert heard_of(spoke, spoke) == {}
