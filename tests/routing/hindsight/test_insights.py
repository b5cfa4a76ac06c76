"""Insights: the ledger's entries become cases, cases figures, and no figure tells on anybody."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.hindsight.cases import Case, follow, monday_of
from routing.hindsight.insights import GROUP, Spread
from routing.hindsight.tallies import OUTSIDE
from routing.trail import decision_entry
from tests.bot.builders import a_review
from tests.builders import NOW
from tests.weeks import gain_insights

HOUR = timedelta(hours=1)
MONDAY = date(2026, 11, 16)
CROWD = tuple(f"person {number}" for number in range(GROUP))


def told(*entries: tuple[str, dict[str, Any]]) -> Case:
    """The case after these entries, an hour apart."""
    case: Case | None = None
    for number, (kind, data) in enumerate(entries):
        case = follow(case, kind, data, NOW + number * HOUR)
    assert case is not None
    return case


OPENED = ("opened", {"title": "Retry", "author": "ana"})
DECIDED = ("decision", dict(decision_entry(a_review()).data))


def test_a_case_is_what_its_entries_say() -> None:
    case = told(OPENED, DECIDED, ("escalated", {}), ("approval", {"person": "dana"}))
    assert case == Case(NOW, "ana", True, ("payments",), ("dana",), NOW + 3 * HOUR, escalations=1)


@pytest.mark.parametrize("kind", ["approval", "approves", "changes_requested", "objects"])
def test_the_first_judgement_is_the_answer(kind: str) -> None:
    assert told(OPENED, (kind, {}), ("approval", {})).answered == NOW + HOUR


@pytest.mark.parametrize("kind", ["declined", "gate", "refused", "snoozed", "never heard of"])
def test_what_judges_nothing_is_no_answer(kind: str) -> None:
    assert told(OPENED, (kind, {})).answered is None


def test_whoever_was_ever_asked_was_asked() -> None:
    again = dict(DECIDED[1], asked=[{"person": "omar", "why": ""}])
    assert told(OPENED, DECIDED, ("decision", again)).asked == ("dana", "omar")


def test_the_merge_is_when_it_was_merged_first() -> None:
    assert told(OPENED, ("merged", {}), ("merged", {})).merged == NOW + HOUR


def test_a_case_is_overdue_once_the_ladder_was_climbed() -> None:
    assert not told(OPENED, ("approval", {})).overdue
    assert told(OPENED, ("escalated", {}), ("escalated", {})).overdue


def test_an_override_is_remembered() -> None:
    assert told(OPENED, ("override", {})).overridden
    assert not told(OPENED, ("override_asked", {})).overridden


@pytest.mark.parametrize(
    ("before", "verdict", "past"),
    [
        ((), "satisfied", False),
        ((), "pending", True),
        ((), "blocked", True),
        ((("override", {}),), "pending", False),
    ],
)
def test_what_was_merged_with_its_gate_shut_went_past_it(
    before: tuple[tuple[str, dict[str, Any]], ...], verdict: str, *, past: bool
) -> None:
    assert told(OPENED, *before, ("merged", {"verdict": verdict})).past_gate is past


def test_a_ledger_that_begins_in_the_middle_gives_a_case_all_the_same() -> None:
    assert told(("approval", {"person": "dana"})).answered == NOW


def a_case(**more: Any) -> Case:
    return Case(**{"opened": NOW, "author": "ana", "asked": CROWD, **more})


def test_each_week_and_each_domain_has_its_figures() -> None:
    cases = [
        a_case(domains=("web", "payments"), answered=NOW + HOUR),
        a_case(domains=("web",), answered=NOW + 3 * HOUR, merged=NOW + 9 * HOUR, escalations=2),
        a_case(opened=NOW - timedelta(weeks=1), overridden=True, past_gate=True),
        a_case(opened=NOW - timedelta(weeks=2)),
    ]
    found = gain_insights(cases, MONDAY - timedelta(weeks=1), 2)
    assert [(one.label, one.opened) for one in found.weeks] == [
        ("2026-11-09", 1),
        ("2026-11-16", 2),
    ]
    assert [(one.label, one.opened) for one in found.domains] == [
        ("web", 2),
        (OUTSIDE, 1),
        ("payments", 1),
    ]
    assert (found.whole.opened, found.whole.escalations) == (3, 2)
    assert (found.whole.overridden, found.whole.past_gate) == (1, 1)
    assert (found.weeks[1].hours, found.weeks[1].merge_hours) == (3, 9)
    assert [week.overdue for week in found.weeks] == [0, 1]


def test_the_spread_counts_changes_a_person() -> None:
    cases = [a_case(), a_case(asked=(*CROWD[:2], "one more"))]
    assert gain_insights(cases, MONDAY, 1).whole.load == Spread(GROUP + 1, 1, 1, 2)


@pytest.mark.parametrize(("people", "shown"), [(GROUP - 1, False), (GROUP, True)])
def test_figures_about_work_need_a_group(people: int, shown: bool) -> None:
    cases = [a_case(asked=CROWD[:people], answered=NOW + HOUR, merged=NOW + HOUR)]
    whole = gain_insights(cases, MONDAY, 1).whole
    assert (whole.hours is not None) is shown
    assert (whole.merge_hours is not None) is shown
    assert (whole.load is not None) is shown


@pytest.mark.parametrize(("people", "share"), [(GROUP - 1, None), (GROUP, 1.0)])
def test_the_share_of_ai_needs_a_group_of_authors(people: int, share: float | None) -> None:
    cases = [a_case(author=who, ai=True) for who in CROWD[:people]]
    assert gain_insights(cases, MONDAY, 1).whole.ai_share == share


CASES = st.builds(
    Case,
    st.datetimes(datetime(2026, 11, 1), datetime(2026, 11, 30)).map(  # noqa: DTZ001 - gets its zone below
        lambda at: at.replace(tzinfo=NOW.tzinfo)
    ),
    st.sampled_from(CROWD),
    st.booleans(),
    st.lists(st.sampled_from(["web", "payments"]), unique=True).map(tuple),
    st.lists(st.sampled_from([*CROWD, "one more"]), unique=True).map(tuple),
)


@given(st.lists(CASES))
def test_weeks_add_up_and_name_nobody(cases: list[Case]) -> None:
    found = gain_insights(cases, MONDAY - timedelta(weeks=1), 2)
    assert sum(week.opened for week in found.weeks) == found.whole.opened
    assert not any(who in repr(found) for who in (*CROWD, "one more"))


@given(st.dates())
def test_a_week_begins_on_a_monday(day: date) -> None:
    if day > date.min + timedelta(days=7):
        monday = monday_of(day)
        assert monday.weekday() == 0
        assert monday <= day < monday + timedelta(days=7)
