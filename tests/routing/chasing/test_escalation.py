"""The ladder: who is reminded, replaced and told, when, in whose working time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.chasing.escalation import due_at, next_due, rungs_done, steps_due
from routing.effects import Effect, TellChannel, TellPerson, Topic, WithdrawReviewers
from routing.model import ReviewState, State
from routing.people import Person
from routing.policy import Asking, Domain, Rung, Step
from routing.record import Ask, AskState
from routing.rules.qualification import Reason
from tests.builders import (
    NOW,
    a_change,
    a_file,
    a_person,
    a_team,
    approves,
    claims,
    declines,
    due,
    facts,
    objects,
    on_the_forge,
    one,
    policy,
)
from tests.routing.desk import Desk


def rung(hours: float, step: Step) -> Rung:
    """After so many hours, do that."""
    return Rung(timedelta(hours=hours), step)


LADDER = (
    rung(4, Step.REMIND),
    rung(8, Step.REASSIGN),
    rung(12, Step.TELL_LEAD),
    rung(24, Step.TELL_CHANNEL),
)
WITHOUT_REASSIGN = tuple(one for one in LADDER if one.do is not Step.REASSIGN)
ANA, DANA, OMAR, LEE = (a_person(who) for who in ("ana", "dana", "omar", "lee"))


def a_desk(
    *people: Person, ladder: tuple[Rung, ...] = LADDER, who: tuple[str, ...] = ("dana",)
) -> Desk:
    """A payment of Ana's, looked at once; one of `who` must approve, and Lee leads payments."""
    team = people or (ANA, DANA, LEE)
    rules = policy(
        one(people=who),
        domains=(Domain("payments", ("payments/**",), lead="lee"),),
        review=Asking(channel="#reviews", ask=1),
        escalation=ladder,
    )
    desk = Desk(facts(*team, change=a_change(files=[a_file("payments/a.py")])), rules)
    desk.take()
    return desk


def climbs(desk: Desk, hours: float) -> list[Effect]:
    """So many working hours pass, every deadline comes as it is due; everything that was said."""
    said: list[Effect] = []
    until = desk.now
    for _ in range(int(hours * 2)):
        until += timedelta(minutes=30)
        while not is_working_time(until):
            until += timedelta(minutes=30)
        while desk.review.next_due is not None and desk.review.next_due <= until:
            desk.waits_until(max(desk.now, desk.review.next_due))
            said += desk.take(due(desk.review.next_due)).effects
        desk.waits_until(until)
    return said


def is_working_time(moment: datetime) -> bool:
    """Whether everybody here is at work in the half hour that ends then."""
    start = moment - timedelta(minutes=30)
    return start.weekday() < 5 and 9 <= start.hour + start.minute / 60 < 17.5


def told(said: list[Effect], topic: Topic) -> list[str]:
    """Who got a message of that kind."""
    return [one.person for one in said if isinstance(one, TellPerson) and one.topic is topic]


def test_nothing_is_due_before_its_time() -> None:
    desk = a_desk()
    assert desk.review.next_due == NOW + timedelta(hours=4)
    desk.waits(hours=3, minutes=59)
    assert not desk.take(due()).effects


def test_who_does_not_answer_is_reminded_once() -> None:
    desk = a_desk()
    desk.waits(hours=4)
    assert told(list(desk.take(due()).effects), Topic.REMINDER) == ["dana"]
    assert desk.recorded[0] == "escalated"
    assert not desk.take(due()).effects


def test_an_ask_is_overdue_since_its_first_step_until_somebody_is_at_it() -> None:
    desk = a_desk()
    desk.waits(hours=5)
    desk.take(due())
    (ask,) = desk.review.waiting
    assert ask.overdue_since == NOW + timedelta(hours=4)
    comment = on_the_forge("dana", ReviewState.COMMENTED, at=desk.now)
    desk.hears(comment)
    assert desk.review.waiting[0].overdue_since is None


def test_who_takes_it_on_is_not_overdue_any_more() -> None:
    desk = a_desk()
    desk.waits(hours=5)
    desk.take(due())
    desk.take(claims("dana"))
    assert desk.review.waiting[0].overdue_since is None


def test_who_does_not_answer_is_replaced_and_told_so() -> None:
    desk = a_desk(ANA, DANA, OMAR, who=("dana", "omar"))
    (first,) = desk.asked
    said = climbs(desk, 8)
    (second,) = desk.asked
    assert {first, second} == {"dana", "omar"}
    assert told(said, Topic.TAKEN_BACK) == [first]
    assert told(said, Topic.YOUR_TURN) == [second]
    assert any(isinstance(one, WithdrawReviewers) and one.logins == (first,) for one in said)
    (passed,) = desk.review.passed
    assert (passed.person, passed.reason) == (first, Reason.DID_NOT_ANSWER)


def test_the_next_one_has_the_whole_ladder_ahead() -> None:
    desk = a_desk(ANA, DANA, OMAR, who=("dana", "omar"))
    climbs(desk, 8)
    (ask,) = desk.review.waiting
    assert (ask.rung, ask.asked_at) == (0, desk.now)


def test_who_was_replaced_may_approve_all_the_same() -> None:
    desk = a_desk(ANA, DANA, OMAR, who=("dana", "omar"))
    (first,) = desk.asked
    climbs(desk, 8)
    desk.take(approves(first))
    assert desk.gate == "success"
    assert not desk.asked


