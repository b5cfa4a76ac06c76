"""When a digest is due, once a local day, and what stands in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.chasing.digest import compose_digest, compose_own_digest, due_day, own_digests
from routing.chasing.preferences import Preferences
from routing.model import Ref, State
from routing.policy import Asking, Digest
from routing.record import Review
from tests.bot.builders import a_place, a_review, a_rule, a_verdict
from tests.builders import NOW, a_person, approves, facts, objects, one, policy, seniors
from tests.routing.desk import Desk

WEEK = frozenset(range(5))
NINE = Digest("#reviews", time(9), WEEK, "Europe/Berlin")


def at(text: str) -> datetime:
    """A UTC moment."""
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("now", "day"),
    [
        ("2026-11-16T07:59:59Z", None),
        ("2026-11-16T08:00:00Z", date(2026, 11, 16)),
        ("2026-11-16T12:00:00Z", date(2026, 11, 16)),
        ("2026-11-16T12:00:01Z", None),
        ("2026-11-15T08:00:00Z", None),
        ("2026-07-13T07:00:00Z", date(2026, 7, 13)),
        ("2026-07-13T06:59:59Z", None),
    ],
    ids=["too early", "on time", "late", "too late", "on Sunday", "in summer", "before summer's"],
)
def test_a_digest_is_due_from_its_local_time_on_for_four_hours(now: str, day: date | None) -> None:
    assert due_day(NINE, at(now)) == day


def test_a_digest_late_at_night_is_still_due_after_midnight() -> None:
    late = replace(NINE, at=time(23))
    assert due_day(late, at("2026-11-17T00:30:00Z")) == date(2026, 11, 16)
    assert due_day(late, at("2026-11-21T00:30:00Z")) == date(2026, 11, 20)  # Friday's


ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia"]
CLOCKS = st.times().map(lambda it: it.replace(second=0, microsecond=0))


@given(
    zone=st.sampled_from(ZONES),
    clock=CLOCKS,
    day=st.dates(date(2026, 3, 1), date(2026, 11, 30)),
)
def test_each_day_s_digest_is_due_on_one_stretch_of_four_hours(
    zone: str, clock: time, day: date
) -> None:
    digest = Digest("#reviews", clock, frozenset(range(7)), zone)
    noon = datetime.combine(day, time(12), tzinfo=UTC)
    moments = [noon + timedelta(minutes=10 * step) for step in range(-240, 240)]
    due = [moment for moment in moments if due_day(digest, moment) == day]
    assert due
    assert due[-1] - due[0] == timedelta(minutes=10 * (len(due) - 1))
    assert timedelta(hours=3, minutes=40) <= due[-1] - due[0] <= timedelta(hours=4)


def open_review(number: int = 7, *, channel: str | None = "#reviews", days: int = 0) -> Review:
    """A review that waits, opened so many days ago."""
    desk = Desk(facts(), policy(one(), review=Asking(channel=channel)))
    desk.take()
    ref = Ref("github", "acme/shop", number)
    return replace(desk.review, ref=ref, opened_at=NOW - timedelta(days=days))


def test_the_channel_s_open_reviews_stand_in_it_the_oldest_first() -> None:
    young, old, elsewhere = open_review(1), open_review(2, days=3), open_review(3, channel="#web")
    digest = compose_digest("#reviews", [young, old, elsewhere])
    assert digest is not None
    assert [entry.ref.number for entry in digest.entries] == [2, 1]


def desk_after(what: str) -> Desk:
    """A desk on which that has happened."""
    desk = Desk(facts(), policy(one(), review=Asking(channel="#reviews")))
    desk.take(approves("dana") if what == "approved" else None)
    if what in {"closed", "merged"}:
        desk.becomes(state=State(what))
    if what == "a draft":
        desk.becomes(draft=True)
    return desk


@pytest.mark.parametrize("what", ["approved", "closed", "merged", "a draft"])
def test_no_digest_speaks_of_what_is(what: str) -> None:
    assert compose_digest("#reviews", [desk_after(what).review]) is None


def test_an_empty_digest_is_none() -> None:
    assert compose_digest("#reviews", []) is None


def test_an_entry_says_whom_it_waits_for_what_blocks_it_or_what_is_missing() -> None:
    waiting = open_review()
    blocked = Desk(facts(), policy(one(), review=Asking(channel="#reviews")))
    blocked.take(objects("omar"))
    unasked = Desk(facts(), policy(seniors(), review=Asking(channel="#reviews")))
    unasked.learns(open_asks={"dana": 9, "omar": 9})
    unasked.policy = policy(one(), review=Asking(channel="#reviews"))
    unasked.take()
    words = []
    for review in (waiting, blocked.review, unasked.review):
        digest = compose_digest("#reviews", [review])
        assert digest is not None
        words.append(digest.entries[0].waiting_for)
    assert words[0] in {"waiting for Dana, Omar", "waiting for Omar, Dana"}
    assert words[1:] == ["Omar asked for changes", "one approval"]


def test_a_persons_own_digest_groups_what_waits_for_them_and_what_of_theirs_is_ready() -> None:
    dana = a_person("dana")
    ready = a_review(author_person="dana", verdict=a_verdict(a_rule(a_place("omar"))), asks=())
    stuck = a_review(author_person="dana", verdict=a_verdict(blocks=("Omar asked for changes",)))
    digest = compose_own_digest(
        dana, [a_review(), ready, replace(stuck, asks=()), a_review(asks=())]
    )
    assert digest is not None
    assert [entry.group for entry in digest.entries] == [
        "Your turn",
        "Yours: can be merged",
        "Yours: stuck",
    ]


def test_a_persons_own_digest_with_nothing_to_do_is_not_sent() -> None:
    assert compose_own_digest(a_person("kim"), [a_review()]) is None


def test_only_who_chose_an_hour_gets_a_digest_of_their_own() -> None:
    people = [a_person("dana"), a_person("omar"), a_person("kim", slack=None)]
    nine = Preferences(digest_at=time(9), timezone="Asia/Tokyo")
    said = {"dana": nine, "omar": Preferences(), "kim": nine}
    assert [(one.channel, one.timezone) for one in own_digests(people, said)] == [
        ("U0DANA", "Asia/Tokyo")
    ]
