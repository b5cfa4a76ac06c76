"""Snoozing: until when, what the ladder does meanwhile, and what is said of it."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.answering.snoozing import LONGEST, snooze_end
from routing.effects import ReplyPrivately, TellPerson, Topic
from routing.model import ReviewState
from routing.policy import Asking, Rung, Step
from routing.record import Coming
from tests.builders import (
    NOW,
    a_person,
    approves,
    claims,
    due,
    facts,
    on_the_forge,
    one,
    policy,
    snoozes,
    touched,
)
from tests.routing.desk import Desk

DANA = a_person("dana", timezone="Europe/Berlin")
LADDER = (
    Rung(timedelta(hours=4), Step.REMIND),
    Rung(timedelta(hours=6), Step.REASSIGN),
    Rung(timedelta(hours=12), Step.TELL_CHANNEL),
)


def a_desk(*ladder: Rung) -> Desk:
    """A change of Ana's that Dana is asked to sign."""
    known = facts(a_person("ana"), a_person("dana"))
    desk = Desk(known, policy(one(people=("dana",)), escalation=ladder or LADDER))
    desk.take()
    return desk


@pytest.mark.parametrize(
    ("words", "until"),
    [
        ("2h", NOW + timedelta(hours=2)),
        (" 90M ", NOW + timedelta(minutes=90)),
        ("3 d", NOW + timedelta(days=3)),
        ("tomorrow", datetime(2026, 11, 17, 8, 0, tzinfo=UTC)),
        ("2026-11-21", datetime(2026, 11, 23, 8, 0, tzinfo=UTC)),
        ("2026-11-16", None),
        ("2026-11-15", None),
        ("2027-11-15", None),
        ("0h", None),
        ("next week", None),
        ("", None),
    ],
)
def test_the_words_mean_a_moment_of_the_persons_own(words: str, until: datetime | None) -> None:
    person = a_person("dana", timezone="Europe/Berlin", hours=(time(9), time(17)))
    assert snooze_end(words, person, NOW) == until


@given(st.text(max_size=20), st.datetimes(timezones=st.just(UTC)).filter(lambda at: at.year < 9000))
def test_any_words_mean_a_moment_ahead_or_none(words: str, now: datetime) -> None:
    until = snooze_end(words, DANA, now)
    assert until is None or now < until <= now + LONGEST


def test_who_snoozes_is_not_reminded_meanwhile_and_once_when_it_ends() -> None:
    desk = a_desk(LADDER[0])
    desk.take(snoozes("dana", "5h"))
    desk.waits(hours=4)
    desk.take(due())
    assert not desk.told(TellPerson)
    desk.waits(hours=1)
    assert desk.review.next_due == desk.now
    desk.take(due())
    assert [one.topic for one in desk.told(TellPerson)] == [Topic.REMINDER]
    desk.take(due())
    assert not desk.told(TellPerson)


def test_a_snooze_that_ends_before_the_reminder_costs_no_reminder() -> None:
    desk = a_desk(LADDER[0])
    desk.take(snoozes("dana", "1h"))
    desk.waits(hours=1)
    desk.take(due())
    assert len(desk.told(TellPerson)) == 1
    assert desk.review.next_due == NOW + timedelta(hours=4)


def test_a_snooze_past_the_deadline_says_that_somebody_else_is_asked_before() -> None:
    desk = a_desk()
    desk.take(snoozes("dana", "7h"))
    (reply,) = desk.told(ReplyPrivately)
    assert "Mon 16 Nov, 16:00 somebody else is asked instead, before that" in reply.text
    desk.waits(hours=6)
    desk.take(due())
    assert next(one.topic for one in desk.told(TellPerson)) is Topic.TAKEN_BACK


def test_of_many_who_are_asked_each_hears_of_their_own_deadline() -> None:
    team = ("dana", "omar", "kim", "lee", "max")
    known = facts(a_person("ana"), *map(a_person, team))
    rules = policy(one(people=team), review=Asking(ask=5), escalation=LADDER)
    desk = Desk(known, rules)
    desk.take()
    assert desk.asked == set(team)
    for who in team:
        desk.take(snoozes(who, "7h"))
        (reply,) = desk.told(ReplyPrivately)
        assert "somebody else is asked instead" in reply.text


def test_a_snooze_within_the_deadline_says_nothing_of_it() -> None:
    desk = a_desk()
    desk.take(snoozes("dana", "2h"))
    (reply,) = desk.told(ReplyPrivately)
    assert reply.text == "You will hear of this again Mon 16 Nov, 12:00."


@pytest.mark.parametrize(("who", "words"), [("ana", "2h"), ("dana", "soon"), ("zoe", "2h")])
def test_what_cannot_be_snoozed_is_refused_with_the_reason(who: str, words: str) -> None:
    desk = a_desk()
    desk.take(snoozes(who, words))
    (reply,) = desk.told(ReplyPrivately)
    assert reply.text.startswith("Could not snooze: ")
    assert reply.text.endswith("Nothing was changed.")
    assert desk.recorded == ["refused"]


def test_a_snooze_is_on_record() -> None:
    desk = a_desk()
    desk.take(snoozes("dana"))
    assert desk.recorded == ["snoozed"]


def test_an_answer_ends_the_snooze() -> None:
    desk = a_desk()
    desk.take(snoozes("dana"))
    desk.take(approves("dana"))
    assert desk.review.next_due is None


def test_the_ladder_is_known_in_advance() -> None:
    desk = a_desk()
    assert desk.review.coming == (
        Coming(NOW + timedelta(hours=4), Step.REMIND, "dana"),
        Coming(NOW + timedelta(hours=6), Step.REASSIGN, "dana"),
        Coming(NOW + timedelta(hours=24 + 3, minutes=30), Step.TELL_CHANNEL, "dana"),
    )


def test_the_first_step_that_is_shown_is_the_next_deadline() -> None:
    desk = a_desk()
    desk.take(snoozes("dana", "5h"))
    assert desk.review.coming[0] == Coming(NOW + timedelta(hours=5), Step.REMIND, "dana")


def test_a_comment_on_the_forge_puts_the_ladder_off() -> None:
    desk = a_desk()
    desk.waits(hours=3)
    desk.hears(on_the_forge("dana", ReviewState.COMMENTED, at=desk.now))
    assert desk.review.next_due == NOW + timedelta(hours=7)
    assert desk.review.waiting[0].doing == "commented"


def test_a_claim_puts_the_ladder_off() -> None:
    desk = a_desk()
    desk.waits(hours=3)
    desk.take(claims("dana"))
    desk.take(touched())
    assert desk.review.next_due == NOW + timedelta(hours=7)