def test_a_ladder_without_reassign_tells_lead_and_channel() -> None:
    said = climbs(a_desk(ladder=WITHOUT_REASSIGN), 25)
    assert told(said, Topic.REMINDER) == ["dana"]
    assert told(said, Topic.LEAD_NEWS) == ["lee"]
    assert [one.channel for one in said if isinstance(one, TellChannel)] == ["#reviews"]


@pytest.mark.parametrize("who", [("dana",), ("dana", "omar")], ids=["of one", "of two"])
def test_lead_and_channel_hear_once_that_nobody_has_answered(who: tuple[str, ...]) -> None:
    said = climbs(a_desk(ANA, DANA, OMAR, LEE, who=who), 60)
    assert told(said, Topic.LEAD_NEWS) == ["lee"]
    assert sum(isinstance(one, TellChannel) for one in said) == 1


def test_what_lead_and_channel_have_heard_does_not_lie_ahead_any_more() -> None:
    desk = a_desk(ANA, DANA, OMAR, LEE, who=("dana", "omar"))
    climbs(desk, 12)
    assert Step.TELL_LEAD not in {one.step for one in desk.review.coming}
    assert Step.TELL_CHANNEL in {one.step for one in desk.review.coming}


def test_lead_and_channel_hear_of_it_when_everybody_has_declined() -> None:
    desk = a_desk()
    desk.take(declines("dana"))
    assert not desk.asked
    said = climbs(desk, 60)
    assert told(said, Topic.LEAD_NEWS) == ["lee"]
    assert sum(isinstance(one, TellChannel) for one in said) == 1


@pytest.mark.parametrize("hours", [4, 8])
def test_who_has_approved_on_the_forge_meanwhile_is_not_chased(hours: int) -> None:
    desk = a_desk()
    desk.waits(days=hours // 8, hours=hours % 8)
    desk.learns(forge_reviews=(on_the_forge("dana", at=NOW + timedelta(hours=1)),))
    said = list(desk.take(due()).effects)
    assert told(said, Topic.REMINDER) + told(said, Topic.TAKEN_BACK) == []
    assert not desk.review.passed


def test_after_an_outage_nobody_is_reminded_of_what_is_taken_from_them() -> None:
    desk = a_desk(ANA, DANA, OMAR, who=("dana", "omar"), ladder=LADDER[:2])
    desk.waits(days=7)
    said = list(desk.take(due()).effects)
    assert not told(said, Topic.REMINDER)
    assert len(told(said, Topic.TAKEN_BACK)) == 1


@pytest.mark.parametrize("turn", [{"draft": True}, {"state": State.CLOSED}], ids=str)
def test_nobody_is_chased_for_what_is_not_open(turn: dict[str, Any]) -> None:
    desk = a_desk()
    desk.becomes(**turn)
    assert desk.review.next_due is None
    desk.waits(days=7)
    assert not [one for one in desk.take(due()).effects if isinstance(one, TellPerson)]


def test_who_has_answered_is_not_chased() -> None:
    desk = a_desk(ANA, DANA, OMAR, who=("dana", "omar"))
    (asked,) = desk.asked
    desk.take(objects(asked))
    assert desk.review.next_due is None


def test_the_clock_of_a_ladder_is_that_of_whoever_was_asked() -> None:
    tokyo = a_person("dana", timezone="Asia/Tokyo")  # 19:00 there; the next day begins at 00:00Z
    assert a_desk(ANA, tokyo, LEE).review.next_due == NOW.replace(hour=4) + timedelta(days=1)


def test_the_next_deadline_is_the_first_of_those_who_wait() -> None:
    waiting = Ask("dana", "", NOW)
    later = Ask("omar", "", NOW + timedelta(hours=1))
    done = Ask("lee", "", NOW - timedelta(days=1), AskState.APPROVED)
    finished = Ask("ana", "", NOW, rung=len(LADDER))
    team = a_team(ANA, DANA, OMAR, LEE)
    assert next_due([later, waiting, done, finished], LADDER, team) == NOW + timedelta(hours=4)
    assert next_due([done, finished], LADDER, team) is None
    assert next_due([Ask("gone", "", NOW)], LADDER, team) is None


LADDERS = st.lists(
    st.tuples(st.integers(1, 60), st.sampled_from(Step)), max_size=5, unique_by=lambda it: it[0]
).map(lambda them: tuple(rung(hours, step) for hours, step in sorted(them)))


@given(ladder=LADDERS, hours=st.lists(st.integers(0, 200), min_size=1, max_size=6))
def test_however_often_one_looks_every_step_is_taken_once_and_in_order(
    ladder: tuple[Rung, ...], hours: list[int]
) -> None:
    ask = Ask("dana", "", NOW)
    taken: list[Step] = []
    for later in sorted(hours):
        now = NOW + timedelta(hours=later)
        steps = steps_due(ask, ladder, DANA, now)
        done = rungs_done(ask, ladder, DANA, now)
        assert all(due_at(ask, one, DANA) <= now for one in ladder[:done])
        assert all(due_at(ask, one, DANA) > now for one in ladder[done:])
        spared = [one.do for one in ladder[ask.rung : done] if one.do not in steps]
        assert not spared or (set(spared) == {Step.REMIND} and Step.REASSIGN in steps)
        taken += steps
        ask = Ask("dana", "", NOW, rung=done)
    assert [step for step in (one.do for one in ladder[: ask.rung]) if step is not Step.REMIND] == [
        step for step in taken if step is not Step.REMIND
    ]
